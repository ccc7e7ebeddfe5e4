import { hash } from 'node:crypto';
import type { ConsentCondition, SegmentCondition, ShareCondition } from '../../../schemas/segment/definition.ts';
import type { Moment, Predicate } from './predicate.ts';

/** Member of another segment. When that changes by time, it is evaluated itself: so this needs no time of its own. */
export function segmentPredicate({ id }: SegmentCondition, place: number): Predicate {
  const evaluate = ({ members }: Moment) => members[place] === 1;
  return { reads: { segment: id }, isTimed: false, evaluate, saw: evaluate };
}

/** Of how many of 2^32 hashes a share is made. */
export const shareBound = (percent: number): number => Math.floor((percent / 100) * 2 ** 32);

/** A fixed part of all persons. */
export function sharePredicate({ percent, salt }: ShareCondition): Predicate {
  const bound = shareBound(percent);
  const hashOf = ({ person }: Moment) => Number.parseInt(hash('md5', `${salt}\n${person.key}`).slice(0, 8), 16);
  return {
    reads: {},
    isTimed: false,
    evaluate: (moment) => hashOf(moment) < bound,
    saw: (moment) => Math.floor((hashOf(moment) / 2 ** 32) * 10_000) / 100,
  };
}

/** The latest answer to a purpose. */
export function consentPredicate({ purpose, is }: ConsentCondition): Predicate {
  const stateOf = ({ person }: Moment): ConsentCondition['is'] => {
    const choice = person.profile.consent.get(purpose);
    return choice === undefined ? 'unknown' : choice.granted ? 'granted' : 'denied';
  };
  return { reads: { consent: true }, isTimed: false, evaluate: (moment) => stateOf(moment) === is, saw: stateOf };
}
