import type { ItemIndex } from './model.ts';

/**
 * Keeps the best of many items: a heap with the worst kept item on top (Williams 1964), so that most items cost one comparison.
 * Of two items with one score, the one that is earlier in `place` is better.
 */
export class BestItems {
  readonly #place: Uint32Array;
  #items = new Uint32Array(0);
  #scores = new Float64Array(0);
  #most = 0;
  #size = 0;

  constructor(place: Uint32Array) {
    this.#place = place;
  }

  /** Forgets all items; from now on up to `most` are kept. */
  clear(most: number): void {
    this.#most = most;
    this.#size = 0;
    if (this.#items.length >= most) return;
    this.#items = new Uint32Array(most);
    this.#scores = new Float64Array(most);
  }

  get isFull(): boolean {
    return this.#size === this.#most;
  }

  /** What scores less is not kept; what scores as much may be. */
  get least(): number {
    if (this.#size < this.#most) return Number.NEGATIVE_INFINITY;
    return this.#most === 0 ? Number.POSITIVE_INFINITY : (this.#scores[0] as number);
  }

  /** Whether `add` would keep the item. */
  takes(item: ItemIndex, score: number): boolean {
    if (this.#size < this.#most) return true;
    if (this.#most === 0) return false;
    const worst = this.#scores[0] as number;
    return score > worst || (score === worst && this.#placeOf(item) < this.#placeOf(this.#items[0] as number));
  }

  /** Keeps an item that `takes` lets in; the worst one goes if there is no room. */
  add(item: ItemIndex, score: number): void {
    if (this.#size < this.#most) this.#rise(this.#size++, item, score);
    else this.#sink(item, score);
  }

  /** The items that were kept, the best first; empties the heap. */
  take(): readonly ItemIndex[] {
    const taken = new Array<ItemIndex>(this.#size);
    while (this.#size > 0) {
      taken[--this.#size] = this.#items[0] as number;
      this.#sink(this.#items[this.#size] as number, this.#scores[this.#size] as number);
    }
    return taken;
  }

  #rise(from: number, item: ItemIndex, score: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isWorse(item, score, above)) break;
      this.#move(above, at);
      at = above;
    }
    this.#items[at] = item;
    this.#scores[at] = score;
  }

  #sink(item: ItemIndex, score: number): void {
    let at = 0;
    for (let below = 1; below < this.#size; below = 2 * at + 1) {
      const other = below + 1;
      const isOther =
        other < this.#size && this.#isWorse(this.#items[other] as number, this.#scores[other] as number, below);
      const worse = isOther ? other : below;
      if (this.#isWorse(item, score, worse)) break;
      this.#move(worse, at);
      at = worse;
    }
    this.#items[at] = item;
    this.#scores[at] = score;
  }

  #isWorse(item: ItemIndex, score: number, at: number): boolean {
    const other = this.#scores[at] as number;
    return score < other || (score === other && this.#placeOf(item) > this.#placeOf(this.#items[at] as number));
  }

  #move(from: number, to: number): void {
    this.#items[to] = this.#items[from] as number;
    this.#scores[to] = this.#scores[from] as number;
  }

  #placeOf(item: ItemIndex): number {
    return this.#place[item] as number;
  }
}
