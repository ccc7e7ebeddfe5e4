import { describe, expect, it } from 'vitest';
import { isBought, weightAt } from '../../../shared/profile/affinities.ts';
import { ARRIVAL, aCleanEvent } from '../../fixtures/events.ts';
import { aProfile } from '../../fixtures/profiles.ts';

const DAY = 86_400_000;
const product = { productId: 'p-1', category: 'Kitchen', brand: 'Acme' };
const viewed = (eventTime: number, productId = 'p-1') =>
  aCleanEvent({ event: 'Product Viewed', eventTime, commerce: { product: { ...product, productId } } });
const interest = (profile: ReturnType<typeof aProfile>, id = 'p-1', at = ARRIVAL) =>
  weightAt(profile.items.get(id)?.weight ?? Number.NEGATIVE_INFINITY, at);

describe('interest', () => {
  it('halves in 30 days', () => {
    expect(interest(aProfile([viewed(ARRIVAL)]))).toBeCloseTo(1, 4);
    expect(interest(aProfile([viewed(ARRIVAL - 30 * DAY)]))).toBeCloseTo(0.5, 4);
    expect(interest(aProfile([viewed(ARRIVAL)]), 'p-1', ARRIVAL + 60 * DAY)).toBeCloseTo(0.25, 4);
  });

  it('is the sum of what each interaction is worth by then', () => {
    const order = aCleanEvent({ event: 'Order Completed', eventTime: ARRIVAL, commerce: { products: [product] } });
    expect(interest(aProfile([viewed(ARRIVAL - 30 * DAY), viewed(ARRIVAL), order]))).toBeCloseTo(0.5 + 1 + 5, 3);
  });

  it('still grows after ten thousand views', () => {
    const views = Array.from({ length: 10_000 }, () => viewed(ARRIVAL));
    expect(interest(aProfile(views.slice(0, 300))) / 300).toBeCloseTo(1, 2);
  });

  it('of a list goes to its category, not to the products in it', () => {
    const list = aCleanEvent({ event: 'Product List Viewed', commerce: { category: 'Garden', products: [product] } });
    const profile = aProfile([list]);
    expect([...profile.categories.keys()]).toEqual(['Garden']);
    expect(profile.items.size).toBe(0);
  });

  it('is kept for the strongest hundred items', () => {
    const views = Array.from({ length: 130 }, (_, n) => viewed(ARRIVAL - n * DAY, `p-${n}`));
    const kept = aProfile(views.toReversed()).items;
    expect(kept.size).toBe(100);
    expect(kept.has('p-0')).toBe(true);
    expect(kept.has('p-129')).toBe(false);
  });

  const bought = (...ids: string[]) => {
    const products = ids.map((productId) => ({ ...product, productId }));
    return aCleanEvent({ event: 'Order Completed', eventTime: ARRIVAL - 300 * DAY, commerce: { products } });
  };

  it('in other items does not make a bought one forgotten, whatever came first', () => {
    const views = Array.from({ length: 130 }, (_, n) => viewed(ARRIVAL - n * DAY, `p-${n}`));
    for (const events of [
      [bought('lamp', 'p-1'), ...views],
      [...views, bought('lamp', 'p-1')],
    ]) {
      const profile = aProfile(events);
      expect(profile.items.has('lamp')).toBe(false);
      expect(['lamp', 'p-1', 'p-2', 'p-129'].map((id) => isBought(profile, id))).toEqual([true, true, false, false]);
    }
  });

  it('leaves an item bought whose id is too long to be kept', () => {
    const id = 'x'.repeat(250);
    expect(isBought(aProfile([bought(id)]), id)).toBe(true);
  });

  it('knows a thousand bought items beyond those, and counts what it can keep no longer', () => {
    const profile = aProfile([bought(...Array.from({ length: 1_150 }, (_, n) => `b-${n}`))]);
    expect(profile.boughtBefore.size).toBe(1_000);
    expect(profile.dropped.get('bought_items_over_limit')).toBe(50);
  });
});
