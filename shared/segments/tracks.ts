import { createHash } from 'node:crypto';
import type { PropertyTest, Selector } from '../../schemas/segment/definition.ts';
import type { TrackRow } from '../../schemas/stream/control.ts';

/** Where a column's value comes from. */
export type ValueSource = Pick<PropertyTest, 'field' | 'property'>;

/**
 * What a row keeps of its event: `number` an integer of 1/10,000; `distinct` such a number, or the first 12 hex digits of
 * a text's md5; `text` a text of at most 100 characters; `test` whether all tests hold, 0 or 1. null where it is missing.
 */
export type TrackColumn =
  | ({ readonly of: 'number' | 'distinct' | 'text' } & ValueSource)
  | { readonly of: 'test'; readonly where: readonly PropertyTest[] };

/** One selection of a person's events, as rows: all that conditions need of history. */
export interface Track {
  /** 10 hex digits that follow from all else. */
  readonly id: string;
  readonly selector: Selector;
  readonly columns: readonly TrackColumn[];
  /** A row for each event, or for each UTC day with an event: `[midnight, '']`. */
  readonly grain: 'event' | 'day';
}

/**
 * Rows that a condition needs, of those at or before asOf; without a count all of them. `lastMs`: in (asOf - lastMs,
 * asOf]; `olderThanMs`: at or before asOf - olderThanMs; `since`, `until`: in [since, until).
 */
export interface KeepRule {
  readonly take: 'earliest' | 'latest';
  readonly count?: number;
  readonly lastMs?: number;
  readonly olderThanMs?: number;
  readonly since?: number;
  readonly until?: number;
}

/** A track and the union of what conditions need of it. */
export interface TrackSpec extends Track {
  readonly keep: readonly KeepRule[];
}

/** `[time, rowId, ...values]`; rowId is the first 8 hex digits of md5(source id, newline, message id). */
export type Row = TrackRow;

/** Rows by track id, each list ascending by time, then row id, without repeats. */
export type Tracks = Map<string, Row[]>;

/** The track of a selector, whatever way the selector is written. */
export function trackOf(selector: Selector, columns: readonly TrackColumn[], grain: Track['grain']): Track {
  const where = sorted(selector.where ?? []);
  const names = Array.isArray(selector.event) ? [...new Set(selector.event)].sort() : [selector.event];
  const event = names.includes('*') ? '*' : names;
  const parts = { selector: { event, ...(where.length > 0 && { where }) }, columns: columns.map(ordered), grain };
  return { id: createHash('sha256').update(canonicalJson(parts)).digest('hex').slice(0, 10), ...parts };
}

const ordered = (column: TrackColumn): TrackColumn =>
  column.of === 'test' ? { of: 'test', where: sorted(column.where) } : column;

function sorted(tests: readonly PropertyTest[]): PropertyTest[] {
  const byText = new Map(tests.map((test) => [canonicalJson(test), test]));
  return [...byText].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, test]) => test);
}

/** JSON with the keys of objects in order: the same text for the same value. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
