import type { Position } from '../../schemas/profile.ts';
import type { EventDelivery } from '../profile/delivery.ts';
import { compareSequence, isApplied } from '../profile/positions.ts';

/**
 * The events of a key in the order in which the stream brought them, each once however often it is given.
 *
 * Within a shard by position, as consumers read it. Between shards by arrival: a parent is read before its children, and of
 * shards that are open together any order was possible.
 */
export function inStreamOrder(deliveries: readonly EventDelivery[]): EventDelivery[] {
  const shards = [...Map.groupBy(deliveries, ({ shardId }) => shardId)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, ofShard]) => withoutCopies(ofShard.sort(byPosition)));
  const [first = []] = shards;
  return shards.length <= 1 ? first : mergedByArrival(shards);
}

/**
 * The history without what live updates are still to bring: events that arrived at `since` or later, and that lie behind
 * what the item has applied.
 */
export function withoutTail(
  history: readonly EventDelivery[],
  applied: readonly Position[],
  since: number,
): readonly EventDelivery[] {
  const isLeft = (delivery: EventDelivery) => delivery.arrivedAt >= since && !isApplied(applied, delivery);
  return history.some(isLeft) ? history.filter((delivery) => !isLeft(delivery)) : history;
}

const byPosition = (one: EventDelivery, other: EventDelivery): number =>
  compareSequence(one.sequenceNumber, other.sequenceNumber) || one.index - other.index;

const withoutCopies = (sorted: readonly EventDelivery[]): EventDelivery[] =>
  sorted.filter((delivery, at) => at === 0 || byPosition(sorted[at - 1] as EventDelivery, delivery) !== 0);

/** Each shard keeps its order: what its clock says may go back a little. */
function mergedByArrival(shards: readonly (readonly EventDelivery[])[]): EventDelivery[] {
  const places = shards.map(() => 0);
  const merged: EventDelivery[] = [];
  for (;;) {
    let next: { shard: number; delivery: EventDelivery } | undefined;
    for (const [shard, deliveries] of shards.entries()) {
      const delivery = deliveries[places[shard] as number];
      if (delivery === undefined || (next && next.delivery.arrivedAt <= delivery.arrivedAt)) continue;
      next = { shard, delivery };
    }
    if (next === undefined) return merged;
    merged.push(next.delivery);
    places[next.shard] = (places[next.shard] as number) + 1;
  }
}
