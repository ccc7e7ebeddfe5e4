import type { RfmCondition } from '../../../schemas/segment/definition.ts';
import { DAY_MS, dayOf } from '../../profile/counters.ts';
import { netRevenue, orderCount, orderEvents } from './computed-values.ts';
import { type Moment, NEVER, type Predicate } from './predicate.ts';

interface Scores {
  readonly recency: number;
  readonly frequency: number;
  readonly monetary: number;
}

const BEST = 5;
const every = { from: 1, to: BEST };

/** Scores of recency, frequency and money, each within its range. */
export function rfmPredicate(condition: RfmCondition): Predicate {
  const { scale, currency, recency = every, frequency = every, monetary = every } = condition;
  const scoresOf = ({ person: { profile }, asOf }: Moment): Scores | undefined => {
    const count = orderCount(profile);
    if (count === 0) return undefined;
    return {
      recency: BEST - scale.recencyDays.filter((days) => dayOf(asOf) - dayOf(profile.orders.lastAt) > days).length,
      frequency: ascendingScore(count, scale.frequency),
      monetary: ascendingScore(netRevenue(profile, currency), scale.monetary),
    };
  };
  const isIn = (score: number, { from, to }: { from: number; to: number }) => from <= score && score <= to;

  return {
    reads: { events: orderEvents },
    isTimed: condition.recency !== undefined,
    evaluate: (moment) => {
      const scores = scoresOf(moment);
      moment.until = NEVER;
      if (scores === undefined || !isIn(scores.frequency, frequency) || !isIn(scores.monetary, monetary)) return false;
      // Recency only falls: it leaves its range below, or comes into it from above.
      const bound = scores.recency > recency.to ? recency.to : scores.recency >= recency.from ? recency.from - 1 : 0;
      if (bound > 0)
        moment.until =
          (dayOf(moment.person.profile.orders.lastAt) + Math.floor(scale.recencyDays[BEST - 1 - bound] as number) + 1) *
          DAY_MS;
      return isIn(scores.recency, recency);
    },
    saw: (moment) => scoresOf(moment) ?? null,
  };
}

const ascendingScore = (value: number, bounds: readonly number[]): number =>
  1 + bounds.filter((bound) => value >= bound).length;
