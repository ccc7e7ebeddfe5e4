import { type CatalogItem, type Shop, slugOf } from './catalog.ts';
import { checkOut, type Sale } from './checkout.ts';
import { chooseCategory, chooseIn, chooseItem, companionsOf } from './choice.ts';
import type { VisitLog } from './diary.ts';
import { billFor, type Line, productOf, productsOf, wire } from './money.ts';
import type { Person } from './people.ts';
import type { Random } from './random.ts';

export interface Browsing {
  readonly shop: Shop;
  readonly person: Person;
  readonly log: VisitLog;
  readonly random: Random;
  /** Times that the person looked at each item, over all visits. */
  readonly seen: Map<string, number>;
  /** Logs the person in, or signs them up, as the shop asks at the checkout. */
  readonly join: () => void;
}

/** One visit from the landing to the exit; gives the sale when it ended in an order. */
export function visitShop(browsing: Browsing, came: { toBuy: boolean; joining: boolean }): Sale | undefined {
  const { random, log } = browsing;
  const landed = land(browsing);
  if (!came.toBuy && !came.joining && random.chance(0.45)) return undefined;
  if (came.joining) browsing.join();
  const viewed = landed === undefined ? [] : [landed];
  const steps = 1 + Math.min(9, Math.floor(random.exponential(came.toBuy ? 2 : 0.9)));
  for (let step = 0; step < steps; step += 1) viewed.push(...browse(browsing));
  if (came.toBuy && viewed.length === 0)
    viewed.push(view(browsing, chooseItem(browsing.shop, browsing.person, browsing.seen, random)));
  const wanted = viewed.filter((_, index) => (came.toBuy && index === viewed.length - 1) || random.chance(0.05));
  if (wanted.length === 0) return undefined;
  const cartId = `cart-${random.hex(10)}`;
  const lines = fillCart(browsing, wanted, cartId, came.toBuy);
  if (lines.length === 0 || !(came.toBuy || random.chance(0.3))) return undefined;
  log.pause(30).open('/cart', 'Cart');
  log.pause(2).track('Cart Viewed', { cart_id: cartId, products: productsOf(lines, browsing.person.home.currency) });
  return came.toBuy || random.chance(0.5) ? checkOut(browsing, lines, cartId, came.toBuy) : undefined;
}

/** The first page: the home page, a shelf or a product. */
function land(browsing: Browsing): CatalogItem | undefined {
  const { log, random, shop, person, seen } = browsing;
  const where = log.inApp ? 'home' : random.among({ home: 0.4, shelf: 0.22, product: 0.38 });
  if (where === 'product') return view(browsing, chooseItem(shop, person, seen, random));
  if (where === 'shelf') {
    listShelf(browsing);
    return undefined;
  }
  log.open('/', 'Home');
  if (random.chance(0.15)) promote(browsing);
  return undefined;
}

function browse(browsing: Browsing): CatalogItem[] {
  const { log, random, shop, person, seen } = browsing;
  log.pause(45);
  const way = random.among({ shelf: 0.28, search: 0.17, item: 0.55 });
  if (way === 'item') return [view(browsing, chooseItem(shop, person, seen, random))];
  const category = way === 'shelf' ? listShelf(browsing) : search(browsing);
  if (random.chance(0.35)) return [];
  const item = chooseIn(category, shop, person, seen, random);
  log.pause(15).track('Product Clicked', productOf(item, person.home.currency, { position: random.integer(1, 12) }));
  return [view(browsing, item)];
}

function listShelf({ log, random, shop, person, seen }: Browsing): string {
  const category = chooseCategory(person, random);
  const products = Array.from({ length: 3 }, (_, index) =>
    productOf(chooseIn(category, shop, person, seen, random), person.home.currency, { position: index + 1 }),
  );
  const list = { list_id: slugOf(category), category };
  log.open(`/shelves/${slugOf(category)}`, category, category);
  log.pause(1).track('Product List Viewed', { ...list, products });
  if (random.chance(0.12)) {
    const filters = [{ type: 'price_band', value: person.taste.priceBand }];
    log.pause(20).track('Product List Filtered', { ...list, filters, products: products.slice(0, 2) });
  }
  return category;
}

function search({ log, random, person }: Browsing): string {
  const category = chooseCategory(person, random);
  const words = random.pick([category, `${person.taste.brands[0]} ${category}`, `${category} sale`]).toLowerCase();
  log.track('Products Searched', { query: words });
  return category;
}

function view({ log, random, person, seen }: Browsing, item: CatalogItem): CatalogItem {
  const { currency } = person.home;
  const product = productOf(item, currency, { variant: random.pick(item.variants), quantity: 1 });
  log.open(new URL(item.url).pathname, item.name, item.category);
  log.pause(1).track('Product Viewed', { ...product, currency, value: product.price });
  seen.set(item.itemId, (seen.get(item.itemId) ?? 0) + 1);
  if (random.chance(0.04))
    log.pause(20).track('Product Added to Wishlist', { wishlist_id: `wl-${person.index}`, ...product });
  if (random.chance(0.006)) log.pause(10).track('Product Shared', { share_via: 'email', ...product });
  return item;
}

function promote({ log, random }: Browsing): void {
  const promotion = random.pick([
    { promotion_id: 'autumn-10', creative: 'hero-forest', name: 'Autumn: 10 % off', position: 'home_hero' },
    { promotion_id: 'free-shipping', creative: 'strip', name: 'Free shipping from 75', position: 'home_strip' },
  ]);
  log.pause(1).track('Promotion Viewed', promotion);
  if (random.chance(0.25)) log.pause(8).track('Promotion Clicked', promotion);
}

/** Puts the wanted items into the cart, with what goes with them, and now and then takes one out again. */
function fillCart(
  { log, random, shop, person }: Browsing,
  wanted: CatalogItem[],
  cartId: string,
  toBuy: boolean,
): Line[] {
  const { currency } = person.home;
  const chosen = [...new Set(toBuy ? wanted.flatMap((item) => [item, ...companionsOf(item, shop, random)]) : wanted)];
  const lines = chosen.map((item) => ({
    item,
    variant: random.pick(item.variants),
    quantity: item.priceCents < 3000 && random.chance(0.35) ? random.integer(2, 4) : 1,
  }));
  for (const line of lines) {
    const [product] = productsOf([line], currency);
    const value = wire(billFor([line], currency, 0).subtotal);
    log.pause(20).track('Product Added', { cart_id: cartId, ...product, currency, value });
  }
  const removed = lines.length > 1 || !toBuy ? random.chance(0.12) : false;
  if (!removed) return lines;
  const [product] = productsOf(lines.slice(-1), currency);
  log.pause(30).track('Product Removed', { cart_id: cartId, ...product, currency });
  return lines.slice(0, -1);
}
