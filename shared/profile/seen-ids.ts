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

/**
 * Which of some message ids are new: an open-addressed table of those asked for, in which one pass over the ids of the
 * window notes when each was seen last. There are a handful of the former and up to thousands of the latter.
 */
export class NewIds {
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  /** Hour since 1970 in which the id was seen last; 0 for never. */
  readonly #seenIn: Uint32Array;
  readonly #mask: number;

  /** `blocks` hold the ids that were seen. */
  constructor(asked: readonly Hash64[], blocks: readonly Uint8Array[]) {
    const places = 2 ** Math.ceil(Math.log2(2 * asked.length + 1));
    this.#high = new Uint32Array(places);
    this.#low = new Uint32Array(places);
    this.#seenIn = new Uint32Array(places);
    this.#mask = places - 1;
    for (const { high, low } of asked) {
      const at = this.#placeOf(high, low);
      this.#high[at] = high;
      this.#low[at] = low;
    }
    for (const block of blocks) {
      const view = viewOf(block);
      for (let at = 0; at < block.length; at += ENTRY_BYTES) {
        this.#see(this.#placeOf(view.getUint32(at), view.getUint32(at + LOW)), view.getUint32(at + HOUR));
      }
    }
  }

  /**
   * Says of an id that was asked for whether it is new in this hour: it was not seen in `hours` hours before. Blocks may
   * still hold older ids, or not, by when they were written last: that decides nothing.
   */
  take({ high, low }: Hash64, hour: number, hours: number): boolean {
    const at = this.#placeOf(high, low);
    const seenIn = this.#seenIn[at] as number;
    if (seenIn > 0 && seenIn >= hour - hours) return false;
    this.#see(at, hour);
    return true;
  }

  #see(at: number, hour: number): void {
    if (hour > (this.#seenIn[at] as number)) this.#seenIn[at] = hour;
  }

  /** Where an id is, or a free place: to mark one as seen does no harm. */
  #placeOf(high: number, low: number): number {
    let at = low & this.#mask;
    while ((this.#high[at] !== high || this.#low[at] !== low) && (this.#high[at] !== 0 || this.#low[at] !== 0)) {
      at = (at + 1) & this.#mask;
    }
    return at;
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
    to.setUint32(end, from.getUint32(at));
    to.setUint32(end + LOW, from.getUint32(at + LOW));
    to.setUint32(end + HOUR, from.getUint32(at + HOUR));
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
