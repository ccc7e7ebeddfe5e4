import type { Transition } from '../../schemas/stream/control.ts';
import { compareSequence } from '../../shared/profile/positions.ts';
import { type CountChange, type Member, memberId, type ShardCount } from '../adapters/audience-store.ts';
import type { Arrival } from './read-transitions.ts';

/** What a slice of transitions changes. */
export interface Changes {
  readonly counts: readonly CountChange[];
  readonly members: readonly Member[];
}

/**
 * Plans what transitions of one shard change, given the members as they are stored and how far each count of the shard
 * has come.
 *
 * Counts are written before members, each with the position that it has come to. So stored members are never ahead of
 * the counts: a transition beyond a count's position finds the member as it was before, and its difference is exact; one
 * up to that position is in the count already, whether or not its member was written.
 */
export function planChanges(
  arrivals: readonly Arrival[],
  stored: ReadonlyMap<string, Member>,
  counts: ReadonlyMap<string, ShardCount>,
): Changes {
  const members = new Map<string, Member>();
  const changes = new Map<string, CountChange>();
  for (const { transition, sequenceNumber } of arrivals) {
    const id = memberId(transition);
    const before = members.get(id) ?? stored.get(id);
    if (before !== undefined && before.n >= transition.n) continue;
    const after = memberOf(transition);
    members.set(id, after);

    const { segmentId } = transition;
    const counted = counts.get(segmentId);
    if (counted !== undefined && compareSequence(sequenceNumber, counted.sequenceNumber) <= 0) continue;
    const by = (changes.get(segmentId)?.by ?? 0) + weight(after) - weight(before);
    changes.set(segmentId, { segmentId, by, sequenceNumber });
  }
  return { counts: [...changes.values()], members: [...members.values()] };
}

const weight = (member: Member | undefined): number => (member === undefined || member.hasLeft ? 0 : 1);

const memberOf = ({ segmentId, key, profileId, n, at, to }: Transition): Member => ({
  segmentId,
  key,
  profileId,
  n,
  since: at,
  hasLeft: to === 'exited',
});
