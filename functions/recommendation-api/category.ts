import { type CatalogItem, categoryPath, LEVELS } from '../../schemas/catalog.ts';

/** Whether an item is of a category or below it. Case and the spaces around levels don't matter. */
export function ofCategory(category: string): (item: CatalogItem) => boolean {
  const wanted = foldedPath(category);
  return (item) => {
    const path = item.category === undefined ? '' : item.category.toLowerCase();
    return path === wanted || path.startsWith(`${wanted}${LEVELS}`);
  };
}

/** Whether an item is of one of some categories, or below it. */
export function ofAnyCategory(categories: readonly string[]): (item: CatalogItem) => boolean {
  const tests = categories.map(ofCategory);
  return (item) => tests.some((isOf) => isOf(item));
}

/** The closest level of a category, as an item of it or below it writes that: what people call it. */
export function nameOf(category: string, { category: path = category }: Pick<CatalogItem, 'category'>): string {
  const depth = (categoryPath(category) ?? category).split(LEVELS).length;
  return path.split(LEVELS)[depth - 1] ?? category;
}

const foldedPath = (category: string): string => (categoryPath(category) ?? '').toLowerCase();
