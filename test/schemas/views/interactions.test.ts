import { expect, test } from 'vitest';
import { goldenLake, table } from './golden.ts';
import { merge, order, track } from './history.ts';

const { happened, show } = goldenLake();

const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const all =
  'SELECT person_key, item_id, action, happened_at, weight, quantity FROM interactions ORDER BY happened_at, item_id';

test('interactions are what people did with products, without robots and names of strangers', async () => {
  await happened(
    track('?x', '09:00', 'Product Viewed', { product_id: 'mug' }),
    track('ada', '09:01', 'Product Viewed', { product_id: 'mug' }, { context: { userAgent: GOOGLEBOT } }),
    track('ada', '09:02', 'Product Added to Wishlist', { product_id: 'cup' }),
    track('ada', '09:03', 'Product Added', { product_id: 'mug', quantity: 2 }),
    track('ada', '09:04', 'Product Viewed', {}),
    track('ada', '09:05', 'Product Clicked', { product_id: 'mug' }),
    merge('?x', 'ada'),
  );
  expect(await show(all)).toEqual(
    table(`
      person_key | item_id | action   | happened_at | weight | quantity
      user:ada   | mug     | view     | 09:00       | 1      |
      user:ada   | cup     | wishlist | 09:02       | 2      |
      user:ada   | mug     | cart     | 09:03       | 3      | 2
    `),
  );
});

const lines = [
  { product_id: 'mug', price: 10, quantity: 1 },
  { product_id: 'mug', price: 10, quantity: 2 },
  { product_id: 'cup', price: 5, quantity: 1 },
];

test('an order is one interaction a product, and a refund of the whole takes each back', async () => {
  await happened(
    order('ada', '10:00', 'o-1', 35, { currency: 'EUR', products: lines }),
    track('ada', '11:00', 'Order Refunded', { order_id: 'o-1' }),
  );
  expect(await show(all)).toEqual(
    table(`
      person_key | item_id | action | happened_at | weight | quantity
      user:ada   | cup     | order  | 10:00       | 5      | 1
      user:ada   | mug     | order  | 10:00       | 5      | 3
      user:ada   | cup     | refund | 11:00       | -5     | 1
      user:ada   | mug     | refund | 11:00       | -5     | 3
    `),
  );
});

test('a refund that lists products takes back those, and one of a part that lists none takes back nothing', async () => {
  await happened(
    order('ada', '10:00', 'o-1', 35, { currency: 'EUR', products: lines }),
    track('ada', '11:00', 'Order Refunded', { order_id: 'o-1', total: 5, currency: 'EUR', products: [lines[2]] }),
    track('ada', '12:00', 'Order Refunded', { order_id: 'o-1', total: 1, currency: 'EUR' }),
  );
  expect(await show("SELECT item_id, happened_at, weight FROM interactions WHERE action = 'refund'")).toEqual(
    table(`
      item_id | happened_at | weight
      cup     | 11:00       | -5
    `),
  );
});
