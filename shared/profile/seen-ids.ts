import type { Hash64 } from './message-hash.ts';

/** A message id is kept as three big-endian integers of 4 bytes: both halves of its hash, and its hour since 1970. */
const ENTRY_BYTES = 12;
const LOW = 4;
const HOUR = 8;

/** A message id and the hour since 1970 in which it arrived. */
export interface SeenId {
  readonly hash: Hash64;
  readonly hour: number;
}

/** Which message ids were seen: an open-addressed table, as most are built for a handful of look-ups and dropped. */
export class SeenIds {
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #mask: number;

  /** Holds the ids of `blocks`, with room for `more` to be added. */
  constructor(blocks: readonly Uint8Array[], more: number) {
    let ids = more;
    for (const block of blocks) ids += countIds(block);
    const places = 2 ** Math.ceil(Math.log2(2 * ids + 1));
    this.#high = new Uint32Array(places);
    this.#low = new Uint32Array(places);
    this.#mask = places - 1;
    for (const block of blocks) {
      const view = viewOf(block);
      for (let at = 0; at < block.length; at += ENTRY_BYTES) this.#add(view.getUint32(at), view.getUint32(at + LOW));
    }
  }

  /** Adds an id and says whether it is new. */
  add({ high, low }: Hash64): boolean {
    return this.#add(high, low);
  }

  #add(high: number, low: number): boolean {
    let at = low & this.#mask;
    while (this.#high[at] !== 0 || this.#low[at] !== 0) {
      if (this.#high[at] === high && this.#low[at] === low) return false;
      at = (at + 1) & this.#mask;
    }
    this.#high[at] = high;
    this.#low[at] = low;
    return true;
  }
}

/** A block of `block`'s ids and `added`, without those that arrived before `oldestHour`. */
export function joinIds(block: Uint8Array, added: readonly SeenId[], oldestHour: number): Uint8Array {
  const joined = new Uint8Array(block.length + added.length * ENTRY_BYTES);
  const from = viewOf(block);
  const to = viewOf(joined);
  let end = 0;
  for (let at = 0; at < block.length; at += ENTRY_BYTES) {
    if (from.getUint32(at + HOUR) < oldestHour) continue;
    joined.set(block.subarray(at, at + ENTRY_BYTES), end);
    end += ENTRY_BYTES;
  }
  for (const { hash, hour } of added) {
    if (hour < oldestHour) continue;
    to.setUint32(end, hash.high);
    to.setUint32(end + LOW, hash.low);
    to.setUint32(end + HOUR, hour);
    end += ENTRY_BYTES;
  }
  return joined.subarray(0, end);
}

/** How many ids a block holds. */
export const countIds = (block: Uint8Array): number => block.length / ENTRY_BYTES;

/** The latest hour of a block, 0 for none. */
export function newestHourOf(block: Uint8Array): number {
  const view = viewOf(block);
  let newest = 0;
  for (let at = 0; at < block.length; at += ENTRY_BYTES) newest = Math.max(newest, view.getUint32(at + HOUR));
  return newest;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
