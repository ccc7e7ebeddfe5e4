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

/** The closest level of a path: what people call it. */
export const nameOf = (category: string): string => (categoryPath(category) ?? category).split(LEVELS).at(-1) ?? '';

const foldedPath = (category: string): string => (categoryPath(category) ?? '').toLowerCase();
