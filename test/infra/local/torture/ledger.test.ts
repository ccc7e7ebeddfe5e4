import { expect, test } from 'vitest';
import { Bookkeeper, moneyOf } from '../../../../infra/local/torture/ledger.ts';
import type { Json, Message } from '../../../../infra/local/torture/message.ts';
import { tortureSegments } from '../../../../infra/local/torture/segments.ts';

let made = 0;
const message = (body: Json, more: Partial<Message> = {}): Message => {
  made += 1;
  const timestamp = new Date(Date.UTC(2026, 0, 1) + made * 60_000).toISOString();
  return { id: `m-${made}`, body: { timestamp, ...body }, ...more };
};
const track = (ids: Json, event: string, properties: Json = {}) =>
  message({ type: 'track', ...ids, event, properties });

function ledgerOf(...messages: readonly Message[]) {
  const books = new Bookkeeper();
  for (const each of messages) books.add(each, 0);
  return books.ledger();
}

const eur = { order_id: 'o-1', currency: 'EUR' };

test('what came under all ids of a person counts for the person, whoever said so first', () => {
  const { persons, events } = ledgerOf(
    track({ anonymousId: 'phone' }, 'Product Viewed'),
    message({ type: 'identify', anonymousId: 'phone', traits: { email: 'Ada@Example.org' } }),
    track({ userId: 'maiden' }, 'Product Viewed'),
    message({ type: 'identify', userId: 'ada', traits: { email: 'ada@example.org' } }),
    message({ type: 'alias', previousId: 'maiden', userId: 'ada' }),
  );
  expect([...persons.keys()]).toEqual(['user:ada']);
  expect(persons.get('user:ada')).toMatchObject({ events: 5, anonymousIds: new Set(['phone']) });
  expect([...events.values()].map(({ key }) => key)).toContain('user:maiden');
});

test('an order counts once, with its refunds, in its currency', () => {
  const ids = { userId: 'bob' };
  const { persons } = ledgerOf(
    track(ids, 'Order Refunded', { ...eur, total: 10.5 }),
    track(ids, 'Order Completed', { ...eur, total: 100 }),
    track(ids, 'Order Completed', { ...eur, total: 100 }),
    track(ids, 'Order Completed', { order_id: 'o-2', currency: 'JPY', total: 300 }),
    track(ids, 'Order Refunded', { order_id: 'o-2', currency: 'JPY' }),
    track(ids, 'Order Completed', { order_id: 'o-3', currency: 'EUR', total: 7 }),
    track(ids, 'Order Cancelled', { order_id: 'o-3' }),
  );
  const bob = persons.get('user:bob');
  expect(bob && Object.fromEntries(moneyOf(bob))).toEqual({
    EUR: { revenue: 1_070_000, refunded: 105_000, cancelled: 70_000 },
    JPY: { revenue: 3_000_000, refunded: 3_000_000, cancelled: 0 },
  });
  expect(bob?.values.get('Order Completed EUR')).toBe(2_070_000);
});

test('the latest value of a trait holds, in whatever order messages came', () => {
  const early = message({ type: 'identify', userId: 'eve', traits: { plan: 'free' } });
  const late = message({ type: 'identify', userId: 'eve', traits: { plan: 'pro' } });
  expect(ledgerOf(late, early)).toEqual(ledgerOf(early, late));
  const eve = ledgerOf(late, early).persons.get('user:eve');
  const isPro = tortureSegments.find(({ definition }) => definition.id === 'torture-pros')?.isMember;
  expect(eve && isPro?.(eve)).toBe(true);
});

test('poison is no event', () => {
  const { events, failed, persons } = ledgerOf(message({ type: 'purchase' }, { fails: 'unknown_type' }));
  expect([events.size, persons.size, [...failed.values()]]).toEqual([0, 0, ['unknown_type']]);
});
