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
 *
 * Who entered and left within one record, and was never a member before, is not written: a copy of the record says both, too.
 */
export function planChanges(
  arrivals: readonly Arrival[],
  stored: ReadonlyMap<string, Member>,
  counts: ReadonlyMap<string, ShardCount>,
): Changes {
  const members = new Map<string, Member>();
  const changes = new Map<string, CountChange>();
  /** The record with which those who were never members before came. */
  const newIn = new Map<string, string>();
  for (const { transition, sequenceNumber } of arrivals) {
    const id = memberId(transition);
    const before = members.get(id) ?? stored.get(id);
    if (before !== undefined && before.n >= transition.n) continue;
    const after = memberOf(transition);
    members.set(id, after);
    if (before === undefined) newIn.set(id, sequenceNumber);
    else if (newIn.get(id) !== sequenceNumber) newIn.delete(id);

    const { segmentId } = transition;
    const counted = counts.get(segmentId);
    if (counted !== undefined && compareSequence(sequenceNumber, counted.sequenceNumber) <= 0) continue;
    const by = (changes.get(segmentId)?.by ?? 0) + weight(after) - weight(before);
    changes.set(segmentId, { segmentId, by, sequenceNumber });
  }
  const written = [...members].filter(([id, { hasLeft }]) => !(hasLeft && newIn.has(id)));
  return { counts: [...changes.values()], members: written.map(([, member]) => member) };
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
