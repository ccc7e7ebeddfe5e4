import type { Key } from '../../schemas/stream/control.ts';
import { Admission, type Spilled } from './admission.ts';
import { type Delivery, isEventDelivery } from './delivery.ts';
import { type FoldedProfile, isNothing, newFoldedProfile } from './folded-profile.ts';
import { newLedger } from './ledger.ts';
import { limits } from './limits.ts';
import { Turn, type TurnContext } from './turn.ts';

/** What is known beside the key's own item. */
export interface FoldContext extends TurnContext {
  /** Ids of the side items that the ledger names. */
  readonly pages: readonly Uint8Array[];
}

export interface Folded {
  /** How many deliveries were taken in; those after it go into another write, because the outbox is full. */
  readonly taken: number;
  /** What to write; undefined if all that the deliveries say was known, or changes only when to be woken. */
  readonly next: FoldedProfile | undefined;
  readonly spilled: Spilled | undefined;
  /** When to be woken, in milliseconds since 1970, before `next` is written if it is; undefined if that is arranged. */
  readonly arm: number | undefined;
  /** Whether the item is to go once its outbox was published: it belonged to a person who was erased or forgotten. */
  readonly isErased: boolean;
  /** The other keys of a person who was forgotten, if one was: their items go in one transaction with the write. */
  readonly forgotten: readonly Key[] | undefined;
  /** Events that were new. */
  readonly applied: number;
  /** Events whose message id had been seen within the dedup window. */
  readonly repeated: number;
}

/**
 * Takes in what is new among `deliveries` (of one key, each shard's in order) to `stored`, which it may change.
 *
 * An event is applied once, as `Admission` says. What is no event may come any number of times: a link, a report or a
 * backfill that is known changes nothing, and a tick finds nothing due. So all of a batch may come again.
 *
 * At the home of a person segments are evaluated after each delivery, as of its arrival; a key that has a parent tells it
 * at the end that its part has changed.
 */
export function fold(
  key: Key,
  stored: FoldedProfile | undefined,
  deliveries: readonly Delivery[],
  context: FoldContext,
): Folded {
  const before = stored ?? newFoldedProfile();
  const admission = new Admission(before.ledger, deliveries.filter(isEventDelivery), context.pages);
  const turn = new Turn(key, before, context);
  // Left by an erasure that ended before the item could be deleted.
  const isErasedBefore = isNothing(before);
  let taken = 0;
  for (const delivery of deliveries) {
    if (turn.links >= limits.linksPerWrite) break;
    taken += 1;
    if (isEventDelivery(delivery)) {
      if (admission.admits(delivery)) turn.event(delivery);
    } else {
      turn.control(delivery);
    }
  }
  const { applied, repeated } = admission;
  const arm = turn.end();
  const isErased = turn.isBlank;
  const { forgotten } = turn;
  // Of what was never stored nobody has heard.
  const isNoNews = isErased && (stored === undefined || isErasedBefore);
  if (isNoNews || (applied + repeated === 0 && !turn.hasChanged && !isErased)) {
    const noArm = isErased ? undefined : arm;
    return { taken, next: undefined, spilled: undefined, arm: noArm, isErased, forgotten, applied, repeated };
  }

  const { shardId, sequenceNumber } = deliveries[taken - 1] as Delivery;
  const records = turn.records();
  const outbox = records.length === 0 ? undefined : { shardId, sequenceNumber, records };
  const { profile, tracks, audience } = turn.own;
  if (isErased) {
    const next = { ledger: newLedger(), tracks, identity: turn.node, audience, outbox };
    return { taken, next, spilled: undefined, arm: undefined, isErased, forgotten, applied, repeated };
  }
  const { ledger, spilled } = admission.close();
  const next = { profile, ledger, tracks, identity: turn.node, audience, outbox };
  return { taken, next, spilled, arm, isErased, forgotten, applied, repeated };
}
