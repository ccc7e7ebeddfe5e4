import type { Quality } from '../../shared/recommender/model.ts';

/** An item of a ranked list. */
export interface Listed {
  readonly item: number;
  readonly score: number;
}

/** Sums metrics at rank k over people. */
export class Metrics {
  readonly #k: number;
  readonly #shown = new Set<number>();
  #people = 0;
  #listed = 0;
  readonly #sums = { recall: 0, ndcg: 0, hitRate: 0, map: 0, novelty: 0 };

  constructor(k: number) {
    this.#k = k;
  }

  /**
   * @param list ranked, longer than k where scores go on being equal.
   * @param wanted the person's test items that training knows.
   * @param tests all test items of the person.
   * @param surprise -log2 of the share of people who have an item.
   */
  add(list: readonly Listed[], wanted: ReadonlySet<number>, tests: number, surprise: (item: number) => number): void {
    const k = this.#k;
    const ranked = tiesAgainstUs(list, wanted).slice(0, k);
    let hits = 0;
    let gain = 0;
    let precision = 0;
    for (const [at, { item }] of ranked.entries()) {
      this.#shown.add(item);
      this.#sums.novelty += surprise(item);
      if (!wanted.has(item)) continue;
      hits += 1;
      gain += 1 / Math.log2(at + 2);
      precision += hits / (at + 1);
    }
    this.#people += 1;
    this.#listed += ranked.length;
    this.#sums.recall += hits / tests;
    this.#sums.ndcg += gain / idealGain(Math.min(k, tests));
    this.#sums.hitRate += hits > 0 ? 1 : 0;
    this.#sums.map += precision / Math.min(k, tests);
  }

  /** @param items how many items there are to be shown. */
  quality(items: number): Quality {
    const { novelty, ...sums } = this.#sums;
    const means = Object.fromEntries(
      Object.entries(sums).map(([name, sum]) => [name, sum / Math.max(1, this.#people)]),
    ) as Pick<Quality, 'recall' | 'ndcg' | 'hitRate' | 'map'>;
    return { ...means, coverage: this.#shown.size / Math.max(1, items), novelty: novelty / Math.max(1, this.#listed) };
  }
}

/** Of items with one score those that are wanted come last: no ranking gains by not deciding. */
export const tiesAgainstUs = (list: readonly Listed[], wanted: ReadonlySet<number>): Listed[] =>
  [...list].sort(
    (one, other) => other.score - one.score || Number(wanted.has(one.item)) - Number(wanted.has(other.item)),
  );

function idealGain(hits: number): number {
  let gain = 0;
  for (let at = 0; at < hits; at += 1) gain += 1 / Math.log2(at + 2);
  return gain;
}
