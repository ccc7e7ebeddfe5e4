import { expect, test } from 'vitest';
import { card, goldenLake, table } from './golden.ts';
import { merge, onSite, order, page, screen, track } from './history.ts';

const { happened, show } = goldenLake();

const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const byBot = { context: { userAgent: GOOGLEBOT } };

test('page views are pages by path and screens by name, without those of robots', async () => {
  await happened(
    page('?x', '09:00', '/shelf?gclid=1', { messageId: 'm-1', from: 'https://www.google.com/' }),
    screen('ada', '09:01', 'Basket', { messageId: 'm-2' }),
    page('ada', '09:02', '/', { ...byBot, messageId: 'm-3' }),
    track('ada', '09:03', 'Product Viewed', { product_id: 'p-1' }),
    merge('?x', 'ada'),
  );
  expect(await show('SELECT * FROM page_views ORDER BY viewed_at')).toEqual(
    table(`
      message_id | person_key | viewed_at | page_path | page_host    | page_title      | page_url                            | referrer_host  | channel | device_type | day
      m-1        | user:ada   | 09:00     | /shelf    | shop.example | Title of /shelf | https://shop.example/shelf?gclid=1 | www.google.com | paid    | desktop     | 2026-03-02
      m-2        | user:ada   | 09:01     | Basket    |              | Basket          |                                     |                | direct  | desktop     | 2026-03-02
    `),
  );
});

test('product views are of one product each, without those of robots', async () => {
  const mug = { product_id: 'p-1', name: 'Mug', category: 'Kitchen', brand: 'Clay', price: 19.9, currency: 'EUR' };
  await happened(
    track('ada', '03-01 23:59:59.999', 'Product Viewed', mug, { messageId: 'm-1', arrives: '00:00:01' }),
    track('ada', '09:00', 'Product Viewed', { sku: 'CUP' }, { messageId: 'm-2' }),
    track('ada', '09:01', 'Product Viewed', {}, { messageId: 'm-3' }),
    track('ada', '09:02', 'Product Viewed', mug, byBot),
    track('ada', '09:03', 'Product Clicked', mug),
  );
  expect(await show('SELECT * FROM product_views ORDER BY viewed_at')).toEqual(
    table(`
      message_id | person_key | viewed_at          | product_id | product_name | category | brand | price | currency | day
      m-1        | user:ada   | 03-01 23:59:59.999 | p-1        | Mug          | Kitchen  | Clay  | 19.9  | EUR      | 2026-03-02
      m-2        | user:ada   | 09:00              | CUP        |              |          |       |       |          | 2026-03-02
    `),
  );
});

const added = (who: string, time: string, price: number, more: object = {}) =>
  track(who, time, 'Product Added', { product_id: 'p-1', price, currency: 'USD', ...more });
const removed = (who: string, time: string, price: number, more: object = {}) =>
  track(who, time, 'Product Removed', { product_id: 'p-1', price, currency: 'USD', ...more });

test('a cart is what a session put in and took out', async () => {
  await happened(
    page('ada', '09:00', '/'),
    added('ada', '09:10', 10, { quantity: 2 }),
    track('ada', '09:20', 'Wishlist Product Added to Cart', { product_id: 'p-2', price: 5, currency: 'USD' }),
    removed('ada', '09:35', 10),
    track('ada', '09:36', 'Checkout Started', { order_id: 'o-1' }),
    page('ada', '09:40', '/checkout', { from: onSite }),
  );
  expect(await show('SELECT * FROM carts')).toEqual(
    card(`
      cart_key         | user:ada:2026-03-02T09:00:00.000
      person_key       | user:ada
      session_id       | user:ada:2026-03-02T09:00:00.000
      first_added_at   | 09:10
      last_changed_at  | 09:35
      items_added      | 2
      items_removed    | 1
      value            | 15
      currency         | USD
      checkout_started | true
      ordered          | false
      is_abandoned     | true
      day              | 2026-03-02
    `),
  );
});

const carts = (columns: string) => show(`SELECT ${columns} FROM carts ORDER BY person_key, first_added_at`);

test('a cart is abandoned when something stays in it and no order follows in the session', async () => {
  await happened(
    added('ada', '09:00', 10),
    order('ada', '09:10', 'o-1', 10),
    added('ada', '10:00', 20),
    order('ada', '10:10', 'o-1', 10),
    added('bob', '09:00', 10),
    removed('bob', '09:01', 10),
    removed('eve', '09:00', 10),
    track('eve', '09:01', 'Checkout Started', {}),
  );
  expect(await carts('person_key, first_added_at, value, ordered, is_abandoned')).toEqual(
    table(`
      person_key | first_added_at | value | ordered | is_abandoned
      user:ada   | 09:00          | 10    | true    | false
      user:ada   | 10:00          | 20    | false   | true
      user:bob   | 09:00          | 0     | false   | false
    `),
  );
});

test('the value of a cart is in the currency in which it began, and unknown without prices', async () => {
  await happened(
    added('ada', '09:00', 10, { currency: 'EUR' }),
    added('ada', '09:01', 99),
    added('ada', '09:02', 5, { currency: 'EUR' }),
    removed('ada', '09:25', 50),
    track('bob', '09:00', 'Product Added', { product_id: 'p-1' }),
  );
  expect(await carts('person_key, items_added, items_removed, value, currency, is_abandoned')).toEqual(
    table(`
      person_key | items_added | items_removed | value | currency | is_abandoned
      user:ada   | 3           | 1             | 15    | EUR      | true
      user:bob   | 1           | 0             |       |          | true
    `),
  );
});
