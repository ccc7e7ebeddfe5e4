import type { CleanEvent, Product } from '../../schemas/event/clean-event.ts';
import type { Profile } from '../../schemas/profile.ts';
import { DAY_MS } from './counters.ts';
import { fits, limits } from './limits.ts';
import { textHash } from './message-hash.ts';
import { drop } from './new-profile.ts';
import { keepTop } from './top.ts';

const HALF_LIFE_MS = 30 * DAY_MS;
const EPOCH = Date.UTC(2020, 0, 1);
/** Steps of a log weight: small enough that 100,000 equal interactions still add up. */
const STEPS = 100_000;

/** What an interaction with a product says of interest in it, its category and its brand. */
const productWeights: ReadonlyMap<string, number> = new Map([
  ['Product Viewed', 1],
  ['Product Clicked', 1],
  ['Product Shared', 2],
  ['Product Reviewed', 2],
  ['Product Added to Wishlist', 2],
  ['Product Added', 3],
  ['Wishlist Product Added to Cart', 3],
  ['Order Completed', 5],
]);
/** A list says something of its category, and nothing of the products that happen to be in it. */
const listWeights: ReadonlyMap<string, number> = new Map([
  ['Product List Viewed', 0.5],
  ['Product List Filtered', 0.5],
]);

/** Adds an event to the interest in items, categories and brands. */
export function applyAffinities(profile: Profile, event: CleanEvent): void {
  const { commerce, eventTime } = event;
  const productWeight = productWeights.get(event.event);
  if (productWeight !== undefined) {
    const added = logWeight(productWeight, eventTime);
    if (commerce.product !== undefined) addProduct(profile, event, commerce.product, added);
    for (const product of commerce.products ?? []) addProduct(profile, event, product, added);
    return;
  }
  const listWeight = listWeights.get(event.event);
  if (listWeight !== undefined)
    add(profile.categories, commerce.category, logWeight(listWeight, eventTime), limits.categories);
}

function addProduct(profile: Profile, event: CleanEvent, product: Product, added: number): void {
  const { productId: id, category, brand } = product;
  add(profile.categories, category, added, limits.categories);
  add(profile.brands, brand, added, limits.brands);
  const orders = event.event === 'Order Completed' ? 1 : 0;
  if (!fits(id, limits.nameBytes)) {
    if (id !== '' && orders > 0) rememberBought(profile, id);
    return;
  }
  const before = profile.items.get(id);
  if (before === undefined) {
    profile.items.set(id, { weight: added, lastAt: event.eventTime, orders });
    const [left, interest] = keepTop(profile.items, limits.items, ({ weight }) => weight) ?? [];
    if (left !== undefined && interest !== undefined && interest.orders > 0) rememberBought(profile, left);
  } else {
    before.weight = sumOfWeights(before.weight, added);
    before.lastAt = Math.max(before.lastAt, event.eventTime);
    before.orders += orders;
  }
}

/** What was bought stays known when interest in other items has pushed it out of those that are kept. */
function rememberBought(profile: Profile, id: string): void {
  const { boughtBefore } = profile;
  const hash = textHash(id);
  if (boughtBefore.has(hash) || boughtBefore.size < limits.boughtBefore) boughtBefore.add(hash);
  else drop(profile, 'bought_items_over_limit');
}

/** Whether a person has bought an item, be it ever so long ago. */
export const isBought = ({ items, boughtBefore }: Pick<Profile, 'items' | 'boughtBefore'>, id: string): boolean =>
  (items.get(id)?.orders ?? 0) > 0 || (boughtBefore.size > 0 && boughtBefore.has(textHash(id)));

function add(weights: Map<string, number>, name: string | undefined, added: number, bound: number): void {
  if (name === undefined || name === '' || !fits(name, limits.nameBytes)) return;
  const before = weights.get(name);
  weights.set(name, before === undefined ? added : sumOfWeights(before, added));
  if (before === undefined) keepTop(weights, bound, (weight) => weight);
}

/**
 * log2 of `weight` at `time`, seen from a fixed moment, in steps. Exponential decay shrinks all weights alike, so a sum of
 * such weights needs no time of its own: it can be built in any order and read at any moment.
 */
export function logWeight(weight: number, time: number): number {
  return Math.round((Math.log2(weight) + (time - EPOCH) / HALF_LIFE_MS) * STEPS);
}

/** What a log weight is worth at a moment: 1 for one view just then, 0.5 for one 30 days before. */
export function weightAt(logarithm: number, time: number): number {
  return 2 ** (logarithm / STEPS - (time - EPOCH) / HALF_LIFE_MS);
}

/** The log weight of two weights together. */
export function sumOfWeights(a: number, b: number): number {
  const greater = Math.max(a, b);
  const apart = (greater - Math.min(a, b)) / STEPS;
  return greater + Math.round(STEPS * Math.log2(1 + 2 ** -apart));
}
