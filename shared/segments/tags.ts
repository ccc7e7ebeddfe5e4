import type { TagRule } from '../../schemas/segment/definition.ts';
import { durationMs } from '../../schemas/segment/duration.ts';
import { type Moment, NEVER, type Reads, rowsOf } from './predicates/predicate.ts';
import { rowsUntil } from './rows.ts';
import { tagNeed } from './track-needs.ts';
import type { Row } from './tracks.ts';

/** A rule that tags, compiled. */
export interface TagFinder {
  readonly reads: Reads;
  /** The values that a person is tagged with, in their order; leaves in `moment.until` how long they stay so. */
  find(moment: Moment): string[];
  /** Events in the window by value, the most frequent first. */
  counts(moment: Moment): [value: string, count: number][];
}

const VALUE = 2;

export function tagFinder(rule: TagRule): TagFinder {
  const { id, selector } = tagNeed(rule).track;
  const lastMs = durationMs(rule.last);

  const timesByValue = (rows: readonly Row[], asOf: number) => {
    const times = new Map<string, number[]>();
    for (let at = rowsUntil(rows, asOf - lastMs), to = rowsUntil(rows, asOf); at < to; at += 1) {
      const row = rows[at] as Row;
      const value = row[VALUE];
      if (typeof value !== 'string') continue;
      const known = times.get(value);
      if (known === undefined) times.set(value, [row[0]]);
      else known.push(row[0]);
    }
    return [...times].sort(([a, one], [b, other]) => other.length - one.length || compareCodePoints(a, b));
  };

  return {
    reads: { events: [selector.event].flat() },
    find: (moment) => {
      const rows = rowsOf(moment, id);
      const { asOf } = moment;
      const tags = timesByValue(rows, asOf).filter(([, times]) => times.length >= rule.atLeast);
      // With others waiting for a place, any event that leaves the window may change who has one.
      const isFull = tags.length > rule.most;
      const goes = tags.map(([, times]) => (times[isFull ? 0 : times.length - rule.atLeast] as number) + lastMs);
      const comes = rows[rowsUntil(rows, asOf)]?.[0] ?? NEVER;
      moment.until = Math.min(comes, ...goes);
      return tags.slice(0, rule.most).map(([value]) => value);
    },
    counts: (moment) => timesByValue(rowsOf(moment, id), moment.asOf).map(([value, times]) => [value, times.length]),
  };
}

/** The order of texts by Unicode code points, which is also that of their bytes in UTF-8. */
function compareCodePoints(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (a === b) continue;
    // Surrogates stand for code points above all that are written without them.
    const [isHigh, isOtherHigh] = [isSurrogate(a), isSurrogate(b)];
    return isHigh === isOtherHigh ? a - b : isHigh ? 1 : -1;
  }
  return one.length - other.length;
}

const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;
