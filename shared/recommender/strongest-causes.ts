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
  /** By item, 1 + its position among the chosen; 0 elsewhere. */
  readonly #slots: Uint32Array;

  constructor(items: number) {
    this.#slots = new Uint32Array(items);
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
    const slots = this.#slots;
    chosen.forEach((item, at) => {
      slots[item] = at + 1;
    });
    const greatest = new Float64Array(chosen.length);
    const together = new Float64Array(chosen.length + 1);
    const alike = new Float64Array(chosen.length + 1);
    for (const { item, weight, neighbours } of causes) {
      together.fill(0);
      alike.fill(0);
      spread(neighbours.collaborative, slots, together, weight * per.collaborative);
      spread(neighbours.content, slots, alike, weight * per.content);
      for (let at = 0; at < chosen.length; at++) {
        const [byPeople, byContent] = [together[at + 1] as number, alike[at + 1] as number];
        if (byPeople + byContent <= (greatest[at] as number)) continue;
        greatest[at] = byPeople + byContent;
        strongest[at] = { item, how: byContent > byPeople ? 'content' : 'collaborative' };
      }
    }
    for (const item of chosen) slots[item] = 0;
    return strongest;
  }
}

/** Adds to each slot what comes from these neighbours; slot 0 takes what was not chosen. */
function spread({ items, scores }: Neighbours, slots: Uint32Array, into: Float64Array, weight: number): void {
  if (weight === 0) return;
  for (let at = 0; at < items.length; at++) {
    const slot = slots[items[at] as number];
    if (slot) into[slot] = (into[slot] as number) + weight * (scores[at] as number);
  }
}
