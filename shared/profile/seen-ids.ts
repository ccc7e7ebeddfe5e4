import type { Hash64 } from './message-hash.ts';

/**
 * Message ids are kept as runs of one hour each: hour since 1970 (4 bytes), number of ids (4 bytes), then 8 bytes an id.
 */
const HEADER_BYTES = 8;
const ID_BYTES = 8;

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

  /** Holds the ids of `blocks` of runs, with room for `more` to be added. */
  constructor(blocks: readonly Uint8Array[], more: number) {
    let ids = more;
    for (const block of blocks) ids += block.length / ID_BYTES;
    const places = 2 ** Math.ceil(Math.log2(2 * ids + 1));
    this.#high = new Uint32Array(places);
    this.#low = new Uint32Array(places);
    this.#mask = places - 1;
    for (const block of blocks) {
      for (const run of runsOf(block)) {
        const view = viewOf(run.ids);
        for (let at = 0; at < run.ids.length; at += ID_BYTES) this.#add(view.getUint32(at), view.getUint32(at + 4));
      }
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

/** Runs of the ids in the order given. */
export function encodeIds(ids: readonly SeenId[]): Uint8Array {
  const hours = new Map<number, Hash64[]>();
  for (const { hash, hour } of ids) {
    const run = hours.get(hour);
    if (run === undefined) hours.set(hour, [hash]);
    else run.push(hash);
  }
  const block = new Uint8Array(hours.size * HEADER_BYTES + ids.length * ID_BYTES);
  const view = viewOf(block);
  let at = 0;
  for (const [hour, hashes] of hours) {
    view.setUint32(at, hour);
    view.setUint32(at + 4, hashes.length);
    at += HEADER_BYTES;
    for (const { high, low } of hashes) {
      view.setUint32(at, high);
      view.setUint32(at + 4, low);
      at += ID_BYTES;
    }
  }
  return block;
}

/** `block` followed by `more`, without the runs before `oldestHour`; a run that goes on is one run. */
export function joinIds(block: Uint8Array, more: readonly SeenId[], oldestHour: number): Uint8Array {
  const kept = [...runsOf(block)].filter(({ hour }) => hour >= oldestHour);
  const added = more.filter(({ hour }) => hour >= oldestHour);
  if (kept.length === 0) return encodeIds(added);
  const ids: SeenId[] = [];
  for (const run of kept) {
    const view = viewOf(run.ids);
    for (let at = 0; at < run.ids.length; at += ID_BYTES) {
      ids.push({ hash: { high: view.getUint32(at), low: view.getUint32(at + 4) }, hour: run.hour });
    }
  }
  return encodeIds(ids.concat(added));
}

/** How many ids a block holds. */
export function countIds(block: Uint8Array): number {
  let ids = 0;
  for (const run of runsOf(block)) ids += run.ids.length / ID_BYTES;
  return ids;
}

/** The latest hour of a block, 0 for none. */
export function newestHourOf(block: Uint8Array): number {
  let newest = 0;
  for (const { hour } of runsOf(block)) newest = Math.max(newest, hour);
  return newest;
}

function* runsOf(block: Uint8Array): Generator<{ hour: number; ids: Uint8Array }> {
  const view = viewOf(block);
  for (let at = 0; at < block.length; ) {
    const bytes = view.getUint32(at + 4) * ID_BYTES;
    yield { hour: view.getUint32(at), ids: block.subarray(at + HEADER_BYTES, at + HEADER_BYTES + bytes) };
    at += HEADER_BYTES + bytes;
  }
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
