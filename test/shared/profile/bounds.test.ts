import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CleanEvent } from '../../../schemas/event/clean-event.ts';
import { applyTo } from '../../../shared/profile/apply.ts';
import type { Delivery } from '../../../shared/profile/delivery.ts';
import { fold } from '../../../shared/profile/fold.ts';
import type { FoldedProfile } from '../../../shared/profile/folded-profile.ts';
import { fits, jsonBytes, limits } from '../../../shared/profile/limits.ts';
import { newProfile } from '../../../shared/profile/new-profile.ts';
import { decodeProfile, encodeProfile } from '../../../shared/profile/state.ts';
import { ARRIVAL, aCleanEvent, aMoney } from '../../fixtures/events.ts';
import { aDelivery, aFoldContext, aProfile } from '../../fixtures/profiles.ts';

const DAY = 86_400_000;
const DYNAMODB_ITEM_BYTES = 400 * 1024;

/** Characters by what each costs in JSON: 1, 2, 3 and 6 bytes. */
const alphabets = ['a', 'é', '漢', '\u0001'];

/** An event that fills every part of a profile with names of its own. */
function filling(n: number, letter: string, length: number): CleanEvent {
  const name = (part: string) => `${part}${n}${letter.repeat(length)}`.slice(0, length);
  const product = { productId: name('i'), category: name('c'), brand: name('b') };
  const event = ['Product Viewed', 'Order Completed', 'Order Refunded', name('e')][n % 4] as string;
  return aCleanEvent({
    messageId: `${n}-`.padEnd(100, letter),
    userId: 'u',
    anonymousId: name('a'),
    type: n % 5 === 0 ? 'identify' : n % 5 === 1 ? 'group' : 'track',
    event,
    groupId: name('g'),
    eventTime: ARRIVAL - (n % 397) * DAY,
    traits: { [name('t')]: letter.repeat(length * 8), [`${name('u')}2`]: letter.repeat(900) },
    visit: { channel: 'paid', os: name('o'), browser: name('w'), pagePath: name('/'), utmCampaign: name('k') },
    commerce: {
      product,
      orderId: name('r'),
      value: 9_876_543_210_000 - n,
      revenue: 9_876_543_210_000 - n,
      currency: `C${n % 9}`,
    },
  });
}

describe('the bounds of a profile', () => {
  it('keep its item below what DynamoDB takes, whatever is sent', () => {
    const shape = fc.record({
      letter: fc.constantFrom(...alphabets),
      length: fc.constantFrom(8, 30, 60, 110, 190, 255),
      count: fc.constantFrom(500, 3_000),
    });
    fc.assert(
      fc.property(fc.array(shape, { minLength: 1, maxLength: 3 }), (shapes) => {
        const deliveries: Delivery[] = shapes.flatMap(({ letter, length, count }, at) =>
          Array.from({ length: count }, (_, n) =>
            aDelivery({ event: filling(at * 10_000 + n, letter, length), shardId: `shardId-00000000000${n % 6}` }),
          ),
        );
        let stored: FoldedProfile | undefined;
        for (let at = 0; at < deliveries.length; ) {
          const folded = fold('user:u', stored, deliveries.slice(at, at + limits.eventsPerWrite), aFoldContext());
          stored = folded.next;
          at += folded.taken;
        }
        const { state, ids } = encodeProfile(stored as FoldedProfile);
        // Uncompressed: no luck with the content is needed.
        expect(zstdDecompressSync(state).length + ids.length + 3_000).toBeLessThan(DYNAMODB_ITEM_BYTES);
        expect(decodeProfile(encodeProfile(stored as FoldedProfile)).profile).toEqual(stored?.profile);
      }),
      { numRuns: 12 },
    );
  });

  it('count what they keep out', () => {
    const profile = newProfile('user:u', ARRIVAL);
    for (let n = 0; n < limits.eventNames + 3; n += 1) applyTo(profile, aCleanEvent({ event: `Event ${n}` }));
    const traits = Object.fromEntries(Array.from({ length: limits.traits + 2 }, (_, n) => [`trait ${n}`, n]));
    applyTo(profile, aCleanEvent({ type: 'identify', event: 'Event 0', traits }));
    expect(profile.counters.size).toBe(limits.eventNames);
    expect(profile.traits.size).toBe(limits.traits);
    expect(profile.dropped).toEqual(
      new Map([
        ['event_names_over_limit', 3],
        ['traits_over_limit', 2],
      ]),
    );
    expect(profile.eventCount).toBe(limits.eventNames + 4);
  });

  it('unset a trait whose new value is too large, because the old one is wrong by now', () => {
    const identify = (bio: string, eventTime: number) =>
      aCleanEvent({ type: 'identify', event: 'Identify', traits: { bio }, eventTime });
    const profile = aProfile([identify('short', 1), identify('x'.repeat(5_000), 2)]);
    expect(profile.traits.get('bio')?.value).toBeNull();
    expect(profile.dropped.get('trait_values_too_large')).toBe(1);
  });

  it('leave an amount that would make sums inexact out of them', () => {
    const profile = aProfile([aCleanEvent({ event: 'Paid', commerce: { value: aMoney(2_000_000_000) } })]);
    expect(profile.counters.get('Paid')).toMatchObject({ count: 1, values: [] });
    expect(profile.dropped.get('amounts_over_limit')).toBe(1);
  });

  it('measure texts as JSON in UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 2, max: 200 }), (text, bytes) => {
        expect(fits(text, bytes)).toBe(jsonBytes(text) <= bytes);
      }),
    );
  });
});
