import type { CatalogItem } from '../../schemas/catalog.ts';
import type { RecommendedItem } from '../../schemas/recommendation.ts';
import { reasonOf } from '../../shared/recommender/reasons.ts';
import { nameOf, ofCategory } from './category.ts';
import type { Choice } from './choose.ts';
import type { Picked } from './pick.ts';
import { SETTLED_MS } from './shelf.ts';

/** Scores are told to 1/1,000,000: more digits say nothing. */
const SCORE_STEPS = 1_000_000;

export interface Reasons {
  /** Categories by which popular items were chosen. */
  readonly categories: readonly string[];
  readonly hasBought: (itemId: string) => boolean;
}

/** Items as they are answered, each with its reason. */
export async function shown(
  { shelf, model }: Pick<Choice, 'shelf' | 'model'>,
  picked: readonly Picked[],
  { categories, hasBought }: Reasons,
): Promise<RecommendedItem[]> {
  const idOf = (index: number | undefined) => (index === undefined ? undefined : model?.items.ids[index]);
  const causes = picked.flatMap(({ because }) => idOf(because) ?? []);
  const titles = causes.length === 0 ? undefined : await shelf.read([...new Set(causes)], SETTLED_MS);
  return picked.map((item) => {
    const { itemId, score, known } = item;
    const cause = idOf(item.because);
    const category = known && categories.find((each) => ofCategory(each)(known));
    const reason = reasonOf(item, {
      because: cause && (titles?.get(cause)?.title ?? cause),
      isBought: cause !== undefined && hasBought(cause),
      category: category && known && nameOf(category, known),
      trend: model?.items.trend[item.item] ?? 0,
    });
    return { itemId, score: Math.round(score * SCORE_STEPS) / SCORE_STEPS, reason, ...detailsOf(known) };
  });
}

/** An item of the catalog as it is shown when there is nothing but the catalog to go by. */
export const newest = (item: CatalogItem): RecommendedItem => ({
  itemId: item.itemId,
  score: 0,
  reason: 'new',
  ...detailsOf(item),
});

/** What an app needs to show an item, as far as the catalog knows it. */
function detailsOf(item: CatalogItem | undefined): Omit<RecommendedItem, 'itemId' | 'score' | 'reason'> {
  if (item === undefined) return {};
  const { title, category, brand, price, currency, image, url } = item;
  const details = { title, category, brand, price, currency, image, url };
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}
