/** How alike two items are, 0 to 1; the same for (a, b) and (b, a). */
export type Likeness<T> = (one: T, other: T) => number;

/**
 * The `n` items of a ranking that are good and unlike each other, chosen one after another: the next is that with the greatest
 *
 *     (1 - diversity) · score(i) / max score - diversity · max over the chosen j of likeness(i, j)
 *
 * Maximal marginal relevance of Carbonell and Goldstein, The use of MMR, diversity-based reranking for reordering documents and
 * producing summaries, SIGIR 1998, with λ = 1 - diversity. A diversity of 0 leaves the ranking as it is; ties keep its order.
 *
 * @param ranked the best first, with scores of 0 or more; a few times `n`, as each is compared with each chosen one.
 */
export function diversify<T extends { readonly score: number }>(
  ranked: readonly T[],
  n: number,
  diversity: number,
  likeness: Likeness<T>,
): T[] {
  if (diversity <= 0) return ranked.slice(0, n);
  const share = Math.min(1, diversity);
  const greatest = ranked.reduce((most, { score }) => Math.max(most, score), 0) || 1;
  // By place in the ranking: numbers in arrays of their own make no garbage.
  const worth = Float64Array.from(ranked, ({ score }) => ((1 - share) * score) / greatest);
  const closest = new Float64Array(ranked.length);
  const left = Uint32Array.from(ranked, (_, place) => place);
  const chosen: T[] = [];
  for (let count = ranked.length; count > 0 && chosen.length < n; count -= 1) {
    // With a diversity of 1 all scores are worth nothing: the first pick is the best item all the same.
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < count; at++) {
      const place = left[at] as number;
      const value = (worth[place] as number) - share * (closest[place] as number);
      if (value <= most) continue;
      most = value;
      best = at;
    }
    const item = ranked[left[best] as number] as T;
    chosen.push(item);
    left.copyWithin(best, best + 1, count);
    for (let at = 0; at < count - 1; at++) {
      const place = left[at] as number;
      closest[place] = Math.max(closest[place] as number, likeness(ranked[place] as T, item));
    }
  }
  return chosen;
}

/** What likeness goes by. */
export interface Described {
  /** Levels joined by ` > `. */
  readonly category?: string | undefined;
  readonly brand?: string | undefined;
}

/** The same, taken apart: each item is compared with many. */
export interface Traits {
  /** Of the category, from the top. */
  readonly levels: readonly string[];
  readonly brand: string | undefined;
}

const none: readonly string[] = [];

export const traitsOf = ({ category, brand }: Described): Traits => ({
  levels: category ? category.split(' > ') : none,
  brand: brand || undefined,
});

/** Share of likeness that is of the category; the rest is of the brand. */
const OF_CATEGORY = 0.75;

/**
 * How alike two items are: 0.75 · 2 · common / (levels + levels) + 0.25 if they are of one brand.
 *
 * The former is the path measure of Wu and Palmer, Verb semantics and lexical selection, ACL 1994: common levels from the top, by
 * the levels of both paths. Items of which nothing is known are unlike.
 */
export const likenessOf: Likeness<Traits> = (one, other) => {
  const sameBrand = one.brand !== undefined && one.brand === other.brand;
  return OF_CATEGORY * commonShare(one.levels, other.levels) + (sameBrand ? 1 - OF_CATEGORY : 0);
};

function commonShare(levels: readonly string[], others: readonly string[]): number {
  let common = 0;
  while (common < levels.length && levels[common] === others[common]) common += 1;
  return common === 0 ? 0 : (2 * common) / (levels.length + others.length);
}
