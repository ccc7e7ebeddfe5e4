import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MEDIA, SOURCES } from '../../../shared/clean/traffic-sources.ts';
import { card, goldenLake, table } from './golden.ts';
import { type Happening, moment, onSite, order, page, track } from './history.ts';

const world = goldenLake();
const { happened, show } = world;

const CRAWLER = { context: { userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' } };
const mug = {
  product_id: 'mug',
  name: 'Mug',
  category: 'Kitchen',
  brand: 'Clay',
  price: 5,
  quantity: 1,
  currency: 'USD',
};

describe('kpi_daily', () => {
  test('has all figures of a day', async () => {
    await happened(
      page('ada', '03-01 10:00', '/'),
      page('ada', '09:00', '/?utm_source=news&utm_medium=email'),
      page('ada', '09:01', '/mug', { from: onSite }),
      track('ada', '09:02', 'Product Added', mug),
      track('ada', '09:03', 'Checkout Started', { total: 10 }),
      order('ada', '09:04', 'o-1', 10, { products: [{ ...mug, quantity: 2 }] }),
      page('?x', '12:00', '/'),
      page('bob', '13:00', '/'),
      order('bob', '13:10', 'o-2', 20.01),
      order('bob', '13:11', 'o-3', 7, { currency: 'EUR' }),
      track('bob', '13:12', 'Order Cancelled', { order_id: 'o-3', total: 7, currency: 'EUR' }),
      page('robot', '14:00', '/', CRAWLER),
      track('ada', '15:00', 'Order Refunded', { order_id: 'o-1', total: 4, currency: 'USD' }),
      track('bob', '15:00', 'Order Refunded', { order_id: 'o-3', total: 7, currency: 'EUR' }),
    );
    expect(await show("SELECT * FROM kpi_daily WHERE date = '2026-03-02'")).toEqual(
      card(`
        date                    | 2026-03-02
        visitors                | 3
        new_visitors            | 2
        returning_visitors      | 1
        sessions                | 3
        bounces                 | 1
        bounce_rate             | 0.3333333333333333
        page_views              | 4
        average_session_seconds | 300
        carts                   | 1
        checkouts               | 1
        orders                  | 3
        converting_sessions     | 2
        conversion_rate         | 0.6666666666666666
        buyers                  | 2
        new_buyers              | 2
        units                   | 2
        currency                | USD
        revenue                 | 30.01
        refunds                 | 4
        net_revenue             | 26.01
        average_order_value     | 15.005
        dau                     | 3
        wau                     | 3
        mau                     | 3
        stickiness              | 1
      `),
    );
  });

  test('has a row for days without anything, too', async () => {
    await happened(page('ada', '03-01 10:00', '/'), order('bob', '03-03 10:00', 'o-1', 10, {}, CRAWLER));
    const columns =
      'date, sessions, bounce_rate, conversion_rate, orders, revenue, average_order_value, dau, mau, stickiness';
    expect(await show(`SELECT ${columns} FROM kpi_daily ORDER BY date`)).toEqual(
      table(`
        date       | sessions | bounce_rate | conversion_rate | orders | revenue | average_order_value | dau | mau | stickiness
        2026-03-01 | 1        | 1           | 0               | 0      | 0       |                     | 1   | 1   | 1
        2026-03-02 | 0        |             |                 | 0      | 0       |                     | 0   | 1   | 0
        2026-03-03 | 0        |             |                 | 1      | 10      | 10                  | 0   | 1   | 0
      `),
    );
  });

  test('shows a refund above the orders as a loss', async () => {
    await happened(
      order('ada', '03-01 10:00', 'o-1', 10),
      track('ada', '03-02 10:00', 'Order Refunded', { order_id: 'o-1', total: 15, currency: 'USD' }),
    );
    expect(await show('SELECT date, revenue, refunds, net_revenue FROM kpi_daily ORDER BY date')).toEqual(
      table(`
        date       | revenue | refunds | net_revenue
        2026-03-01 | 10      | 0       | 10
        2026-03-02 | 0       | 15      | -15
      `),
    );
  });

  test('counts whoever was there within 7 and 30 days once, for any history', async () => {
    const day = fc.integer({ min: 0, max: 80 });
    const visits = fc.array(fc.tuple(fc.constantFrom('ada', 'bob', 'cleo', 'dora'), day), {
      minLength: 1,
      maxLength: 25,
    });
    const FIRST = moment('01-01 00:00');
    const DAY = 86_400_000;
    const date = (at: number) => new Date(FIRST + at * DAY).toISOString().slice(0, 10);
    const { lake } = world;
    await fc.assert(
      fc.asyncProperty(visits, async (all) => {
        await lake.clear();
        await happened(...all.map(([who, at]) => page(who, `${date(at).slice(5)} 09:00`, '/')));
        const within = (last: number, span: number) =>
          new Set(all.filter(([, at]) => at <= last && at > last - span).map(([who]) => who)).size;
        const days = all.map(([, at]) => at);
        const expected: string[][] = [];
        for (let at = Math.min(...days); at <= Math.max(...days); at += 1) {
          expected.push([date(at), ...[1, 7, 30].map((span) => String(within(at, span)))]);
        }
        expect((await show('SELECT date, dau, wau, mau FROM kpi_daily ORDER BY date')).slice(1)).toEqual(expected);
      }),
      { numRuns: 4 },
    );
  });
});

describe('product_performance', () => {
  test('says what people did with a product', async () => {
    const old = { ...mug, name: 'Cup', category: 'Old' };
    await happened(
      track('ada', '09:00', 'Product Viewed', old),
      track('ada', '09:01', 'Product Viewed', mug),
      track('ada', '09:02', 'Product Added', mug),
      track('ada', '09:03', 'Product Added', mug),
      order('ada', '09:04', 'o-1', 15, {
        products: [
          { ...mug, quantity: 3 },
          { product_id: 'pan', price: 9, quantity: 1 },
        ],
      }),
      track('bob', '09:00', 'Product Viewed', { ...old, brand: undefined }),
      track('bob', '09:05', 'Product Added', { ...mug, name: undefined }),
      track('cleo', '09:00', 'Product Viewed', old),
      order('dora', '10:00', 'o-2', 5, { currency: 'EUR', products: [mug] }),
      track('robot', '08:00', 'Product Viewed', old, CRAWLER),
      track('ada', '11:00', 'Order Refunded', {
        order_id: 'o-1',
        total: 5,
        currency: 'USD',
        products: [{ ...mug, quantity: 1.5 }],
      }),
      track('dora', '11:30', 'Order Refunded', { order_id: 'o-2', currency: 'EUR' }),
    );
    expect(await show("SELECT * FROM product_performance WHERE product_id = 'mug'")).toEqual(
      card(`
        product_id         | mug
        name               | Mug
        category           | Kitchen
        brand              | Clay
        views              | 4
        viewers            | 3
        added              | 3
        adders             | 2
        purchases          | 2
        buyers             | 2
        units              | 4
        currency           | USD
        revenue            | 15
        units_refunded     | 1.5
        refunds            | 7.5
        view_to_cart_rate  | 0.6666666666666666
        cart_to_order_rate | 0.5
        view_to_order_rate | 0.3333333333333333
        first_seen_at      | 09:00
        last_seen_at       | 11:00
      `),
    );
    const columns = 'views, viewers, view_to_cart_rate AS cart, cart_to_order_rate AS orders, units, revenue, refunds';
    expect(await show(`SELECT ${columns} FROM product_performance WHERE product_id = 'pan'`)).toEqual(
      table(`
        views | viewers | cart | orders | units | revenue | refunds
        0     | 0       |      |        | 1     | 9       | 0
      `),
    );
  });
});

describe('product_affinity', () => {
  const basket = (who: string, id: string, ...products: string[]) =>
    order(who, '09:00', id, 10, { products: products.map((product_id) => ({ product_id, price: 1, quantity: 1 })) });

  test('has the pairs that at least two orders have', async () => {
    await happened(
      basket('ada', 'o-1', 'a', 'b', 'c', 'b'),
      basket('bob', 'o-2', 'b', 'a'),
      basket('cleo', 'o-3', 'b', 'c'),
      basket('dora', 'o-4', 'a'),
      basket('eve', 'o-5', 'd', 'e'),
      order('fay', '09:00', 'o-6', 10),
    );
    expect(await show('SELECT * FROM product_affinity ORDER BY 1, 2')).toEqual(
      table(`
        product_a | product_b | orders_together | orders_a | orders_b | orders_total | support | confidence_ab      | confidence_ba      | lift
        a         | b         | 2               | 3        | 3        | 5            | 0.4     | 0.6666666666666666 | 0.6666666666666666 | 1.1111111111111112
        b         | c         | 2               | 3        | 2        | 5            | 0.4     | 0.6666666666666666 | 1                  | 1.6666666666666667
      `),
    );
  });

  test('leaves out orders of more than a hundred products', async () => {
    const many = Array.from({ length: 101 }, (_, at) => `p-${at}`);
    await happened(
      basket('ada', 'o-1', ...many),
      basket('bob', 'o-2', 'p-1', 'p-2'),
      basket('cleo', 'o-3', ...many.slice(1)),
    );
    const columns = 'count(*) AS pairs, max(orders_together) AS orders, max(orders_total) AS total';
    expect(await show(`SELECT ${columns} FROM product_affinity`)).toEqual(
      table(`
        pairs | orders | total
        1     | 2      | 2
      `),
    );
  });
});

describe('marketing_performance', () => {
  /** A row of imported spend. */
  let place = 0;
  const spend = (item: Record<string, unknown>): Happening => {
    place += 1;
    const at = moment('23:00');
    const whole = {
      date: '2026-03-02',
      currency: 'USD',
      cost: 0,
      importId: 'i',
      row: place,
      importedAt: at,
      ...item,
    };
    return { arrivedAt: at, payload: { v: 1, kind: 'spend', items: [whole] } };
  };
  const adverts = '/?utm_source=Google&utm_medium=cpc&utm_campaign=Brand';

  test('orders of one id from two sources stay apart', async () => {
    const from = (source: string) => ({ source, messageId: 'm-1' });
    await happened(
      order('ada', '09:00', 'o-1', 10, {}, { source: 'web' }),
      order('bob', '09:00', 'o-1', 10, {}, { source: 'shop' }),
      order('eve', '09:00', 'nameless', 10, { order_id: undefined }, from('web')),
      order('eve', '09:00', 'nameless', 10, { order_id: undefined }, from('shop')),
    );
    expect(await show('SELECT sum(orders) AS orders, sum(revenue) AS revenue FROM marketing_performance')).toEqual(
      table(`
        orders | revenue
        4      | 40
      `),
    );
    const credited =
      "SELECT count(*) AS n, sum(weight) AS weight, sum(revenue) AS revenue FROM attribution WHERE model = 'linear'";
    expect(await show(credited)).toEqual(
      table(`
        n | weight | revenue
        4 | 4      | 40
      `),
    );
  });

  test('puts spend, sessions and orders of a campaign side by side', async () => {
    await happened(
      spend({
        channel: 'Google Ads',
        source: 'google',
        medium: 'CPC',
        campaign: 'brand',
        cost: 300_000,
        impressions: 1000,
        clicks: 40,
      }),
      page('ada', '09:00', adverts),
      page('bob', '09:00', adverts),
      page('bob', '10:00', adverts),
      order('bob', '10:01', 'o-1', 45),
      page('cleo', '03-01 09:00', adverts),
      page('cleo', '11:00', '/'),
      order('cleo', '11:01', 'o-2', 15),
      order('cleo', '11:02', 'o-3', 99, { currency: 'EUR' }),
      page('robot', '09:00', adverts, CRAWLER),
    );
    expect(await show("SELECT * FROM marketing_performance WHERE date = '2026-03-02' AND channel = 'paid'")).toEqual(
      card(`
        date          | 2026-03-02
        channel       | paid
        source        | google
        medium        | cpc
        campaign      | brand
        currency      | USD
        cost          | 30
        impressions   | 1000
        clicks        | 40
        sessions      | 3
        visitors      | 2
        orders        | 3
        new_customers | 2
        revenue       | 60
        ctr           | 0.04
        cpc           | 0.75
        cpa           | 10
        cac           | 15
        roas          | 2
        roi           | 1
      `),
    );
    const direct =
      "SELECT channel, source, sessions, orders, cost, cpa, roas FROM marketing_performance WHERE channel = 'direct'";
    expect(await show(direct)).toEqual(
      table(`
        channel | source | sessions | orders | cost | cpa | roas
        direct  |        | 1        | 0      | 0    |     |
      `),
    );
  });

  test('keeps spend that nobody came for, and leaves other currencies out of amounts', async () => {
    await happened(
      spend({ channel: 'email', cost: 10_000, clicks: 0 }),
      spend({ channel: 'social', currency: 'EUR', cost: 10_000, impressions: 8, clicks: 4 }),
      spend({ channel: 'paid', currency: 'EUR', cost: 10_000, clicks: 4 }),
      spend({ channel: 'paid', cost: 10_000, clicks: 2 }),
    );
    const columns = 'channel, source, cost, impressions, clicks, sessions, ctr, cpc, cpa, roas, roi';
    expect(await show(`SELECT ${columns} FROM marketing_performance ORDER BY channel`)).toEqual(
      table(`
        channel | source | cost | impressions | clicks | sessions | ctr | cpc | cpa | roas | roi
        email   |        | 1    | 0           | 0      | 0        |     |     |     | 0    | -1
        paid    |        | 1    | 0           | 6      | 0        |     | 0.5 |     | 0    | -1
        social  |        | 0    | 8           | 4      | 0        | 0.5 |     |     |      |
      `),
    );
  });

  test('calls a channel as cleaning does', async () => {
    const mediums = [...MEDIA].map(([medium, channel]) => ({ told: { channel: 'x-files', medium }, channel }));
    const names = [...MEDIA].map(([name, channel]) => ({ told: { channel: name }, channel }));
    const sources = [...SOURCES]
      .filter(([name]) => !MEDIA.has(name))
      .flatMap(([name, channel]) => [
        { told: { channel: name.toUpperCase() }, channel },
        { told: { channel: 'x-files', source: name }, channel },
      ]);
    const others = [
      { told: { channel: ' Paid Search ' }, channel: 'paid' },
      { told: { channel: 'facebook', medium: 'paid_social' }, channel: 'paid' },
      { told: { channel: 'email', medium: 'cpc' }, channel: 'email' },
      { told: { channel: 'Television' }, channel: 'television' },
    ];
    const all = [...mediums, ...names, ...sources, ...others];
    await happened(...all.map(({ told }, at) => spend({ ...told, campaign: `c-${at}` })));
    const found = await show('SELECT campaign, channel FROM marketing_performance');
    const expected = all.map(({ channel }, at) => [`c-${at}`, channel]);
    expect(found.slice(1).sort()).toEqual(expected.sort());
  });
});
