import { BestItems } from './best-items.ts';
import { type Interests, popularWithin } from './interests.ts';
import type { Blend, ItemIndex, ItemNeighbours, ModelItems, ModelParameters } from './model.ts';
import { NeighbourSums, type Part } from './neighbour-sums.ts';
import { type PopularOrder, popularOrder } from './popular-order.ts';
import { type Cause, StrongestCauses } from './strongest-causes.ts';

/** An item that a person dealt with. */
export interface HistoryItem {
  readonly item: ItemIndex;
  /** How much it says of the person, above 0; only its ratio to the other weights of the history matters. */
  readonly weight: number;
}

/** An item and why it is worth showing. */
export interface Scored {
  readonly item: ItemIndex;
  /** 0 to 1; the sum of `parts`. */
  readonly score: number;
  /** What each part of the blend contributed. */
  readonly parts: Blend;
  /** The item of the history that contributed most. */
  readonly because: ItemIndex | undefined;
  /** By which kind of neighbours `because` contributed more. */
  readonly how: Part | undefined;
}

/** Neighbours of an item, where the model knows any. */
export type NeighboursOf = (item: ItemIndex) => ItemNeighbours | undefined;

const popularOnly: Blend = { collaborative: 0, content: 0, popularity: 1 };

/**
 * Scores the items of one version for one person after another.
 *
 *     score(j) = β₁ · C(j) / max C + β₂ · T(j) / max T + β₃ · P(j)
 *     C(j) = Σ_p w_p · d^p · s(h_p, j)      over the history h_0 (latest), h_1, …
 *
 * with the blend β, history weights w, order decay d and collaborative scores s; T is the same over content scores, and P is
 * the value of `popularOrder`. C is the item-based sum of Deshpande and Karypis, Item-based top-N recommendation algorithms, TOIS
 * 2004; decay by place as in Ludewig and Jannach, Evaluation of session-based recommendation algorithms, 2018; the weighted sum of
 * parts that were brought to 0..1 is CombSUM after Fox and Shaw 1994. The maxima are those of all items, also of items that are left
 * out: leaving one out changes nothing for the others.
 *
 * A history of which the model knows nothing gives P alone. Ties go to the more popular item, then to the lower index.
 *
 * Not reentrant: its buffers serve one call after another.
 */
export class Scorer {
  readonly #blend: Blend;
  readonly #historyItems: number;
  readonly #orderDecay: number;
  readonly #popular: PopularOrder;
  readonly #popularWithin: Float64Array;
  readonly #sums: NeighbourSums;
  readonly #best: BestItems;
  readonly #causes: StrongestCauses;

  constructor(items: ModelItems, parameters: ModelParameters) {
    const count = items.popularity.length;
    this.#blend = parameters.blend;
    this.#historyItems = parameters.history.items;
    this.#orderDecay = parameters.history.orderDecay;
    this.#popular = popularOrder(items);
    this.#popularWithin = new Float64Array(count);
    this.#sums = new NeighbourSums(count);
    this.#best = new BestItems(this.#popular.place);
    this.#causes = new StrongestCauses(count);
  }

  /**
   * The best `most` items that aren't left out, the best first; fewer only if the model hasn't as many.
   *
   * @param history the latest first; an item that counts for nothing (a weight of 0 or less) still takes its place.
   * @param leftOut asked only for items that would be among the best.
   * @param interests makes popularity count within what the person is known to like.
   */
  score(
    history: readonly HistoryItem[],
    neighbours: NeighboursOf,
    leftOut: (item: ItemIndex) => boolean,
    most: number,
    interests?: Interests,
  ): readonly Scored[] {
    const { order, value } = this.#popular;
    const popularity = interests ? popularWithin(value, interests, this.#popularWithin) : value;
    const causes = this.#causesOf(history, neighbours);
    const sums = this.#sums;
    sums.clear();
    for (const cause of causes) sums.add(cause.neighbours, cause.weight);
    const per = perUnit(this.#blend, sums.greatest());

    const best = this.#best;
    best.clear(Math.min(most, order.length));
    sums.eachRun((from, end) => addRun(best, sums, popularity, per, { from, end }, leftOut));
    for (let at = 0; at < order.length; at++) {
      const item = order[at] as number;
      const score = (popularity[item] as number) * per.popularity;
      if (!interests && score < best.least) break; // all that follow are less popular still
      if (!sums.isNear(item) && best.takes(item, score) && !leftOut(item)) best.add(item, score);
    }

    const chosen = best.take();
    const because = this.#causes.of(chosen, causes, per);
    return chosen.map((item, at) => {
      const parts: Blend = {
        collaborative: (sums.collaborative[item] as number) * per.collaborative,
        content: (sums.content[item] as number) * per.content,
        popularity: (popularity[item] as number) * per.popularity,
      };
      const score = parts.collaborative + parts.content + parts.popularity;
      return { item, score, parts, because: because[at]?.item, how: because[at]?.how };
    });
  }

  /** What of the history counts. Weights are relative to the greatest, so that sums of equal ones don't depend on their order. */
  #causesOf(history: readonly HistoryItem[], neighbours: NeighboursOf): readonly Cause[] {
    const counting = history.slice(0, this.#historyItems);
    const greatest = counting.reduce((most, { weight }) => Math.max(most, weight), 0);
    const causes: Cause[] = [];
    let decay = 1;
    for (const { item, weight } of counting) {
      const counts = (weight / greatest) * decay;
      const found = counts > 0 ? neighbours(item) : undefined;
      if (found) causes.push({ item, weight: counts, neighbours: found });
      decay *= this.#orderDecay;
    }
    return causes;
  }
}

/** Has the best items of a run kept. */
function addRun(
  best: BestItems,
  { collaborative, content }: NeighbourSums,
  popularity: Float64Array,
  per: Blend,
  { from, end }: { readonly from: ItemIndex; readonly end: ItemIndex },
  leftOut: (item: ItemIndex) => boolean,
): void {
  const { collaborative: byPeople, content: byContent, popularity: byPopularity } = per;
  let { least } = best;
  for (let item = from; item < end; item++) {
    const score =
      (collaborative[item] as number) * byPeople +
      (content[item] as number) * byContent +
      (popularity[item] as number) * byPopularity;
    if (score < least || !best.takes(item, score) || leftOut(item)) continue;
    best.add(item, score);
    least = best.least;
  }
}

/** What one unit of each part's sum is worth in a score; where nothing speaks for any item, popularity is all there is. */
function perUnit({ collaborative, content, popularity }: Blend, greatest: Readonly<Record<Part, number>>): Blend {
  if (greatest.collaborative === 0 && greatest.content === 0) return popularOnly;
  return {
    collaborative: greatest.collaborative > 0 ? collaborative / greatest.collaborative : 0,
    content: greatest.content > 0 ? content / greatest.content : 0,
    popularity,
  };
}
