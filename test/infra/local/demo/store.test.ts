import { describe, expect, it } from 'vitest';
import { DAY } from '../../../../infra/local/demo/calendar.ts';
import type { Delivery } from '../../../../infra/local/demo/deliveries.ts';
import type { Message } from '../../../../infra/local/demo/message.ts';
import { aSmallStore, END, theStore } from './a-store.ts';

const messagesOf = (deliveries: readonly Delivery[]): Message[] => deliveries.flatMap(({ messages }) => messages);

describe('generateStore', () => {
  it('makes the same store from the same seed and end, and another from another', () => {
    const once = JSON.stringify(aSmallStore());
    expect(JSON.stringify(aSmallStore())).toBe(once);
    expect(JSON.stringify(aSmallStore(8))).not.toBe(once);
    expect(JSON.stringify(aSmallStore(7, new Date(END.getTime() + DAY)))).not.toBe(once);
  });

  it('has the size of a shop', () => {
    const { catalog, people, ledger } = theStore();
    expect(catalog.length).toBeGreaterThanOrEqual(300);
    expect(new Set(catalog.map(({ category }) => category)).size).toBeGreaterThanOrEqual(12);
    expect(people.length).toBe(2000);
    expect(ledger.accepted).toBeGreaterThanOrEqual(24_000);
    expect(ledger.accepted).toBeLessThanOrEqual(31_000);
    expect(Object.keys(ledger.byDay).length).toBeGreaterThanOrEqual(60);
  });

  it('speaks the whole vocabulary of a shop', () => {
    const names = ['Product List Viewed', 'Product Viewed', 'Products Searched', 'Product Added', 'Product Removed'];
    names.push('Cart Viewed', 'Checkout Started', 'Checkout Step Viewed', 'Payment Info Entered', 'Order Completed');
    names.push('Order Refunded', 'Order Cancelled', 'Coupon Applied', 'Coupon Denied', 'Promotion Viewed');
    names.push(
      'Product Added to Wishlist',
      'Product Reviewed',
      'Email Delivered',
      'Email Opened',
      'Email Link Clicked',
    );
    names.push('Unsubscribed', 'Identify', 'Group', 'Alias', 'Screen Viewed', 'Page Viewed');
    expect(names.filter((name) => !theStore().ledger.byName[name])).toEqual([]);
  });

  it('carries every kind of dirt, malformed item and refusal', () => {
    const { ledger } = theStore();
    expect(Object.entries(ledger.dirt).filter(([, count]) => count === 0)).toEqual([]);
    expect(Object.keys(ledger.failed).length).toBeGreaterThanOrEqual(11);
    expect(Object.keys(ledger.refused).length).toBeGreaterThanOrEqual(7);
    expect(ledger.undetermined.messageIds.length).toBeGreaterThan(0);
    expect(ledger.skewed.overAnHour).toBeGreaterThan(0);
    expect(ledger.skewed.beyondAYear.length).toBeGreaterThan(0);
    expect(ledger.revenue.none).toBeGreaterThan(0);
    const share = ledger.messages.resent / ledger.messages.sent;
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.05);
  });

  it('keeps every event inside the window and away from UTC midnights', () => {
    const { deliveries } = theStore();
    for (const { at, fate } of messagesOf(deliveries)) {
      if (fate.kind !== 'accepted') continue;
      expect(at).toBeLessThan(END.getTime());
      expect(at).toBeGreaterThan(END.getTime() - 60 * DAY - 1);
      expect(Math.abs(((at + DAY / 2) % DAY) - DAY / 2)).toBeGreaterThanOrEqual(180_000);
    }
  });

  it('refers to catalogue items only', () => {
    const { catalog } = theStore();
    const known = new Set(catalog.map(({ itemId }) => itemId));
    expect(catalog.flatMap(({ pairsWith }) => pairsWith).filter((itemId) => !known.has(itemId))).toEqual([]);
    expect(Object.keys(theStore().ledger.unitsByProduct).filter((itemId) => !known.has(itemId))).toEqual([]);
  });
});

describe('deliveries', () => {
  it("keep each person's events in order, but for late phones and resent messages", () => {
    const last = new Map<string, number>();
    for (const { sender, sendAt, resent } of messagesOf(theStore().deliveries)) {
      if (sender === 'refused' || resent) continue;
      expect(sendAt).toBeGreaterThanOrEqual(last.get(sender) ?? 0);
      last.set(sender, sendAt);
    }
  });

  it('bring some events late and out of order', () => {
    const messages = messagesOf(theStore().deliveries).filter(({ sender }) => sender.startsWith('person'));
    const last = new Map<string, number>();
    const late = messages.filter(({ sender, at }) => {
      const before = last.get(sender) ?? 0;
      last.set(sender, Math.max(before, at));
      return at < before;
    });
    expect(late.length).toBeGreaterThan(20);
  });

  it('send about half of the messages by the Node SDK, and malformed ones never by it', () => {
    const { deliveries } = theStore();
    const bySdk = messagesOf(deliveries.filter(({ via }) => via === 'analytics-node'));
    const good = messagesOf(deliveries.filter(({ expected }) => expected === 200));
    expect(bySdk.length / good.length).toBeGreaterThan(0.4);
    expect(bySdk.length / good.length).toBeLessThan(0.6);
    expect(bySdk.every(({ fate }) => fate.kind === 'accepted')).toBe(true);
  });

  it('hold what is refused apart from what is accepted', () => {
    for (const { messages, expected } of theStore().deliveries) {
      expect(messages.every(({ fate }) => (fate.kind === 'refused') === (expected !== 200))).toBe(true);
    }
  });
});
