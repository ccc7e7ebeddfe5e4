import fc from 'fast-check';
import { expect, test } from 'vitest';
import { goldenLake, table } from './golden.ts';
import { order, page, track } from './history.ts';

const world = goldenLake();
const { happened, show } = world;

const stats = (measure: string, columns = '*') =>
  show(`SELECT ${columns} FROM descriptive_stats WHERE measure = '${measure}'`);

test('tells how orders, sessions and prices are spread', async () => {
  const lines = (...quantities: number[]) => ({
    products: quantities.map((quantity, at) => ({ product_id: `p-${at}`, price: 1, quantity })),
  });
  await happened(
    page('ada', '03-01 09:00', '/'),
    order('ada', '03-01 09:01', 'o-1', 10, lines(1, 2)),
    order('ada', '03-03 21:01', 'o-2', 20, lines(1)),
    order('ada', '03-04 21:01', 'o-3', 99, { currency: 'EUR', ...lines(4) }),
    order('bob', '03-01 09:00', 'o-4', 40, lines(1, 1)),
    track('bob', '03-05 09:00', 'Order Refunded', { order_id: 'o-4', total: 4.5, currency: 'USD' }),
    track('cleo', '03-01 09:00', 'Product Viewed', { product_id: 'p-1', price: 3, currency: 'USD' }),
    track('cleo', '03-01 09:10', 'Product Viewed', { product_id: 'p-2', price: 8, currency: 'EUR' }),
  );
  expect(await show('SELECT measure, unit, n, mean, min, median, max, sum FROM descriptive_stats ORDER BY 1')).toEqual(
    table(`
      measure                   | unit       | n | mean               | min | median | max | sum
      amount_per_customer       | USD        | 2 | 35                 | 30  | 30     | 40  | 70
      days_between_orders       | days       | 2 | 1.75               | 1   | 1      | 2.5 | 3.5
      events_per_session        | events     | 5 | 1.4                | 1   | 1      | 2   | 7
      lines_per_order           | lines      | 4 | 1.5                | 1   | 1      | 2   | 6
      order_amount              | USD        | 3 | 23.333333333333332 | 10  | 20     | 40  | 70
      orders_per_customer       | orders     | 2 | 2                  | 1   | 1      | 3   | 4
      page_views_per_session    | page views | 5 | 0.2                | 0   | 0      | 1   | 1
      price_viewed              | USD        | 1 | 3                  | 3   | 3      | 3   | 3
      refund_per_refunded_order | USD        | 1 | 4.5                | 4.5 | 4.5    | 4.5 | 4.5
      session_seconds           | seconds    | 5 | 132                | 0   | 0      | 600 | 660
      units_per_order           | units      | 4 | 2.5                | 1   | 2      | 4   | 10
    `),
  );
});

test('one value has no deviation and is every quantile', async () => {
  await happened(order('ada', '09:00', 'o-1', 12.5));
  expect(await stats('order_amount')).toEqual(
    table(`
      measure      | unit | n | mean | stddev | min  | p25  | median | p75  | p95  | max  | sum
      order_amount | USD  | 1 | 12.5 |        | 12.5 | 12.5 | 12.5   | 12.5 | 12.5 | 12.5 | 12.5
    `),
  );
});

test('quantiles are the values at the nearest rank, and the deviation is that of a sample, for any values', async () => {
  const cents = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 2, maxLength: 45 });
  await fc.assert(
    fc.asyncProperty(cents, async (values) => {
      await world.lake.clear();
      await happened(...values.map((value, at) => order('ada', '09:00', `o-${at}`, value / 4)));
      const sorted = values.map((value) => value / 4).sort((one, other) => one - other);
      const at = (share: number) => sorted[Math.ceil((share * sorted.length) / 100) - 1];
      const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
      const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);

      const [, row = []] = await stats('order_amount', 'n, min, p25, median, p75, p95, max, stddev');
      const [n, min, p25, median, p75, p95, max, stddev] = row.map(Number);
      expect([n, min, p25, median, p75, p95, max]).toEqual([sorted.length, ...[0.001, 25, 50, 75, 95, 100].map(at)]);
      expect(stddev).toBeCloseTo(Math.sqrt(squares / (sorted.length - 1)), 9);
    }),
    { numRuns: 6 },
  );
});
