import { expect } from 'vitest';
import type { Profile } from '../../../schemas/profile.ts';

/** Expects the same of two profiles of the same events, but for the steps that sums of rounded weights may differ by. */
export function expectEqualProfiles(one: Profile, other: Profile): void {
  const [found, expected] = [split(one), split(other)];
  expect(found.exact).toEqual(expected.exact);
  expect([...found.weights.keys()].sort()).toEqual([...expected.weights.keys()].sort());
  for (const [name, weight] of expected.weights) {
    expect(Math.abs((found.weights.get(name) ?? 0) - weight), name).toBeLessThanOrEqual(other.eventCount);
  }
}

/** Log weights are sums of rounded floats: a step for each addition is their tolerance. */
function split(profile: Profile) {
  const weights = new Map<string, number>();
  for (const [id, { weight }] of profile.items) weights.set(`item ${id}`, weight);
  for (const [name, weight] of profile.categories) weights.set(`category ${name}`, weight);
  for (const [name, weight] of profile.brands) weights.set(`brand ${name}`, weight);
  const items = new Map([...profile.items].map(([id, { lastAt, orders }]) => [id, { lastAt, orders }]));
  const isUsed = (t: { revenue: number; refunded: number; cancelled: number }) =>
    t.revenue || t.refunded || t.cancelled;
  const totals = new Map([...profile.orders.totals].filter(([, t]) => isUsed(t)));
  const { categories: _c, brands: _b, ...rest } = profile;
  return { weights, exact: { ...rest, items, orders: { ...profile.orders, totals } } };
}
