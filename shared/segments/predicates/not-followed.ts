import type { NotFollowedCondition } from '../../../schemas/segment/definition.ts';
import { durationMs } from '../../../schemas/segment/duration.ts';
import { notFollowedNeeds, windowBounds } from '../track-needs.ts';
import type { Row } from '../tracks.ts';
import { isoOf, type Moment, NEVER, type Predicate, rowsOf } from './predicate.ts';

/** An event after which another one did not come in time. */
export function notFollowedPredicate(condition: NotFollowedCondition): Predicate {
  const [{ track: first }, { track: second }] = notFollowedNeeds(condition);
  const within = durationMs(condition.within);
  const lastMs = condition.window?.last === undefined ? NEVER : durationMs(condition.window.last);
  const { since, until } = windowBounds(condition.window);

  /** Times of the events in a fixed window that are not followed, past and to come, ascending. */
  function* unfollowed(moment: Moment): Generator<number> {
    const followers = rowsOf(moment, second.id);
    let follower = 0;
    for (const [time] of rowsOf(moment, first.id)) {
      if (time < since || time >= until) continue;
      while (follower < followers.length && (followers[follower] as Row)[0] <= time) follower += 1;
      const [followedAt] = followers[follower] ?? [NEVER];
      if (followedAt > time + within) yield time;
    }
  }

  return {
    reads: { events: [first.selector.event, second.selector.event].flat() },
    isTimed: true,
    // Each such event makes the condition true from `within` after it until it leaves the window.
    evaluate: (moment) => {
      let verdict = false;
      moment.until = NEVER;
      for (const time of unfollowed(moment)) {
        const [begins, ends] = [time + within, time + lastMs];
        if (ends <= moment.asOf) continue;
        if (begins > (verdict ? moment.until : moment.asOf)) {
          if (!verdict) moment.until = begins;
          break;
        }
        verdict = true;
        moment.until = ends;
      }
      return verdict;
    },
    saw: (moment) => {
      let latest: number | undefined;
      for (const time of unfollowed(moment)) {
        if (time + within <= moment.asOf && time + lastMs > moment.asOf) latest = time;
      }
      return latest === undefined ? null : isoOf(latest);
    },
  };
}
