import type { ItemIndex, ItemNeighbours, Neighbours } from './model.ts';

/** Kinds of neighbours. */
export type Part = keyof ItemNeighbours;

/** Weighted sums of neighbours' scores, by item and kind. Its arrays are as long as the model and serve one person after another. */
export class NeighbourSums {
  /** By item; what `has` denies is left over from before. */
  readonly collaborative: Float64Array;
  readonly content: Float64Array;
  /** The items that have a sum, `touched` of them. */
  readonly items: Uint32Array;
  touched = 0;
  greatestCollaborative = 0;
  greatestContent = 0;
  /** By item, the round in which it was touched: so nothing must be zeroed between people. */
  readonly #rounds: Uint32Array;
  #round = 0;

  constructor(items: number) {
    this.collaborative = new Float64Array(items);
    this.content = new Float64Array(items);
    this.items = new Uint32Array(items);
    this.#rounds = new Uint32Array(items);
  }

  clear(): void {
    this.touched = 0;
    this.greatestCollaborative = 0;
    this.greatestContent = 0;
    this.#round += 1;
  }

  has(item: ItemIndex): boolean {
    return this.#rounds[item] === this.#round;
  }

  /** Adds the neighbours of one item of a history; those that the model has no item for are passed over. */
  add({ collaborative, content }: ItemNeighbours, weight: number): void {
    this.greatestCollaborative = this.#addTo(this.collaborative, collaborative, weight, this.greatestCollaborative);
    this.greatestContent = this.#addTo(this.content, content, weight, this.greatestContent);
  }

  #addTo(sums: Float64Array, { items, scores }: Neighbours, weight: number, greatestYet: number): number {
    const { collaborative, content, items: touchedItems } = this;
    const rounds = this.#rounds;
    const round = this.#round;
    let { touched } = this;
    let greatest = greatestYet;
    for (let at = 0; at < items.length; at++) {
      const item = items[at] as number;
      if (item >= rounds.length) continue;
      if (rounds[item] !== round) {
        rounds[item] = round;
        touchedItems[touched++] = item;
        collaborative[item] = 0;
        content[item] = 0;
      }
      const sum = (sums[item] as number) + weight * (scores[at] as number);
      sums[item] = sum;
      if (sum > greatest) greatest = sum;
    }
    this.touched = touched;
    return greatest;
  }
}
