import type { SequenceCondition } from '../../../schemas/segment/definition.ts';
import { durationMs } from '../../../schemas/segment/duration.ts';
import { rowsUntil } from '../rows.ts';
import { sequenceNeeds, windowBounds } from '../track-needs.ts';
import type { Row } from '../tracks.ts';
import { isoOf, type Moment, NEVER, type Predicate, rowsOf } from './predicate.ts';

/** Events of each step, one after the other, each in time. */
export function sequencePredicate(condition: SequenceCondition): Predicate {
  const tracks = sequenceNeeds(condition).map(({ track }) => track);
  const within = durationMs(condition.within);
  const lastMs = condition.window?.last === undefined ? undefined : durationMs(condition.window.last);
  const { since, until } = windowBounds(condition.window);

  /** Time of the latest first step in the window that all further steps followed; undefined if there is none. */
  const latestStart = (moment: Moment): number | undefined => {
    let next: readonly number[] | undefined;
    for (let step = tracks.length - 1; step > 0; step -= 1) {
      next = timesFollowed(rowsOf(moment, (tracks[step] as { id: string }).id), moment.asOf, next, within);
      if (next.length === 0) return undefined;
    }
    const first = rowsOf(moment, (tracks[0] as { id: string }).id);
    const begins = lastMs === undefined ? since : moment.asOf - lastMs;
    const starts = timesFollowed(first, moment.asOf, next, within).filter((time) =>
      lastMs === undefined ? time >= begins && time < until : time > begins,
    );
    return starts.at(-1);
  };

  return {
    reads: { events: tracks.flatMap(({ selector }) => selector.event) },
    isTimed: true,
    evaluate: (moment) => {
      const start = latestStart(moment);
      const comes = Math.min(...tracks.map(({ id }) => nextTime(rowsOf(moment, id), moment.asOf)));
      const goes = start === undefined || lastMs === undefined ? NEVER : start + lastMs;
      moment.until = start !== undefined && lastMs === undefined ? NEVER : Math.min(comes, goes);
      return start !== undefined;
    },
    saw: (moment) => {
      const start = latestStart(moment);
      return start === undefined ? null : isoOf(start);
    },
  };
}

/** Times up to asOf after which, and at most `within` later, comes one of `next`; all of them without `next`. Ascending. */
function timesFollowed(
  rows: readonly Row[],
  asOf: number,
  next: readonly number[] | undefined,
  within: number,
): readonly number[] {
  const times: number[] = [];
  const present = rowsUntil(rows, asOf);
  for (let at = 0, follower = 0; at < present; at += 1) {
    const [time] = rows[at] as Row;
    if (next !== undefined) {
      while (follower < next.length && (next[follower] as number) <= time) follower += 1;
      if (follower === next.length) break;
      if ((next[follower] as number) > time + within) continue;
    }
    times.push(time);
  }
  return times;
}

const nextTime = (rows: readonly Row[], asOf: number): number => rows[rowsUntil(rows, asOf)]?.[0] ?? NEVER;
