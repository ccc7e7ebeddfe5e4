import type { Row, Tracks } from '../segments/tracks.ts';
import type { CellReader, CellWriter } from './cells.ts';
import { DAY_MS } from './counters.ts';

type Stamp = readonly [time: number, rowId: string];

/** In place of the number of columns: the track has a row for each day. */
const DAYS = -1;

/** Writes tracks: one event mostly has a row in several of them, so time and id of each are written once. */
export function writeTracks(out: CellWriter, tracks: Tracks): void {
  const stamps = stampsOf(tracks);
  const places = new Map(stamps.map(([time, rowId], place) => [nameOf(time, rowId), place]));
  let before: number | undefined;
  out.list(stamps, ([time, rowId]) => {
    if (before === undefined) out.moment(time);
    else out.add(time - before);
    out.add(rowId);
    before = time;
  });
  out.map(tracks, (rows) => {
    let last = 0;
    if (isOfDays(rows)) {
      out.add(DAYS);
      out.list(rows, ([time]) => {
        out.add(time / DAY_MS - last);
        last = time / DAY_MS;
      });
      return;
    }
    const width = rows.reduce((widest, row) => Math.max(widest, row.length - 2), 0);
    out.add(width);
    out.list(rows, (row) => {
      const place = places.get(nameOf(row[0], row[1])) as number;
      out.add(place - last);
      for (let column = 0; column < width; column += 1) out.add(row[column + 2] ?? null);
      last = place;
    });
  });
}

/** Reads what `writeTracks` wrote. */
export function readTracks(from: CellReader): Tracks {
  let before: number | undefined;
  const stamps = from.list((): Stamp => {
    before = before === undefined ? from.moment() : before + from.number();
    return [before, from.text()];
  });
  return from.map((): Row[] => {
    const width = from.number();
    let last = 0;
    return from.list((): Row => {
      last += from.number();
      if (width === DAYS) return [last * DAY_MS, ''];
      const [time, rowId] = stamps[last] ?? [0, ''];
      const row: [number, string, ...(string | number | null)[]] = [time, rowId];
      for (let column = 0; column < width; column += 1) row.push(from.value() as string | number | null);
      return row;
    });
  });
}

const isOfDays = (rows: readonly Row[]): boolean =>
  rows.every((row) => row.length === 2 && row[1] === '' && row[0] % DAY_MS === 0);

function stampsOf(tracks: Tracks): Stamp[] {
  const stamps = new Map<string, Stamp>();
  for (const rows of tracks.values()) {
    if (isOfDays(rows)) continue;
    for (const [time, rowId] of rows) stamps.set(nameOf(time, rowId), [time, rowId]);
  }
  return [...stamps.values()].sort(([a, one], [b, other]) => a - b || (one < other ? -1 : one > other ? 1 : 0));
}

const nameOf = (time: number, rowId: string): string => `${time} ${rowId}`;
