import type { CatalogItem, Shop } from './catalog.ts';
import type { Person } from './people.ts';
import type { Random } from './random.ts';

/** What a person looks at next: their categories, their brands and price band, and what they saw before. */
export function chooseItem(shop: Shop, person: Person, seen: ReadonlyMap<string, number>, random: Random): CatalogItem {
  return chooseIn(chooseCategory(person, random), shop, person, seen, random);
}

export const chooseCategory = (person: Person, random: Random): string => random.among(person.taste.categories);

export function chooseIn(
  category: string,
  shop: Shop,
  person: Person,
  seen: ReadonlyMap<string, number>,
  random: Random,
): CatalogItem {
  const items = shop.byCategory.get(category) ?? [];
  const weights = items.map((item) => {
    const brand = person.taste.brands.includes(item.brand) ? 3.5 : 1;
    const price = item.priceBand === person.taste.priceBand ? 2.5 : 1;
    const again = Math.min(12, 1 + 4 * (seen.get(item.itemId) ?? 0));
    return item.popularity * brand * price * again;
  });
  return items[random.weighted(weights)] as CatalogItem;
}

/** What goes into the basket beside an item: often one of its partners. */
export function companionsOf(item: CatalogItem, shop: Shop, random: Random): CatalogItem[] {
  return item.pairsWith.filter(() => random.chance(0.3)).flatMap((itemId) => shop.byId.get(itemId) ?? []);
}
