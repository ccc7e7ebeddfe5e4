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
  const left = ranked.map((item) => ({ item, worth: ((1 - share) * item.score) / greatest, closest: 0 }));
  const chosen: T[] = [];
  while (chosen.length < n && left.length > 0) {
    // With a diversity of 1 all scores are worth nothing: the first pick is the best item all the same.
    let at = 0;
    for (let other = 1; other < left.length; other++) {
      const [best, next] = [left[at] as Candidate<T>, left[other] as Candidate<T>];
      if (next.worth - share * next.closest > best.worth - share * best.closest) at = other;
    }
    const [{ item }] = left.splice(at, 1) as [Candidate<T>];
    chosen.push(item);
    for (const candidate of left) candidate.closest = Math.max(candidate.closest, likeness(candidate.item, item));
  }
  return chosen;
}

interface Candidate<T> {
  readonly item: T;
  readonly worth: number;
  /** Likeness to the chosen item that is most like it. */
  closest: number;
}

/** What likeness goes by. */
export interface Described {
  /** Levels joined by ` > `. */
  readonly category?: string | undefined;
  readonly brand?: string | undefined;
}

/** Share of likeness that is of the category; the rest is of the brand. */
const OF_CATEGORY = 0.75;

/**
 * How alike two described items are: 0.75 · 2 · common / (levels + levels) + 0.25 if they are of one brand.
 *
 * The former is the path measure of Wu and Palmer, Verb semantics and lexical selection, ACL 1994: common levels from the top, by
 * the levels of both paths. Items of which nothing is known are unlike.
 */
export const likenessOf: Likeness<Described> = (one, other) => createLikeness()(one, other);

/** The same for many pairs of few items: each path is taken apart once. */
export function createLikeness(): Likeness<Described> {
  const known = new Map<string, readonly string[]>();
  const levelsOf = (category: string): readonly string[] => {
    const levels = known.get(category) ?? category.split(' > ');
    known.set(category, levels);
    return levels;
  };
  return (one, other) => {
    const sameBrand = one.brand !== undefined && one.brand !== '' && one.brand === other.brand;
    const share = one.category && other.category ? commonShare(levelsOf(one.category), levelsOf(other.category)) : 0;
    return OF_CATEGORY * share + (sameBrand ? 1 - OF_CATEGORY : 0);
  };
}

function commonShare(levels: readonly string[], others: readonly string[]): number {
  let common = 0;
  while (common < levels.length && levels[common] === others[common]) common += 1;
  return (2 * common) / (levels.length + others.length);
}
