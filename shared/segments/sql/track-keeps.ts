import type { KeepRule, TrackSpec } from '../tracks.ts';
import { timestamp } from './quote.ts';

/** Rows younger than this are all kept, as pruning keeps them. */
const SLACK_MS = 60_000;

/** Which rows of tracks are kept. */
export interface TrackKeeps {
  /** Columns with the times of the rows so many places after and before, as far as rules count. */
  readonly neighbours: readonly string[];
  readonly isKept: string;
}

/** The rules of all tracks as one condition over rows, of which each has `track`, `row_time`, `row_id` and neighbours. */
export function trackKeeps(specs: readonly TrackSpec[], asOf: number): TrackKeeps {
  const present = asOf - SLACK_MS;
  const neighbours = new Map<string, string>();
  const neighbour = (name: 'lead' | 'lag', count: number): string => {
    const column = `${name === 'lead' ? 'after' : 'before'}_${count}`;
    const over = '(PARTITION BY profile_key, track ORDER BY row_time, row_id)';
    neighbours.set(column, `${name}(row_time, ${count}) OVER ${over} AS ${column}`);
    return column;
  };

  const rule = (keep: KeepRule): string => {
    const tests = (time: string) => {
      const from = keep.lastMs === undefined ? [] : [`${time} > ${timestamp(present - keep.lastMs)}`];
      if (keep.since !== undefined) from.push(`${time} >= ${timestamp(keep.since)}`);
      const last = Math.min(present, present - (keep.olderThanMs ?? 0));
      const to = [`${time} <= ${timestamp(last)}`];
      if (keep.until !== undefined) to.push(`${time} < ${timestamp(keep.until)}`);
      return { from, to };
    };
    const { from, to } = tests('row_time');
    const { count, take } = keep;
    if (count === undefined) return [...from, ...to].join(' AND ');
    // Of the latest so many is the row behind which so many rows on there is none in the range; likewise of the earliest.
    const beyond = take === 'latest' ? tests(neighbour('lead', count)).to : tests(neighbour('lag', count)).from;
    const isInside = beyond.length === 0 ? `${neighbour('lag', count)} IS NOT NULL` : beyond.join(' AND ');
    return [...from, ...to, `NOT coalesce(${isInside}, false)`].join(' AND ');
  };

  const cases = specs.map(({ id, keep }) => `WHEN '${id}' THEN ${keep.map((each) => `(${rule(each)})`).join(' OR ')}`);
  const ofTrack = `CASE track ${["WHEN '' THEN true", ...cases].join('\n      ')} END`;
  return {
    isKept: `row_time > ${timestamp(present)} OR ${ofTrack}`,
    neighbours: [...neighbours.values()],
  };
}
