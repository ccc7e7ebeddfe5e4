import type { ItemIndex, Quality } from './model.ts';

/** A ranked item; without a score it stands where it is. */
export interface Ranked {
  readonly item: ItemIndex;
  readonly score?: number;
}

/** How people dealt with the items of the training data. */
export interface TrainedItems {
  /** Number of people. */
  readonly people: number;
  /** By item, how many of them dealt with it. */
  readonly peopleOf: ArrayLike<number>;
}

/**
 * Adds up the quality of ranked lists at rank k, each against the items that its person turned to later.
 *
 * With r_1..r_k the hits (0 or 1) of a list and R the person's relevant items, averaged over people with any:
 *
 *     recall = Σ r_i / |R|                                    Manning, Raghavan, Schütze, Introduction to IR, 2008, ch. 8
 *     NDCG = Σ r_i / log2(i + 1) / Σ_{i ≤ min(k, |R|)} 1 / log2(i + 1)     Järvelin and Kekäläinen, TOIS 2002
 *     hit rate = 1 if any r_i, else 0                          Deshpande and Karypis, TOIS 2004
 *     AP = Σ r_i · (r_1 + … + r_i) / i / min(k, |R|)           Manning et al., ch. 8, cut at k
 *     coverage = items in any list / all items                 Ge, Delgado-Battenfeld, Jannach, RecSys 2010
 *     novelty = mean over recommended items of -log2(people of i / people)   Zhou et al., PNAS 2010
 *
 * An item that nobody dealt with counts as one of one person. Lists longer than k say what else ties at the cut.
 */
export class Measurement {
  readonly #k: number;
  readonly #trained: TrainedItems;
  readonly #shown = new Set<ItemIndex>();
  #people = 0;
  #recall = 0;
  #ndcg = 0;
  #hits = 0;
  #precision = 0;
  #information = 0;
  #recommended = 0;

  constructor(k: number, trained: TrainedItems) {
    this.#k = k;
    this.#trained = trained;
  }

  /** Adds one person's list, the best first. A person without relevant items says nothing and is passed over. */
  add(list: readonly Ranked[], relevant: ReadonlySet<ItemIndex>): void {
    if (relevant.size === 0) return;
    const top = tiesAgainstUs(list, relevant).slice(0, this.#k);
    const ideal = Math.min(this.#k, relevant.size);
    let [found, gain, precision] = [0, 0, 0];
    for (const [at, { item }] of top.entries()) {
      this.#shown.add(item);
      this.#information += this.#informationOf(item);
      if (!relevant.has(item)) continue;
      found += 1;
      gain += 1 / Math.log2(at + 2);
      precision += found / (at + 1);
    }
    let idealGain = 0;
    for (let at = 0; at < ideal; at++) idealGain += 1 / Math.log2(at + 2);
    this.#people += 1;
    this.#recommended += top.length;
    this.#recall += found / relevant.size;
    this.#ndcg += gain / idealGain;
    this.#hits += found > 0 ? 1 : 0;
    this.#precision += precision / ideal;
  }

  /** Of all lists so far; all 0 while there are none. */
  quality(): Quality {
    const people = this.#people || 1;
    return {
      recall: this.#recall / people,
      ndcg: this.#ndcg / people,
      hitRate: this.#hits / people,
      map: this.#precision / people,
      coverage: this.#shown.size / (this.#trained.peopleOf.length || 1),
      novelty: this.#information / (this.#recommended || 1),
    };
  }

  #informationOf(item: ItemIndex): number {
    const { people, peopleOf } = this.#trained;
    return Math.log2(Math.max(1, people) / Math.max(1, peopleOf[item] ?? 0));
  }
}

/**
 * The list with relevant items last among those of one score: a model that scores all alike must not look good because of the
 * order in which its items happen to lie (the lower bound of McSherry and Najork, Computing information retrieval performance measures efficiently in the presence of tied scores, ECIR 2008).
 */
export function tiesAgainstUs(list: readonly Ranked[], relevant: ReadonlySet<ItemIndex>): readonly Ranked[] {
  const pessimistic: Ranked[] = [];
  for (let from = 0; from < list.length; ) {
    const { score } = list[from] as Ranked;
    let to = from + 1;
    while (score !== undefined && list[to]?.score === score) to += 1;
    const tied = list.slice(from, to);
    for (const each of tied) if (!relevant.has(each.item)) pessimistic.push(each);
    for (const each of tied) if (relevant.has(each.item)) pessimistic.push(each);
    from = to;
  }
  return pessimistic;
}
