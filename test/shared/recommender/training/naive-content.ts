import type { CatalogItem } from '../../../../schemas/catalog.ts';
import {
  CONTENT_NEIGHBOURS,
  MOST_ITEMS_A_FEATURE,
  PRICE_WEIGHT,
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
    Math.log(1 + items.length / countOf(feature)) * (feature.startsWith('price ') ? PRICE_WEIGHT : 1);
  const norms = features.map((each) => Math.sqrt([...each].reduce((sum, feature) => sum + weightOf(feature) ** 2, 0)));

  return items.flatMap((item, at) => {
    const found: Likeness[] = [];
    for (const [other, { itemId, hidden }] of items.entries()) {
      const shared = [...(features[at] ?? [])].filter((feature) => other !== at && features[other]?.has(feature));
      const meets = shared.some((name) => countOf(name) <= MOST_ITEMS_A_FEATURE && !name.startsWith('price '));
      if (!meets || hidden) continue;
      const dot = shared.reduce((sum, feature) => sum + weightOf(feature) ** 2, 0);
      found.push([item.itemId, itemId, rounded(dot / (norms[at] as number) / (norms[other] as number))]);
    }
    return found.sort((one, other) => other[2] - one[2]).slice(0, CONTENT_NEIGHBOURS);
  });
}

const rounded = (value: number): number => Math.round(value * 10 ** SCORE_DIGITS) / 10 ** SCORE_DIGITS;

function featuresOf({ title = '', category, brand, tags = [], price = 0, currency }: CatalogItem): Set<string> {
  const levels = category?.toLowerCase().split(' > ') ?? [];
  const words = title.toLowerCase().match(/[\p{L}\p{M}]{2,}/gu) ?? [];
  return new Set([
    ...levels.map((_, at) => `level ${levels.slice(0, at + 1).join('/')}`),
    ...(brand ? [`brand ${brand.toLowerCase()}`] : []),
    ...tags.map((tag) => `tag ${tag.toLowerCase()}`),
    ...words.filter((word) => !stopWords.includes(word)).map((word) => `word ${word}`),
    ...(price > 0 && currency ? [`price ${currency} ${Math.floor(Math.log2(price) + 1e-9)}`] : []),
  ]);
}
