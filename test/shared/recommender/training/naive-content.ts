import type { CatalogItem } from '../../../../schemas/catalog.ts';
import {
  CONTENT_NEIGHBOURS,
  MOST_COMPARED,
  MOST_ITEMS_A_FEATURE,
  PRICE_WEIGHT,
  RAREST_FEATURES,
  SCORE_DIGITS,
  stopWords,
} from '../../../../shared/recommender/training/content-sql.ts';
import type { Likeness } from './content-lake.ts';

/** The same by comparing every item with every other one: what the query is held to. */
export function naiveLikenesses(items: readonly CatalogItem[]): Likeness[] {
  const features = items.map(featuresOf);
  const counts = new Map<string, number>();
  for (const feature of features.flatMap((each) => [...each])) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  const countOf = (feature: string) => counts.get(feature) ?? 0;
  const weightOf = (feature: string) =>
    Math.log(1 + items.length / countOf(feature)) * (feature.startsWith('p ') ? PRICE_WEIGHT : 1);
  const norms = features.map((each) => Math.sqrt([...each].reduce((sum, feature) => sum + weightOf(feature) ** 2, 0)));

  /** What an item looks for others by. */
  const sought = items.map(({ category }, at) => {
    const closest = `c ${category?.toLowerCase()}`;
    const found = [...(features[at] ?? [])].filter(
      (name) => countOf(name) > 1 && countOf(name) <= MOST_ITEMS_A_FEATURE && !name.startsWith('p '),
    );
    const byCount = Map.groupBy(
      found.filter((name) => name !== closest),
      countOf,
    );
    const rarest = [...byCount].sort(([one], [other]) => one - other).flatMap(([, names]) => names.sort(inOrder));
    return new Set([...found.filter((name) => name === closest), ...rarest.slice(0, RAREST_FEATURES)]);
  });

  return items.flatMap((item, at) => {
    const found: { itemId: string; shared: number; score: number }[] = [];
    for (const [other, { itemId, hidden }] of items.entries()) {
      const both = [...(features[at] ?? [])].filter((feature) => other !== at && features[other]?.has(feature));
      const looked = both.filter((feature) => sought[at]?.has(feature));
      if (looked.length === 0 || hidden) continue;
      const cosine = (names: readonly string[]) =>
        rounded(
          names.reduce((sum, feature) => sum + weightOf(feature) ** 2, 0) /
            (norms[at] as number) /
            (norms[other] as number),
        );
      found.push({ itemId, shared: cosine(looked), score: cosine(both) });
    }
    return found
      .sort((one, other) => other.shared - one.shared)
      .slice(0, MOST_COMPARED)
      .sort((one, other) => other.score - one.score)
      .slice(0, CONTENT_NEIGHBOURS)
      .map(({ itemId, score }): Likeness => [item.itemId, itemId, score]);
  });
}

/** As the engine sorts texts: by their bytes; the kinds of features as the query names them. */
const inOrder = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

const rounded = (value: number): number => Math.round(value * 10 ** SCORE_DIGITS) / 10 ** SCORE_DIGITS;

function featuresOf({ title = '', category, brand, tags = [], price = 0, currency }: CatalogItem): Set<string> {
  const levels = category?.toLowerCase().split(' > ') ?? [];
  const words = title.toLowerCase().match(/[\p{L}\p{M}]{2,}/gu) ?? [];
  return new Set([
    ...levels.map((_, at) => `c ${levels.slice(0, at + 1).join(' > ')}`),
    ...(brand ? [`b ${brand.toLowerCase()}`] : []),
    ...tags.map((tag) => `t ${tag.toLowerCase()}`),
    ...words.filter((word) => !stopWords.includes(word)).map((word) => `w ${word}`),
    ...(price > 0 && currency ? [`p ${currency} ${Math.floor(Math.log2(price) + 1e-9)}`] : []),
  ]);
}
