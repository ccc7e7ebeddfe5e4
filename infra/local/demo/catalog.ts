import type { Random } from './random.ts';
import { type Shelf, shelves } from './shelves.ts';

export const SHOP_URL = 'https://www.fernpath.example';

/** Name of a category, as products carry it. */
export type ItemCategory = string;

export type PriceBand = 'budget' | 'middle' | 'premium';

export interface CatalogItem {
  readonly itemId: string;
  readonly sku: string;
  readonly name: string;
  readonly category: ItemCategory;
  readonly department: string;
  readonly brand: string;
  readonly priceBand: PriceBand;
  /** Price in hundredths of a US dollar. */
  readonly priceCents: number;
  readonly variants: readonly string[];
  readonly url: string;
  readonly imageUrl: string;
  readonly description: string;
  /** Relative demand among the items of its category; a few items draw most of it. */
  readonly popularity: number;
  /** Items that are bought together with this one. */
  readonly pairsWith: readonly string[];
}

export interface Shop {
  readonly items: readonly CatalogItem[];
  readonly byId: ReadonlyMap<string, CatalogItem>;
  readonly byCategory: ReadonlyMap<ItemCategory, readonly CatalogItem[]>;
  readonly categories: readonly ItemCategory[];
}

const ITEMS_PER_SHELF = 25;
const names = [
  'Ridge',
  'Fjord',
  'Lumen',
  'Summit',
  'Juniper',
  'Talus',
  'Brook',
  'Aurora',
  'Moraine',
  'Larch',
  'Delta',
  'Kestrel',
];
const bands: readonly PriceBand[] = ['budget', 'middle', 'premium'];

export const categories: readonly ItemCategory[] = shelves.map((shelf) => shelf.category);

export const brandsOf = (category: ItemCategory): readonly string[] =>
  shelves.find((shelf) => shelf.category === category)?.brands ?? [];

export const slugOf = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** Stocks the shop: 350 items in 14 categories, each with items that are bought together with it. */
export function stockShop(random: Random): Shop {
  const items = shelves.flatMap((shelf, shelfIndex) => stockShelf(shelf, shelfIndex, random));
  const of = (category: ItemCategory) => items.filter((item) => item.category === category);
  const paired = items.map((item) => {
    const shelf = shelves.find((candidate) => candidate.category === item.category) as Shelf;
    const partners = of(shelf.goesWith).filter((partner) => partner.priceBand === item.priceBand);
    return { ...item, pairsWith: [random.pick(partners).itemId, random.pick(partners).itemId] };
  });
  return {
    items: paired,
    byId: new Map(paired.map((item) => [item.itemId, item])),
    byCategory: new Map(categories.map((category) => [category, paired.filter((item) => item.category === category)])),
    categories,
  };
}

function stockShelf(shelf: Shelf, shelfIndex: number, random: Random): CatalogItem[] {
  const ranks = random.shuffled(Array.from({ length: ITEMS_PER_SHELF }, (_, rank) => rank + 1));
  return ranks.map((rank, index) => {
    const number = String((shelfIndex + 1) * 100 + index);
    const kind = shelf.kinds[index % shelf.kinds.length] as string;
    const brand = shelf.brands[index % shelf.brands.length] as string;
    const band = bands[Math.floor(index / 3) % 3] as PriceBand;
    const label = `${brand} ${random.pick(names)} ${kind}`;
    const slug = `${slugOf(label)}-${number}`;
    return {
      itemId: `p-${number}`,
      sku: `${brand.slice(0, 3).toUpperCase()}-${number}`,
      name: label,
      category: shelf.category,
      department: shelf.department,
      brand,
      priceBand: band,
      priceCents: priceIn(shelf.prices, band, random),
      variants: shelf.variants,
      url: `${SHOP_URL}/products/${slug}`,
      imageUrl: `${SHOP_URL}/images/${slug}.webp`,
      description: `${kind} by ${brand}, from our ${shelf.category.toLowerCase()} shelf.`,
      popularity: 1 / rank ** 0.9,
      pairsWith: [],
    };
  });
}

function priceIn([low, high]: readonly [number, number], band: PriceBand, random: Random): number {
  const third = (high / low) ** (1 / 3);
  const from = low * third ** bands.indexOf(band);
  return Math.floor(random.between(from, from * third)) * 100 + random.pick([90, 95, 99, 0, 50]);
}
