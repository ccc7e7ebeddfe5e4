import { hash } from 'node:crypto';
import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import { DAY_MS } from '../profile/counters.ts';
import { columnReader, compileWhere } from './event-values.ts';
import { addRow, unionRows } from './rows.ts';
import type { Row, TrackSpec, Tracks } from './tracks.ts';

/** How the events of one name get into the tracks that want them. */
interface TrackWriter {
  readonly id: string;
  readonly isDaily: boolean;
  takes(event: CleanEvent): boolean;
  readonly columns: readonly ((event: CleanEvent) => string | number | null)[];
}

/** The tracks of a catalog, ready to take events. */
export class TrackWriters {
  readonly #byName = new Map<string, TrackWriter[]>();
  readonly #ofAll: TrackWriter[] = [];
  readonly #ids: ReadonlySet<string>;

  constructor(specs: readonly TrackSpec[]) {
    this.#ids = new Set(specs.map(({ id }) => id));
    const writers = specs.map((spec) => ({ names: spec.selector.event, writer: writerOf(spec) }));
    for (const { names, writer } of writers) if (names === '*') this.#ofAll.push(writer);
    for (const { names, writer } of writers) {
      if (names === '*') continue;
      for (const name of [names].flat()) {
        const known = this.#byName.get(name);
        if (known === undefined) this.#byName.set(name, [...this.#ofAll, writer]);
        else known.push(writer);
      }
    }
  }

  has(trackId: string): boolean {
    return this.#ids.has(trackId);
  }

  /** Adds the rows of an event to the tracks that select it; bots' events are in none. Says whether a row was new. */
  add(tracks: Tracks, event: CleanEvent): boolean {
    if (event.visit.isBot) return false;
    let isNew = false;
    let rowId: string | undefined;
    for (const { id, isDaily, takes, columns } of this.#byName.get(event.event) ?? this.#ofAll) {
      if (!takes(event)) continue;
      let row: Row;
      if (isDaily) {
        row = [Math.floor(event.eventTime / DAY_MS) * DAY_MS, ''];
      } else {
        rowId ??= rowIdOf(event);
        row =
          columns.length === 0
            ? [event.eventTime, rowId]
            : [event.eventTime, rowId, ...columns.map((read) => read(event))];
      }
      const rows = tracks.get(id);
      if (rows === undefined) tracks.set(id, [row]);
      else if (!addRow(rows, row)) continue;
      isNew = true;
    }
    return isNew;
  }

  /** The union of the tracks of several keys, without those that no definition reads any more. */
  merge(parts: readonly Tracks[]): Tracks {
    const merged: Tracks = new Map();
    for (const part of parts) this.addAll(merged, part);
    return merged;
  }

  /** Adds rows that may come in any order, to tracks that definitions read. Says whether one was new. */
  addAll(tracks: Tracks, more: Iterable<readonly [trackId: string, rows: readonly Row[]]>): boolean {
    let isNew = false;
    for (const [id, rows] of more) {
      if (rows.length === 0 || !this.#ids.has(id)) continue;
      const before = tracks.get(id) ?? [];
      const after = unionRows(before, ascending(rows));
      if (after.length === before.length) continue;
      tracks.set(id, after);
      isNew = true;
    }
    return isNew;
  }
}

/** Tells events of one moment apart: the first 8 hex digits of md5(source id, newline, message id). */
export const rowIdOf = ({ sourceId, messageId }: CleanEvent): string =>
  hash('md5', `${sourceId}\n${messageId}`).slice(0, 8);

function writerOf({ id, selector, columns, grain }: TrackSpec): TrackWriter {
  return {
    id,
    isDaily: grain === 'day',
    takes: selector.where === undefined ? () => true : compileWhere(selector.where),
    columns: columns.map(columnReader),
  };
}

function ascending(rows: readonly Row[]): readonly Row[] {
  for (let at = 1; at < rows.length; at += 1) {
    if (compareRows(rows[at - 1] as Row, rows[at] as Row) >= 0) {
      const sorted = rows.toSorted(compareRows);
      return sorted.filter((row, place) => place === 0 || compareRows(sorted[place - 1] as Row, row) !== 0);
    }
  }
  return rows;
}

const compareRows = (one: Row, other: Row): number =>
  one[0] - other[0] || (one[1] < other[1] ? -1 : one[1] > other[1] ? 1 : 0);
