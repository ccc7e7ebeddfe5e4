import type { ItemIndex, ItemNeighbours, Neighbours } from './model.ts';
import type { Part } from './neighbour-sums.ts';

/** An item of a history, how much it counts, and what follows from it. */
export interface Cause {
  readonly item: ItemIndex;
  readonly weight: number;
  readonly neighbours: ItemNeighbours;
}

/** Why an item was chosen: the item of the history that contributed most, and by which kind of neighbours more. */
export interface Because {
  readonly item: ItemIndex;
  readonly how: Part;
}

/** Finds what contributed most to each of a few items. Its array is as long as the model and serves one call after another. */
export class StrongestCauses {
  /** By item, 1 where it is chosen: small, as it is asked for each neighbour. */
  readonly #isChosen: Uint8Array;
  /** By chosen item, its position among them. */
  readonly #position: Uint32Array;

  constructor(items: number) {
    this.#isChosen = new Uint8Array(items);
    this.#position = new Uint32Array(items);
  }

  /**
   * For each chosen item its strongest cause; of causes alike the earlier one.
   *
   * @param per what one unit of each part's sum is worth in the final score.
   */
  of(
    chosen: readonly ItemIndex[],
    causes: readonly Cause[],
    per: Readonly<Record<Part, number>>,
  ): (Because | undefined)[] {
    const strongest = new Array<Because | undefined>(chosen.length).fill(undefined);
    if (causes.length === 0) return strongest;
    const isChosen = this.#isChosen;
    const position = this.#position;
    chosen.forEach((item, at) => {
      isChosen[item] = 1;
      position[item] = at;
    });
    const greatest = new Float64Array(chosen.length);
    const together = new Float64Array(chosen.length);
    const alike = new Float64Array(chosen.length);
    for (const { item, weight, neighbours } of causes) {
      together.fill(0);
      alike.fill(0);
      this.#spread(neighbours.collaborative, together, weight * per.collaborative);
      this.#spread(neighbours.content, alike, weight * per.content);
      for (let at = 0; at < chosen.length; at++) {
        const byPeople = together[at] as number;
        const byContent = alike[at] as number;
        if (byPeople + byContent <= (greatest[at] as number)) continue;
        greatest[at] = byPeople + byContent;
        strongest[at] = { item, how: byContent > byPeople ? 'content' : 'collaborative' };
      }
    }
    for (const item of chosen) isChosen[item] = 0;
    return strongest;
  }

  /** Adds to each chosen item what comes from these neighbours. */
  #spread({ items, scores }: Neighbours, into: Float64Array, weight: number): void {
    if (weight === 0) return;
    const isChosen = this.#isChosen;
    const { length } = items;
    for (let at = 0; at < length; at++) {
      const item = items[at] as number;
      if (isChosen[item] !== 1) continue;
      const to = this.#position[item] as number;
      into[to] = (into[to] as number) + weight * (scores[at] as number);
    }
  }
}
