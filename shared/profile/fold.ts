import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Profile } from '../../schemas/profile.ts';
import { applyTo } from './apply.ts';
import { type Ledger, type MessageIdPage, newLedger } from './ledger.ts';
import { limits } from './limits.ts';
import { type Hash64, messageHash } from './message-hash.ts';
import { newProfile } from './new-profile.ts';
import { advance, isApplied } from './positions.ts';
import { countIds, joinIds, NewIds, newestHourOf, type SeenId } from './seen-ids.ts';

const HOUR_MS = 3_600_000;

/** An event and where on the stream it lay. */
export interface Delivery {
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Position of the event in its record. */
  readonly index: number;
  /** Arrival of the record at the stream, in milliseconds since 1970: the clock of the dedup window. */
  readonly arrivedAt: number;
  readonly event: CleanEvent;
}

export interface FoldedProfile {
  readonly profile: Profile;
  readonly ledger: Ledger;
}

export interface Folded {
  /** What to write; undefined if all deliveries had been applied before. */
  readonly next: FoldedProfile | undefined;
  /** A page of message ids to write before the profile. */
  readonly spilled: { readonly number: number; readonly ids: Uint8Array } | undefined;
  /** Events that were new. */
  readonly applied: number;
  /** Events whose message id had been seen within the dedup window. */
  readonly repeated: number;
}

/**
 * Applies what is new among `deliveries` (of one profile, each shard's in order) to `stored`, which it may change.
 *
 * An event is skipped if its shard has been applied as far, or if its message id was seen within 24 hours. The same id
 * after that counts again. `pages` are the ids of the side items that `stored.ledger.pages` names.
 *
 * Only ids that `stored` holds go to a page, never new ones: a crash between the two writes must not leave behind
 * ids of events that were not counted.
 */
export function fold(
  key: string,
  stored: FoldedProfile | undefined,
  deliveries: readonly Delivery[],
  pages: readonly Uint8Array[],
): Folded {
  const ledger = stored?.ledger ?? newLedger();
  const positions = [...ledger.positions];
  const hashes = deliveries.map(({ event }) => messageHash(event.sourceId, event.messageId));
  const newIds = new NewIds(hashes, [ledger.ids, ...pages]);
  const added: SeenId[] = [];
  let profile = stored?.profile;
  let repeated = 0;

  for (const [place, delivery] of deliveries.entries()) {
    if (isApplied(positions, delivery)) continue;
    const { event, arrivedAt, shardId, sequenceNumber, index } = delivery;
    advance(positions, { shardId, sequenceNumber, index });
    const hash = hashes[place] as Hash64;
    if (!newIds.take(hash)) {
      repeated += 1;
      continue;
    }
    profile ??= newProfile(key, event.eventTime);
    applyTo(profile, event);
    added.push({ hash, hour: Math.floor(arrivedAt / HOUR_MS) });
  }

  if (profile === undefined || added.length + repeated === 0) {
    return { next: undefined, spilled: undefined, applied: 0, repeated: 0 };
  }
  const kept = keepIds(ledger, added);
  return {
    next: { profile, ledger: { ...kept.ledger, positions } },
    spilled: kept.spilled,
    applied: added.length,
    repeated,
  };
}

function keepIds(ledger: Ledger, added: readonly SeenId[]): Pick<Folded, 'spilled'> & { ledger: Ledger } {
  const storedHour = newestHourOf(ledger.ids);
  const newestHour = Math.max(
    storedHour,
    ...ledger.pages.map((page) => page.newestHour),
    added.reduce((newest, { hour }) => Math.max(newest, hour), 0),
  );
  const oldestHour = newestHour - limits.dedupHours;
  const isCurrent = (page: MessageIdPage) => page.newestHour >= oldestHour;
  const pages = ledger.pages.filter(isCurrent);
  if (added.length === 0 || countIds(ledger.ids) <= limits.inlineMessageIds) {
    return { spilled: undefined, ledger: { ...ledger, pages, ids: joinIds(ledger.ids, added, oldestHour) } };
  }
  const page = { number: ledger.nextPage, newestHour: storedHour };
  return {
    spilled: { number: page.number, ids: ledger.ids },
    ledger: {
      ...ledger,
      pages: [...pages, page].filter(isCurrent).slice(-limits.messageIdPages),
      nextPage: ledger.nextPage + 1,
      ids: joinIds(new Uint8Array(), added, oldestHour),
    },
  };
}
