import type { Position } from '../../schemas/profile.ts';
import type { EventDelivery } from './delivery.ts';
import type { Ledger, MessageIdPage } from './ledger.ts';
import { limits } from './limits.ts';
import { type Hash64, messageHash } from './message-hash.ts';
import { advance, isApplied } from './positions.ts';
import { countIds, joinIds, NewIds, newestHourOf, type SeenId } from './seen-ids.ts';

const HOUR_MS = 3_600_000;

/** A page of message ids to write before the profile. */
export interface Spilled {
  readonly number: number;
  readonly ids: Uint8Array;
}

/**
 * Says of each event of a batch whether it is new, and keeps the ledger.
 *
 * An event is not if its shard has been applied as far, or if its message id was seen within 24 hours. The same id after
 * that is new again, however batches were cut: so that folding the same events once more counts the same. Only ids that the ledger held before go to a page, never new ones: a crash between the two writes
 * must not leave behind ids of events that were not counted.
 */
export class Admission {
  readonly #ledger: Ledger;
  readonly #positions: Position[];
  readonly #hashes: readonly Hash64[];
  readonly #newIds: NewIds;
  readonly #added: SeenId[] = [];
  #asked = 0;
  #repeated = 0;

  /** `deliveries` are those that will be asked for, in this order; `pages` the ids of the side items that the ledger names. */
  constructor(ledger: Ledger, deliveries: readonly EventDelivery[], pages: readonly Uint8Array[]) {
    this.#ledger = ledger;
    this.#positions = [...ledger.positions];
    this.#hashes = deliveries.map(({ event }) => messageHash(event.sourceId, event.messageId));
    this.#newIds = new NewIds(this.#hashes, [ledger.ids, ...pages]);
  }

  /** Takes the next event in: true if it is to be applied. */
  admits({ shardId, sequenceNumber, index, arrivedAt }: EventDelivery): boolean {
    const hash = this.#hashes[this.#asked++] as Hash64;
    const position = { shardId, sequenceNumber, index };
    if (isApplied(this.#positions, position)) return false;
    advance(this.#positions, position);
    const hour = Math.floor(arrivedAt / HOUR_MS);
    if (!this.#newIds.take(hash, hour, limits.dedupHours)) {
      this.#repeated += 1;
      return false;
    }
    this.#added.push({ hash, hour });
    return true;
  }

  /** Events that were new. */
  get applied(): number {
    return this.#added.length;
  }

  /** Events whose message id had been seen within the dedup window. */
  get repeated(): number {
    return this.#repeated;
  }

  /** The ledger after all that was admitted. */
  close(): { readonly ledger: Ledger; readonly spilled: Spilled | undefined } {
    const ledger = { ...this.#ledger, positions: this.#positions };
    const added = this.#added;
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
}
