import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profileView, recentEventsPage } from '../../../schemas/profile.ts';
import { CursorError, recentPage } from '../../../shared/profile/recent-page.ts';
import { viewOf } from '../../../shared/profile/view.ts';
import { ARRIVAL, aCleanEvent, aMoney } from '../../fixtures/events.ts';
import { aProfile } from '../../fixtures/profiles.ts';
import { someEvents } from './arbitraries.ts';

const DAY = 86_400_000;

describe('the view of a profile', () => {
  it('keeps to its schema, whatever the events', () => {
    fc.assert(
      fc.property(someEvents, fc.integer({ min: 0, max: 40 }), (events, days) => {
        fc.pre(events.length > 0);
        const profile = aProfile(events);
        profileView.parse(JSON.parse(JSON.stringify(viewOf(profile, ARRIVAL + days * DAY))));
        recentEventsPage.parse(recentPage(profile, 10, undefined));
      }),
    );
  });

  it('names the person, the traits that are set and the latest anonymous id first', () => {
    const identify = (traits: Record<string, unknown>, anonymousId: string, eventTime: number) =>
      aCleanEvent({ type: 'identify', event: 'Identify', userId: 'ann', anonymousId, traits, eventTime });
    const events = [identify({ plan: 'pro', old: 1 }, 'a-1', ARRIVAL), identify({ old: null }, 'a-2', ARRIVAL + 1)];
    expect(viewOf(aProfile(events), ARRIVAL)).toMatchObject({
      userId: 'ann',
      anonymousIds: ['a-2', 'a-1'],
      traits: { plan: 'pro' },
      segments: [],
      firstSeen: '2026-03-02T10:00:00.000Z',
    });
    const anonymous = aProfile([aCleanEvent({ anonymousId: 'a-1' })]);
    expect(viewOf(anonymous, ARRIVAL)).toMatchObject({ userId: null, anonymousIds: ['a-1'] });
  });

  it('shows a trait named like a part of every object as a plain property', () => {
    const traits = JSON.parse('{"__proto__": "x", "constructor": "y"}');
    const view = viewOf(aProfile([aCleanEvent({ type: 'identify', event: 'Identify', traits })]), ARRIVAL);
    expect(JSON.stringify(view.traits)).toBe('{"__proto__":"x","constructor":"y"}');
  });

  it('counts the last 7 and 30 UTC days, today being the last', () => {
    const at = (days: number) =>
      aCleanEvent({
        event: 'Paid',
        eventTime: ARRIVAL - days * DAY,
        commerce: { value: aMoney(1.5), currency: 'EUR' },
      });
    const profile = aProfile([at(0), at(6), at(7), at(29), at(30), at(300)]);
    expect(viewOf(profile, ARRIVAL).computed.events).toMatchObject([
      {
        event: 'Paid',
        total: 6,
        last7Days: 2,
        last30Days: 4,
        values: [{ currency: 'EUR', total: 9, last7Days: 3, last30Days: 6 }],
      },
    ]);
    expect(viewOf(profile, ARRIVAL + 10 * DAY).computed.events).toMatchObject([{ last7Days: 0, last30Days: 3 }]);
  });

  it('derives recency, frequency and monetary value from orders', () => {
    const order = (event: string, orderId: string, revenue: number, days: number) =>
      aCleanEvent({
        event,
        eventTime: ARRIVAL - days * DAY,
        commerce: { orderId, revenue: aMoney(revenue), currency: 'EUR' },
      });
    const profile = aProfile([
      order('Order Completed', 'o-1', 20.1, 12),
      order('Order Completed', 'o-2', 30.2, 3),
      order('Order Completed', 'o-3', 5, 20),
      order('Order Cancelled', 'o-3', 5, 19),
      order('Order Refunded', 'o-1', 10, 2),
    ]);
    expect(viewOf(profile, ARRIVAL).computed).toMatchObject({
      orders: {
        count: 3,
        cancelled: 1,
        amounts: [{ currency: 'EUR', revenue: 55.3, refunded: 10, cancelled: 5, net: 40.3 }],
      },
      rfm: { daysSinceLastOrder: 3, orderCount: 2, monetary: [{ currency: 'EUR', amount: 40.3 }] },
    });
  });
});

describe('pages of recent events', () => {
  const events = Array.from({ length: 25 }, (_, n) =>
    aCleanEvent({ messageId: `m-${n}`, eventTime: ARRIVAL + (n >> 1) }),
  );
  const profile = aProfile(events);

  it('hold each event once, the newest first', () => {
    const ids: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 9; page += 1) {
      const { items, nextCursor } = recentPage(profile, 4, cursor);
      ids.push(...items.map(({ messageId }) => messageId));
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
    expect(ids).toHaveLength(25);
    expect(new Set(ids).size).toBe(25);
    expect(ids[0]).toBe('m-24');
  });

  it('are not shifted by an event that arrives in between', () => {
    const { nextCursor } = recentPage(profile, 4, undefined);
    const later = aProfile([...events, aCleanEvent({ messageId: 'new', eventTime: ARRIVAL + 900 })]);
    expect(recentPage(later, 4, nextCursor ?? '')).toEqual(recentPage(profile, 4, nextCursor ?? ''));
  });

  it('refuse a cursor that no page named', () => {
    for (const cursor of ['', 'x', '???', Buffer.from('12 "a"').toString('base64url')]) {
      expect(() => recentPage(profile, 4, cursor), cursor).toThrow(CursorError);
    }
  });
});
