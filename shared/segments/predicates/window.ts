import { rowsBefore, rowsUntil } from '../rows.ts';
import type { Row } from '../tracks.ts';
import { MAX_STEPS, NEVER, type Predicate, rowsOf } from './predicate.ts';

/** The rows that are in the window at a moment: [from, to). */
export interface Span {
  readonly from: number;
  readonly to: number;
}
export type SpanAt = (rows: readonly Row[], time: number) => Span;

/** How the rows of a window are found: of (time - lastMs, time], or of [since, until) as far as `time`. */
export function spanReader(lastMs: number | undefined, { since, until }: { since: number; until: number }): SpanAt {
  return (rows, time) => {
    const present = rowsUntil(rows, time);
    if (lastMs !== undefined) return { from: rowsUntil(rows, time - lastMs), to: present };
    const to = until === NEVER ? present : Math.min(present, rowsBefore(rows, until));
    return { from: since === Number.NEGATIVE_INFINITY ? 0 : Math.min(to, rowsBefore(rows, since)), to };
  };
}

/** A predicate over the rows of a window, which may flip whenever a row comes into it or leaves it. */
export function windowPredicate(
  trackId: string,
  lastMs: number | undefined,
  spanAt: SpanAt,
  holds: (rows: readonly Row[], span: Span) => boolean,
  saw: (rows: readonly Row[], span: Span) => unknown,
): Omit<Predicate, 'reads'> {
  return {
    isTimed: true,
    evaluate: (moment) => {
      const rows = rowsOf(moment, trackId);
      const verdict = holds(rows, spanAt(rows, moment.asOf));
      moment.until = nextFlip(rows, moment.asOf, lastMs, verdict, (time) => holds(rows, spanAt(rows, time)));
      return verdict;
    },
    saw: (moment) => {
      const rows = rowsOf(moment, trackId);
      return saw(rows, spanAt(rows, moment.asOf)) ?? null;
    },
  };
}

/** The first moment after asOf, among those at which a row comes into the window or leaves it, with another verdict. */
function nextFlip(
  rows: readonly Row[],
  asOf: number,
  lastMs: number | undefined,
  verdict: boolean,
  verdictAt: (time: number) => boolean,
): number {
  let entering = rowsUntil(rows, asOf);
  let leaving = lastMs === undefined ? rows.length : rowsUntil(rows, asOf - lastMs);
  let time = NEVER;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const entersAt = rows[entering]?.[0] ?? NEVER;
    const leavesAt = lastMs === undefined ? NEVER : (rows[leaving]?.[0] ?? NEVER) + lastMs;
    time = Math.min(entersAt, leavesAt);
    if (time === NEVER || verdictAt(time) !== verdict) return time;
    while ((rows[entering]?.[0] ?? NEVER) <= time) entering += 1;
    if (lastMs !== undefined) while ((rows[leaving]?.[0] ?? NEVER) + lastMs <= time) leaving += 1;
  }
  return time;
}
