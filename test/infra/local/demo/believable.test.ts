import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../infra/local/demo/message.ts';
import { END, theStore } from './a-store.ts';

const { ledger, deliveries, people, catalog } = theStore();

/** Each accepted message once. */
const events: Message[] = [
  ...new Map(
    deliveries
      .flatMap(({ messages }) => messages)
      .filter(({ fate }) => fate.kind === 'accepted')
      .map((message) => [(message.body as { messageId: string }).messageId, message]),
  ).values(),
];
const named = (name: string) => events.filter(({ fate }) => fate.kind === 'accepted' && fate.truth.name === name);
const propertiesOf = (message: Message) => (message.body as { properties: Record<string, string> }).properties;
const visits = Object.values(ledger.origins).reduce((sum, origin) => sum + origin.visits, 0);
const hourOf = (at: number) => new Date(at).getUTCHours();

describe('the demo store is believable:', () => {
  it('two to four visits in a hundred end in an order, of a believable value', () => {
    expect(ledger.orders / visits).toBeGreaterThan(0.02);
    expect(ledger.orders / visits).toBeLessThan(0.04);
    const dollars = (ledger.revenue.USD ?? 0) / 10_000 / ledger.orders;
    expect(dollars).toBeGreaterThan(50);
    expect(dollars).toBeLessThan(250);
  });

  it('each step of the funnel loses people', () => {
    const steps = ['Product Viewed', 'Product Added', 'Checkout Started', 'Checkout Step Completed', 'Order Completed'];
    const counts = steps.map((step) => ledger.byName[step] ?? 0);
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    expect(new Set(counts).size).toBe(steps.length);
  });

  it('people look at their favourite category far more often than chance would have it', () => {
    const favourite = new Map(people.map(({ personId, taste }) => [personId, taste.topCategory]));
    const viewed = named('Product Viewed').filter(({ sender }) => favourite.has(sender));
    const hits = viewed.filter((message) => propertiesOf(message).category?.trim() === favourite.get(message.sender));
    expect(hits.length / viewed.length).toBeGreaterThan(0.4);
  });

  it('people look again at what they have seen', () => {
    const views = named('Product Viewed').filter(({ sender }) => sender.startsWith('person'));
    const pairs = new Set(views.map((message) => `${message.sender} ${propertiesOf(message).product_id}`));
    expect(1 - pairs.size / views.length).toBeGreaterThan(0.17);
  });

  it('partner items are bought together far more often than chance would have it', () => {
    const partners = new Map(catalog.map(({ itemId, pairsWith }) => [itemId, pairsWith]));
    const baskets = named('Order Completed').map(({ fate }) =>
      fate.kind === 'accepted' ? (fate.truth.order?.units ?? []).map(({ productId }) => productId) : [],
    );
    const many = baskets.filter((basket) => basket.length > 1);
    const bundled = many.filter((basket) =>
      basket.some((id) => partners.get(id)?.some((partner) => basket.includes(partner))),
    );
    expect(many.length).toBeGreaterThan(30);
    expect(bundled.length / many.length).toBeGreaterThan(0.5);
  });

  it('some customers come back to buy', () => {
    expect(ledger.people.filter(({ orders }) => orders > 1).length).toBeGreaterThan(20);
  });

  it('who has churned is not seen at the end, others are', () => {
    const twoWeeks = END.getTime() - 14 * 86_400_000;
    const recent = (churned: boolean) => {
      const group = ledger.people.filter((person) => person.churned === churned);
      return group.filter(({ lastVisitAt }) => Date.parse(lastVisitAt ?? '') > twoWeeks).length / group.length;
    };
    expect(recent(true)).toBeLessThan(0.1);
    expect(recent(false)).toBeGreaterThan(0.35);
  });

  it('evenings are busier than nights, and Sundays than Tuesdays', () => {
    const pages = named('Page Viewed').map(({ at }) => at);
    const during = (from: number, to: number) => pages.filter((at) => hourOf(at) >= from && hourOf(at) < to).length;
    expect(during(0, 5)).toBeGreaterThan(2 * during(7, 12));
    const on = (weekday: number) => pages.filter((at) => new Date(at).getUTCDay() === weekday).length;
    expect(on(0)).toBeGreaterThan(1.1 * on(2));
  });

  it('visits come by every channel', () => {
    for (const channel of ['organic', 'paid', 'social', 'email', 'referral', 'direct', 'app'] as const) {
      expect(ledger.origins[channel].visits / visits).toBeGreaterThan(0.02);
    }
  });
});
