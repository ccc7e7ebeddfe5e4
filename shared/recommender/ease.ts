import { BestItems } from './best-items.ts';
import type { ItemIndex, Neighbours } from './model.ts';
import { inverting } from './symmetric-inverse.ts';

/** Most items that EASE is for: its matrix grows with their square, and its time with their cube. */
export const MAX_EASE_ITEMS = 10_000;

export interface EaseOptions {
  /** λ, above 0: added to each item's own count. 100 to 1,000 in the paper, the more the sparser the data. */
  readonly lambda: number;
  /** Most neighbours of an item. */
  readonly neighbours: number;
}

/** How many people have items in common: G = XᵀX, items × items by rows. An item that a history repeats counts once. */
export function gramOf(histories: Iterable<Iterable<ItemIndex>>, items: number): Float64Array {
  return atOnce(counting(histories, items));
}

/** The same in slices, of a history each. */
export function* counting(histories: Iterable<Iterable<ItemIndex>>, items: number): Generator<void, Float64Array> {
  if (items > MAX_EASE_ITEMS) throw new RangeError(`${items} items are too many for EASE: ${MAX_EASE_ITEMS} at most.`);
  const gram = new Float64Array(items * items);
  for (const history of histories) {
    const own = Uint32Array.from(new Set(history));
    for (const one of own) {
      const row = one * items;
      for (const other of own) gram[row + other] = (gram[row + other] as number) + 1;
    }
    yield;
  }
  return gram;
}

/**
 * Neighbours by EASE: Steck, Embarrassingly shallow autoencoders for sparse data, WWW 2019.
 *
 *     P = (G + λI)⁻¹        B(i, j) = -P(i, j) / P(j, j) for i ≠ j, 0 for i = j
 *
 * What a history says of item j is Σ B(i, j) over its items i, so the neighbours of i are the weights of row i of B that are
 * furthest from 0. Weights below 0 say what an item speaks against: without them NDCG on MovieLens 100k falls by 3 %.
 *
 * @param gram symmetric, by rows; it is overwritten.
 * @returns the neighbours of each item, the greatest weight first; of equal weights, the lower index first.
 */
export function ease(gram: Float64Array, items: number, options: EaseOptions): Neighbours[] {
  return atOnce(easing(gram, items, options));
}

/** The same in slices, each of some 20 ms at most where there are 10,000 items. */
export function* easing(
  gram: Float64Array,
  items: number,
  { lambda, neighbours }: EaseOptions,
): Generator<void, Neighbours[]> {
  for (let item = 0; item < items; item++) {
    gram[item * items + item] = (gram[item * items + item] as number) + lambda;
  }
  yield* inverting(gram, items);
  // An item's weight on itself comes out as -1, and is left out.
  const perDiagonal = Float64Array.from({ length: items }, (_, item) => -1 / (gram[item * items + item] as number));
  const best = new BestItems(Uint32Array.from({ length: items }, (_, item) => item));
  const lists: Neighbours[] = [];
  for (let item = 0; item < items; item++) {
    const row = gram.subarray(item * items, (item + 1) * items);
    const weightOf = (other: ItemIndex) => Math.fround((row[other] as number) * (perDiagonal[other] as number));
    best.clear(Math.min(neighbours, items));
    for (let other = 0; other < items; other++) {
      const size = Math.abs(weightOf(other));
      if (size > 0 && other !== item && best.takes(other, size)) best.add(other, size);
    }
    const kept = Uint32Array.from(best.take()).sort((one, other) => weightOf(other) - weightOf(one) || one - other);
    lists.push({ items: kept, scores: Float32Array.from(kept, weightOf) });
    yield;
  }
  return lists;
}

function atOnce<Result>(slices: Generator<void, Result>): Result {
  for (;;) {
    const { done, value } = slices.next();
    if (done) return value;
  }
}
