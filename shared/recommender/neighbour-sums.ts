import type { ItemIndex, ItemNeighbours, Neighbours } from './model.ts';

/** Kinds of neighbours. */
export type Part = keyof ItemNeighbours;

/**
 * Weighted sums of neighbours' scores, by kind. Items that are touched get slots from 0 up, so that whoever looks through them
 * reads memory in its order. Its arrays are as long as the model and serve one person after another.
 */
export class NeighbourSums {
  /** By slot. */
  readonly collaborative: Float64Array;
  readonly content: Float64Array;
  readonly items: Uint32Array;
  /** How many slots there are. */
  touched = 0;
  greatestCollaborative = 0;
  greatestContent = 0;
  /** By item, its slot counted from `#base`; what is below the base is left over from before: so nothing must be zeroed between people. */
  readonly #places: Uint32Array;
  #base = 1;

  constructor(items: number) {
    this.collaborative = new Float64Array(items);
    this.content = new Float64Array(items);
    this.items = new Uint32Array(items);
    this.#places = new Uint32Array(items);
  }

  clear(): void {
    this.#base += this.touched;
    if (this.#base + this.items.length > MOST_PLACES) {
      this.#places.fill(0);
      this.#base = 1;
    }
    this.touched = 0;
    this.greatestCollaborative = 0;
    this.greatestContent = 0;
  }

  /** Below 0 for an item that was not touched. */
  slotOf(item: ItemIndex): number {
    return (this.#places[item] as number) - this.#base;
  }

  /** Adds the neighbours of one item of a history; those that the model has no item for are passed over. */
  add({ collaborative, content }: ItemNeighbours, weight: number): void {
    this.greatestCollaborative = this.#addTo(this.collaborative, collaborative, weight, this.greatestCollaborative);
    this.greatestContent = this.#addTo(this.content, content, weight, this.greatestContent);
  }

  #addTo(sums: Float64Array, { items, scores }: Neighbours, weight: number, greatestYet: number): number {
    const { collaborative, content, items: touchedItems } = this;
    const places = this.#places;
    const base = this.#base;
    let { touched } = this;
    let greatest = greatestYet;
    for (let at = 0; at < items.length; at++) {
      const item = items[at] as number;
      if (item >= places.length) continue;
      let slot = (places[item] as number) - base;
      if (slot < 0) {
        slot = touched++;
        places[item] = base + slot;
        touchedItems[slot] = item;
        collaborative[slot] = 0;
        content[slot] = 0;
      }
      const sum = (sums[slot] as number) + weight * (scores[at] as number);
      sums[slot] = sum;
      if (sum > greatest) greatest = sum;
    }
    this.touched = touched;
    return greatest;
  }
}

const MOST_PLACES = 2 ** 32 - 1;
