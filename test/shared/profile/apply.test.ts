import { describe, expect, it } from 'vitest';
import { apply } from '../../../shared/profile/apply.ts';
import { readRecent } from '../../../shared/profile/recent-events.ts';
import { ARRIVAL, aCleanEvent, aMoney } from '../../fixtures/events.ts';
import { aProfile } from '../../fixtures/profiles.ts';

const identify = (traits: Record<string, unknown>, over = {}) =>
  aCleanEvent({ type: 'identify', event: 'Identify', traits, ...over });

describe('a profile', () => {
  it('is not changed by applying an event to it', () => {
    const event = aCleanEvent({ eventTime: ARRIVAL, commerce: { product: { productId: 'p-1' }, value: 5 } });
    const before = aProfile([event]);
    const copy = structuredClone(before);
    apply(before, aCleanEvent({ eventTime: ARRIVAL + 1, commerce: { product: { productId: 'p-1' }, value: 7 } }));
    expect(before).toEqual(copy);
  });

  it('spans the event times, not the arrivals', () => {
    const late = aCleanEvent({ eventTime: ARRIVAL - 5000, receivedAt: ARRIVAL + 90 });
    const profile = aProfile([aCleanEvent({ eventTime: ARRIVAL }), late]);
    expect(profile).toMatchObject({ firstSeen: ARRIVAL - 5000, lastSeen: ARRIVAL });
  });

  it('has an opaque id that depends on its key alone', () => {
    const one = aProfile([aCleanEvent({ userId: 'jane@example.com' })]);
    expect(one.profileId).toMatch(/^p_[0-9a-f]{24}$/);
    expect(aProfile([aCleanEvent({ userId: 'jane@example.com', eventTime: 5 })]).profileId).toBe(one.profileId);
    expect(aProfile([aCleanEvent({ userId: 'joe@example.com' })]).profileId).not.toBe(one.profileId);
  });

  it('counts events by name and day, and sums their values by currency exactly', () => {
    const at = (day: string) => Date.parse(`${day}T23:59:59.999Z`);
    const worth = (amount: number, currency: string) => ({ value: aMoney(amount), currency });
    const profile = aProfile([
      aCleanEvent({ event: 'Signed Up', eventTime: at('2026-03-01'), commerce: worth(0.1, 'USD') }),
      aCleanEvent({ event: 'Signed Up', eventTime: at('2026-03-01'), commerce: worth(0.2, 'USD') }),
      aCleanEvent({ event: 'Signed Up', eventTime: at('2026-03-01') + 1, commerce: worth(7, 'EUR') }),
      aCleanEvent({ event: 'Signed Up', eventTime: at('2026-03-01') + 1 }),
    ]);
    const day = at('2026-03-01') / 86_400_000;
    expect(profile.counters.get('Signed Up')).toEqual({
      count: 4,
      firstAt: at('2026-03-01'),
      lastAt: at('2026-03-01') + 1,
      currencies: ['EUR', 'USD'],
      values: [70_000, 3_000],
      days: [
        [Math.floor(day), 2, 0, 3_000],
        [Math.floor(day) + 1, 2, 70_000, 0],
      ],
    });
  });

  it('takes an event name for a name, even one that objects inherit', () => {
    const profile = aProfile(['__proto__', 'constructor', '__proto__'].map((event) => aCleanEvent({ event })));
    expect(profile.counters.get('__proto__')?.count).toBe(2);
    expect(profile.counters.get('constructor')?.count).toBe(1);
  });

  it('counts a bot, and learns nothing of interests or channels from it', () => {
    const product = { productId: 'p-1', category: 'Kitchen', brand: 'Acme' };
    const profile = aProfile([aCleanEvent({ visit: { isBot: true, channel: 'paid' }, commerce: { product } })]);
    expect(profile).toMatchObject({ eventCount: 1, botEventCount: 1 });
    expect(profile.counters.get('Product Viewed')?.count).toBe(1);
    for (const map of [profile.items, profile.categories, profile.brands, profile.channels]) expect(map.size).toBe(0);
    expect(profile.firstTouch).toBeUndefined();
  });

  it('keeps the latest events with what identifies them', () => {
    const events = Array.from({ length: 40 }, (_, n) => aCleanEvent({ eventTime: ARRIVAL + n, messageId: `m-${n}` }));
    const order = aCleanEvent({
      event: 'Order Completed',
      eventTime: ARRIVAL + 99,
      messageId: 'last',
      visit: { pagePath: '/done' },
      commerce: { orderId: 'o-1', total: aMoney(9.5), currency: 'EUR', products: [{ productId: 'p-7' }] },
    });
    const recent = aProfile([...events, order]).recent.map(readRecent);
    expect(recent).toHaveLength(30);
    expect(recent[0]?.messageId).toBe('m-11');
    expect(recent.at(-1)).toEqual({
      time: ARRIVAL + 99,
      messageId: 'last',
      type: 'track',
      event: 'Order Completed',
      itemId: 'p-7',
      orderId: 'o-1',
      value: 95_000,
      currency: 'EUR',
      path: '/done',
    });
  });
});

describe('a trait', () => {
  it('is the latest by event time, and of one moment that of the greater message id', () => {
    const late = identify({ plan: 'free' }, { eventTime: ARRIVAL - 1, messageId: 'z' });
    const a = identify({ plan: 'pro' }, { eventTime: ARRIVAL, messageId: 'a' });
    const b = identify({ plan: 'max' }, { eventTime: ARRIVAL, messageId: 'b' });
    for (const events of [
      [late, a, b],
      [b, a, late],
    ]) {
      expect(aProfile(events).traits.get('plan')?.value).toBe('max');
    }
  });

  it('is unset by null, and stays so when an older value comes late', () => {
    const unset = identify({ plan: null }, { eventTime: ARRIVAL });
    const late = identify({ plan: 'free' }, { eventTime: ARRIVAL - 1 });
    expect(aProfile([unset, late]).traits.get('plan')?.value).toBeNull();
  });

  it('keeps group traits out of the person', () => {
    const group = aCleanEvent({ type: 'group', event: 'Group', groupId: 'g-1', traits: { name: 'Acme' } });
    const profile = aProfile([group]);
    expect(profile.traits.size).toBe(0);
    expect([...profile.groups.keys()]).toEqual(['g-1']);
  });
});

describe('a touch', () => {
  it('is first by time, and last by time unless it is direct', () => {
    const came = (channel: 'email' | 'paid' | 'direct', eventTime: number) =>
      aCleanEvent({ eventTime, visit: { channel, utmCampaign: `${channel}-campaign` } });
    const profile = aProfile([came('direct', 30), came('paid', 20), came('email', 10)]);
    expect(profile.firstTouch).toMatchObject({ channel: 'email', campaign: 'email-campaign', time: 10 });
    expect(profile.lastTouch).toMatchObject({ channel: 'paid', time: 20 });
    expect(profile.channels.get('direct')).toEqual({ count: 1, lastAt: 30 });
  });
});
