import type { ItemIndex, ItemNeighbours, Neighbours } from './model.ts';

/** A kind of neighbours. */
export type Part = 'collaborative' | 'content';

/** Items of a block, as a power of 2. Few neighbours of a large model touch few blocks, and a block is read at one go. */
const BLOCK_BITS = 5;

/**
 * Weighted sums of neighbours' scores, by kind. Its arrays are as long as the model and serve one person after another: what is
 * touched is remembered by blocks of items, so that the rest need be neither read nor zeroed.
 */
export class NeighbourSums {
  /** By item. */
  readonly collaborative: Float64Array;
  readonly content: Float64Array;
  /** By block, 1 where an item of it was touched. */
  readonly #marks: Uint8Array;
  /** The greatest sums so far: those at the end, unless something was taken off since. */
  readonly #greatest = { collaborative: 0, content: 0 };
  #hasNegative = false;

  constructor(items: number) {
    this.collaborative = new Float64Array(items);
    this.content = new Float64Array(items);
    this.#marks = new Uint8Array((items >> BLOCK_BITS) + 1);
  }

  clear(): void {
    const marks = this.#marks;
    for (let block = marks.indexOf(1); block >= 0; block = marks.indexOf(1, block)) {
      const end = runOf(marks, block);
      this.collaborative.fill(0, block << BLOCK_BITS, end << BLOCK_BITS);
      this.content.fill(0, block << BLOCK_BITS, end << BLOCK_BITS);
      marks.fill(0, block, end);
    }
    this.#greatest.collaborative = 0;
    this.#greatest.content = 0;
    this.#hasNegative = false;
  }

  /** Whether an item is in a block that was touched: all others have sums of 0. */
  isNear(item: ItemIndex): boolean {
    return this.#marks[item >> BLOCK_BITS] === 1;
  }

  /** Calls `visit` with the runs of items, from the first to before the end, whose blocks were touched. */
  eachRun(visit: (from: ItemIndex, end: ItemIndex) => void): void {
    const marks = this.#marks;
    const items = this.content.length;
    for (let block = marks.indexOf(1); block >= 0; ) {
      const end = runOf(marks, block);
      visit(block << BLOCK_BITS, Math.min(items, end << BLOCK_BITS));
      block = marks.indexOf(1, end);
    }
  }

  /** The greatest sums, 0 at least. */
  greatest(): Readonly<Record<Part, number>> {
    if (!this.#hasNegative) return this.#greatest;
    const greatest = { collaborative: 0, content: 0 };
    this.eachRun((from, end) => {
      greatest.collaborative = greatestOf(this.collaborative, from, end, greatest.collaborative);
      greatest.content = greatestOf(this.content, from, end, greatest.content);
    });
    return greatest;
  }

  /** Adds the neighbours of one item of a history; those that the model has no item for are passed over. */
  add({ collaborative, content }: ItemNeighbours, weight: number): void {
    const greatest = this.#greatest;
    greatest.collaborative = this.#addTo(this.collaborative, collaborative, weight, greatest.collaborative);
    greatest.content = this.#addTo(this.content, content, weight, greatest.content);
  }

  #addTo(sums: Float64Array, { items, scores }: Neighbours, weight: number, greatestYet: number): number {
    const marks = this.#marks;
    const { length } = items;
    const count = sums.length;
    let greatest = greatestYet;
    for (let at = 0; at < length; at++) {
      const item = items[at] as number;
      if (item >= count) continue;
      const sum = (sums[item] as number) + weight * (scores[at] as number);
      sums[item] = sum;
      marks[item >> BLOCK_BITS] = 1;
      if (sum > greatest) greatest = sum;
    }
    if (length > 0 && (scores[length - 1] as number) < 0) this.#hasNegative = true;
    return greatest;
  }
}

/** Where the run of marked blocks that begins there ends. */
function runOf(marks: Uint8Array, from: number): number {
  const end = marks.indexOf(0, from);
  return end < 0 ? marks.length : end;
}

function greatestOf(sums: Float64Array, from: number, end: number, yet: number): number {
  let greatest = yet;
  for (let item = from; item < end; item++) {
    const sum = sums[item] as number;
    if (sum > greatest) greatest = sum;
  }
  return greatest;
}
