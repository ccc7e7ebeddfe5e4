/** Bytes of an id in a file of ids. */
export const ID_BYTES = 8;

/** As many groups as one name may have imported: their ids take 256 MB then. */
export const MAX_GROUPS = 16_000_000;

/** More groups came under one import's name than can be remembered. */
export class TooManyGroupsError extends Error {
  override readonly name = 'TooManyGroupsError';

  constructor() {
    super(`One name can import ${MAX_GROUPS} groups of lines: import the rest under another name.`);
  }
}

/** Ids of groups by the first 64 bits of their hash, in an open-addressed table that grows by doubling. */
export class GroupIds {
  #high: Uint32Array;
  #low: Uint32Array;
  #size = 0;

  constructor(places = 1024) {
    this.#high = new Uint32Array(places);
    this.#low = new Uint32Array(places);
  }

  get size(): number {
    return this.#size;
  }

  has(id: { readonly high: number; readonly low: number }): boolean {
    const { high, low } = nonZero(id);
    const at = this.#placeOf(high, low);
    return this.#high[at] === high && this.#low[at] === low;
  }

  /** Throws `TooManyGroupsError`. */
  add(id: { readonly high: number; readonly low: number }): void {
    const { high, low } = nonZero(id);
    const at = this.#placeOf(high, low);
    if (this.#high[at] === high && this.#low[at] === low) return;
    if (this.#size >= MAX_GROUPS) throw new TooManyGroupsError();
    this.#high[at] = high;
    this.#low[at] = low;
    this.#size += 1;
    if (this.#size * 2 > this.#high.length) this.#grow();
  }

  /** Adds the ids of a file. */
  addAll(file: Uint8Array): void {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    for (let at = 0; at + ID_BYTES <= file.byteLength; at += ID_BYTES) {
      this.add({ high: view.getUint32(at), low: view.getUint32(at + 4) });
    }
  }

  #placeOf(high: number, low: number): number {
    const mask = this.#high.length - 1;
    let at = low & mask;
    while ((this.#high[at] !== 0 || this.#low[at] !== 0) && (this.#high[at] !== high || this.#low[at] !== low)) {
      at = (at + 1) & mask;
    }
    return at;
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low];
    this.#high = new Uint32Array(high.length * 2);
    this.#low = new Uint32Array(high.length * 2);
    for (let at = 0; at < high.length; at += 1) {
      const [h, l] = [high[at] as number, low[at] as number];
      if (h === 0 && l === 0) continue;
      const place = this.#placeOf(h, l);
      this.#high[place] = h;
      this.#low[place] = l;
    }
  }
}

/** Both halves zero mark a free place. */
const nonZero = ({ high, low }: { readonly high: number; readonly low: number }) =>
  high === 0 && low === 0 ? { high, low: 1 } : { high, low };

/** The file of ids that were added one after the other. */
export function fileOfIds(ids: readonly { readonly high: number; readonly low: number }[]): Uint8Array {
  const file = new Uint8Array(ids.length * ID_BYTES);
  const view = new DataView(file.buffer);
  for (const [place, { high, low }] of ids.entries()) {
    view.setUint32(place * ID_BYTES, high);
    view.setUint32(place * ID_BYTES + 4, low);
  }
  return file;
}
