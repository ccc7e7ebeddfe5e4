import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CleanEvent } from '../../../schemas/event/clean-event.ts';
import type { Profile } from '../../../schemas/profile.ts';
import { applyTo } from '../../../shared/profile/apply.ts';
import { copyProfile } from '../../../shared/profile/compact.ts';
import { limits } from '../../../shared/profile/limits.ts';
import { mergeLazily, mergeProfiles } from '../../../shared/profile/merge.ts';
import { newProfile, profileIdOf } from '../../../shared/profile/new-profile.ts';
import { ARRIVAL, aCleanEvent } from '../../fixtures/events.ts';
import { someEvents } from './arbitraries.ts';
import { expectEqualProfiles } from './equal-profiles.ts';

const DAY = 86_400_000;
const HOME = 'user:user-1';

function partOf(key: string, events: readonly CleanEvent[]): Profile[] {
  const [first] = events;
  if (first === undefined) return [];
  const part = newProfile(key, first.eventTime);
  for (const event of events) applyTo(part, event);
  return [part];
}

/** The events spread over parts, as `places` says of each. */
const partsOf = (events: readonly CleanEvent[], places: readonly number[]): Profile[] =>
  [HOME, 'anonymous:a', 'anonymous:b', 'user:old'].flatMap((key, part) =>
    partOf(
      key,
      events.filter((_, at) => places[at] === part),
    ),
  );

const spread = someEvents.chain((events) =>
  fc.record({
    events: fc.constant(events),
    places: fc.array(fc.nat({ max: 3 }), { minLength: events.length, maxLength: events.length }),
  }),
);

describe('the parts of a person together', () => {
  it('are what all of their events in one profile would be', () => {
    fc.assert(
      fc.property(spread, ({ events, places }) => {
        fc.pre(events.length > 0);
        const all = partOf(HOME, events)[0] as Profile;
        const merged = mergeProfiles(HOME, partsOf(events, places));
        expectEqualProfiles(merged, all);
        expect(copyProfile(mergeLazily(HOME, partsOf(events, places)))).toEqual(merged);
      }),
      { numRuns: 400 },
    );
  });

  it('are the same in any order and by any steps, and stay as they were', () => {
    const run = fc.record({
      spread,
      order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
      cut: fc.nat({ max: 3 }),
    });
    fc.assert(
      fc.property(run, ({ spread: { events, places }, order, cut }) => {
        const parts = partsOf(events, places);
        const before = parts.map(copyProfile);
        const merged = mergeProfiles(HOME, parts);
        const shuffled = order.flatMap((at) => parts[at] ?? []);
        expect(mergeProfiles(HOME, shuffled)).toEqual(merged);
        if (parts.length > 0) {
          const [some, others] = [parts.slice(0, cut), parts.slice(cut)];
          const halves = [some, others].filter((half) => half.length > 0).map((half) => mergeProfiles(HOME, half));
          expectEqualProfiles(mergeProfiles(HOME, halves), merged);
        }
        expect(parts).toEqual(before);
      }),
    );
  });

  it('leave a single part of the home as it is, and one of another key without a copy', () => {
    const own = partOf(HOME, [aCleanEvent()])[0] as Profile;
    expect(mergeProfiles(HOME, [own])).toBe(own);
    const other = partOf('anonymous:a', [aCleanEvent()])[0] as Profile;
    const merged = mergeProfiles(HOME, [other]);
    expect(merged).toEqual({ ...other, key: HOME, profileId: profileIdOf(HOME) });
    expect(merged.traits).toBe(other.traits);
  });

  it('of a person without events hold nothing', () => {
    expect(mergeProfiles(HOME, [])).toMatchObject({ key: HOME, eventCount: 0, firstSeen: 0, lastSeen: 0 });
  });

  it('count an order once, whichever parts heard of it, also in currencies beyond the bound', () => {
    const event = (name: string, orderId: string, total: number, currency: string, eventTime: number) =>
      aCleanEvent({ event: name, eventTime, commerce: { orderId, total, currency } });
    const many = Array.from({ length: limits.orderCurrencies }, (_, n) =>
      event('Order Completed', `other-${n}`, 1, `C${n}`, ARRIVAL),
    );
    const parts = [
      ...partOf(HOME, [...many, event('Order Completed', 'o', 500, 'SEK', ARRIVAL)]),
      ...partOf('anonymous:a', [event('Order Refunded', 'o', 200, 'SEK', ARRIVAL + 1)]),
      ...partOf('anonymous:b', [event('Order Updated', 'o', 700, 'SEK', ARRIVAL + 2)]),
    ];
    const { orders } = mergeProfiles(HOME, parts);
    expect(orders.count).toBe(limits.orderCurrencies + 1);
    expect(orders.totals.get('SEK')).toEqual({ revenue: 700, refunded: 200, cancelled: 0 });
    expect(orders.totals.get('XXX')).toEqual({ revenue: 0, refunded: 0, cancelled: 0 });
  });

  it('keep the days that one profile of all events would keep', () => {
    const days = limits.dayRows / 5 + 40;
    const events = Array.from({ length: days * 5 }, (_, n) =>
      aCleanEvent({ event: `Event ${n % 5}`, eventTime: ARRIVAL - Math.floor(n / 5) * DAY }),
    );
    const places = events.map((_, n) => (n * 7) % 3);
    expect(mergeProfiles(HOME, partsOf(events, places)).counters).toEqual(partOf(HOME, events)[0]?.counters);
  });
});
