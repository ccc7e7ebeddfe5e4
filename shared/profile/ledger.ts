import type { Position } from '../../schemas/profile.ts';

/** A side item that holds message ids which no longer fit the profile's own item. */
export interface MessageIdPage {
  readonly number: number;
  /** Hour since 1970 of its latest id: past the dedup window the page is no longer read. */
  readonly newestHour: number;
}

/** What of the stream a profile holds, so that nothing is applied twice. */
export interface Ledger {
  /** The last event applied of each of the latest shards. */
  readonly positions: Position[];
  /** Message ids of the dedup window, as `joinIds` writes them. */
  readonly ids: Uint8Array;
  readonly pages: readonly MessageIdPage[];
  /** Number of the next page: never used again, so that a late writer cannot hit another page. */
  readonly nextPage: number;
}

/** The ledger of a profile to which nothing was applied. */
export const newLedger = (): Ledger => ({ positions: [], ids: new Uint8Array(), pages: [], nextPage: 0 });
