import { expect, test } from 'vitest';
import { named } from '../../../../infra/local/demo/reconciliation.ts';
import { generateStore } from '../../../../infra/local/demo/store.ts';
import type { Profile } from '../../../../schemas/profile.ts';
import { cleanRecord } from '../../../../shared/clean/clean-record.ts';
import { applyTo } from '../../../../shared/profile/apply.ts';
import { newProfile } from '../../../../shared/profile/new-profile.ts';

const HOUR_MS = 3_600_000;

/** Cleans and folds what a store sends, each message once, without stream or storage. */
function profilesOf({ deliveries }: ReturnType<typeof generateStore>, arrivedAt: number): Map<string, Profile> {
  const profiles = new Map<string, Profile>();
  const seen = new Set<string>();
  for (const { body, fate, at } of deliveries.flatMap(({ messages }) => messages)) {
    if (fate.kind !== 'accepted') continue;
    const message = { type: fate.truth.type, ...(body as object), timestamp: new Date(at).toISOString() };
    const data = Buffer.from(JSON.stringify(message));
    const [item] = cleanRecord({ data, shardId: 'shard', sequenceNumber: '1', arrivedAt }).items;
    if (!item?.outcome.ok) throw new Error(`A good message was rejected: ${JSON.stringify(item?.outcome)}`);
    const { event } = item.outcome;
    if (seen.has(event.messageId)) continue;
    seen.add(event.messageId);
    const profile = profiles.get(event.profileKey) ?? newProfile(event.profileKey, event.eventTime);
    applyTo(profile, event);
    profiles.set(event.profileKey, profile);
  }
  return profiles;
}

test.each([1, 2, 3, 4, 5, 6])('the profiles of store %i equal its ledger', (seed) => {
  const end = new Date(Date.UTC(2026, seed, 3 * seed, 2 * seed));
  const store = generateStore({ seed, end, people: 1000 });
  const profiles = profilesOf(store, end.getTime() + HOUR_MS);

  const amounts = (key: string, of: 'revenue' | 'refunded') =>
    Object.fromEntries(
      [...(profiles.get(key)?.orders.totals ?? [])]
        .map(([currency, totals]) => [currency, totals[of]] as const)
        .filter(([, sum]) => sum !== 0),
    );
  for (const [key, truth] of Object.entries(store.ledger.profiles)) {
    const profile = profiles.get(key);
    expect({
      key,
      events: profile?.eventCount,
      orders: profile?.orders.count,
      revenue: amounts(key, 'revenue'),
      refunds: amounts(key, 'refunded'),
    }).toEqual({
      key,
      events: truth.events,
      orders: truth.orders,
      revenue: named(truth.revenue),
      refunds: named(truth.refunds),
    });
  }
  expect(profiles.size).toBe(Object.keys(store.ledger.profiles).length);
});
