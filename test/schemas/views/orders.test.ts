import { describe, expect, test } from 'vitest';
import { card, goldenLake, table } from './golden.ts';
import { merge, order, track } from './history.ts';

const { happened, show } = goldenLake();

const mugs = {
  product_id: 'p-1',
  sku: 'MUG',
  name: 'Mug',
  category: 'Kitchen',
  brand: 'Clay',
  price: 19.9,
  quantity: 2,
};
const spoon = { product_id: 'p-2', name: 'Spoon', price: 5, variant: 'red' };

test('an order has what its Order Completed says', async () => {
  await happened(
    order(
      'ada',
      '09:00',
      'o-1',
      49.8,
      {
        revenue: 40,
        shipping: 5,
        tax: 4.8,
        discount: 4.8,
        coupon: 'SPRING',
        currency: 'EUR',
        products: [mugs, spoon],
      },
      { messageId: 'm-1' },
    ),
  );
  expect(await show('SELECT * FROM orders')).toEqual(
    card(`
      order_id     | o-1
      message_id   | m-1
      source_id    | local
      person_key   | user:ada
      ordered_at   | 09:00
      currency     | EUR
      amount       | 49.8
      revenue      | 40
      shipping     | 5
      tax          | 4.8
      discount     | 4.8
      coupon       | SPRING
      units        | 3
      lines        | 2
      order_number | 1
      is_first     | true
      is_cancelled | false
      refunded     | 0
      products     | [{"product_id":"p-1","sku":"MUG","name":"Mug","category":"Kitchen","brand":"Clay","price":19.9,"quantity":2},{"product_id":"p-2","name":"Spoon","variant":"red","price":5,"quantity":1}]
      day          | 2026-03-02
    `),
  );
});

const orders = (columns: string) => show(`SELECT ${columns} FROM orders ORDER BY person_key, ordered_at, message_id`);

describe('an order is one row', () => {
  test('however often, by whichever source, and under whichever key of the person it is told of', async () => {
    await happened(
      order('?x', '09:00', 'o-1', 10, {}, { messageId: 'm-1' }),
      order('ada', '09:00:02', 'o-1', 10, {}, { source: 'server' }),
      order('ada', '03-05 09:00', 'o-1', 10),
      merge('?x', 'ada'),
    );
    expect(await orders('order_id, message_id, person_key, ordered_at, amount, order_number')).toEqual(
      table(`
        order_id | message_id | person_key | ordered_at | amount | order_number
        o-1      | m-1        | user:ada   | 09:00      | 10     | 1
      `),
    );
  });

  test('of its first teller, where one source tells of it under two people', async () => {
    await happened(order('bob', '09:01', 'o-1', 10), order('?x', '09:00', 'o-1', 10));
    expect(await orders('order_id, person_key')).toEqual(
      table(`
        order_id | person_key
        o-1      | anonymous:x
      `),
    );
  });

  test('of its own, where another shop has given the same id to another person', async () => {
    await happened(order('ada', '09:00', '1001', 10), order('bob', '09:00', '1001', 20, {}, { source: 'other-shop' }));
    expect(await orders('person_key, amount')).toEqual(
      table(`
        person_key | amount
        user:ada   | 10
        user:bob   | 20
      `),
    );
  });

  test('of its own, where it has no id: named by its message', async () => {
    await happened(
      track('ada', '09:00', 'Order Completed', { total: 3 }, { messageId: 'm-1' }),
      track('ada', '09:00', 'Order Completed', { total: 4 }, { messageId: 'm-2' }),
      track('ada', '09:05', 'Order Cancelled', { total: 4 }),
    );
    expect(await orders('order_id, amount, order_number, is_first, is_cancelled')).toEqual(
      table(`
        order_id | amount | order_number | is_first | is_cancelled
        m-1      | 3      | 1            | true     | false
        m-2      | 4      | 2            | false    | false
      `),
    );
  });

  test('only once it was completed', async () => {
    await happened(
      track('ada', '09:00', 'Order Updated', { order_id: 'o-1', total: 5 }),
      track('ada', '09:01', 'Order Cancelled', { order_id: 'o-2' }),
    );
    expect(await orders('order_id')).toEqual([]);
  });
});

describe('of amounts', () => {
  test('the latest holds with its own parts, and the total goes before the revenue and that before the value', async () => {
    await happened(
      order('ada', '09:00', 'o-1', 50, { revenue: 40, shipping: 10, products: [mugs] }),
      track('ada', '10:00', 'Order Updated', {
        order_id: 'o-1',
        revenue: 30,
        shipping: 5,
        currency: 'USD',
        products: [spoon],
      }),
      track('bob', '09:00', 'Order Completed', { order_id: 'o-2', revenue: 7, shipping: 1, currency: 'USD' }),
      track('eve', '09:00', 'Order Completed', { order_id: 'o-3', value: 9, currency: 'USD' }),
    );
    expect(await orders('order_id, amount, revenue, shipping, units, ordered_at')).toEqual(
      table(`
        order_id | amount | revenue | shipping | units | ordered_at
        o-1      | 35     | 30      | 5        | 1     | 09:00
        o-2      | 8      | 7       | 1        | 0     | 09:00
        o-3      | 9      |         |          | 0     | 09:00
      `),
    );
  });

  test('of one moment the largest holds', async () => {
    await happened(
      order('ada', '09:00', 'o-1', 10, {}, { messageId: 'm-2' }),
      order('ada', '09:00', 'o-1', 12, { currency: 'GBP' }, { messageId: 'm-1' }),
      order('ada', '09:00', 'o-1', 11, {}, { messageId: 'm-3' }),
    );
    expect(await orders('message_id, amount, currency')).toEqual(
      table(`
        message_id | amount | currency
        m-1        | 12     | GBP
      `),
    );
  });

  test('none is 0', async () => {
    await happened(
      track('ada', '09:00', 'Order Completed', { order_id: 'o-1', coupon: 'GIFT' }),
      order('bob', '09:00', 'o-2', 20),
      track('bob', '10:00', 'Order Updated', { order_id: 'o-2', coupon: 'LATE' }),
    );
    expect(await orders('order_id, amount, currency, coupon, units, lines')).toEqual(
      table(`
        order_id | amount | currency | coupon | units | lines
        o-1      | 0      |          | GIFT   | 0     | 0
        o-2      | 20     | USD      |        | 0     | 0
      `),
    );
  });
});

test('orders of a person are numbered by time, also those of one moment and those that arrive late', async () => {
  await happened(
    order('ada', '10:00', 'o-3', 1, {}, { messageId: 'm-2' }),
    order('ada', '10:00', 'o-2', 1, {}, { messageId: 'm-1' }),
    order('?x', '03-01 08:00', 'o-1', 1, {}, { arrives: '03-09 08:00' }),
    merge('?x', 'ada'),
  );
  expect(await orders('order_id, order_number, is_first, day')).toEqual(
    table(`
      order_id | order_number | is_first | day
      o-1      | 1            | true     | 2026-03-09
      o-2      | 2            | false    | 2026-03-02
      o-3      | 3            | false    | 2026-03-02
    `),
  );
});

describe('what is taken back', () => {
  test('a part, the whole by its amount, the whole without one, and a cancellation', async () => {
    await happened(
      ...['o-1', 'o-2', 'o-3', 'o-4'].map((id, index) => order('ada', `09:0${index}`, id, 50)),
      track('ada', '10:00', 'Order Refunded', { order_id: 'o-1', total: 20, currency: 'USD' }, { messageId: 'r-1' }),
      track('ada', '10:01', 'Order Refunded', { order_id: 'o-1', total: -10, currency: 'USD' }, { messageId: 'r-2' }),
      track('ada', '10:02', 'Order Refunded', { order_id: 'o-2', total: 50, currency: 'USD' }, { messageId: 'r-3' }),
      track('ada', '10:03', 'Order Refunded', { order_id: 'o-3', total: 20, currency: 'USD' }, { messageId: 'r-4' }),
      track('ada', '10:04', 'Order Refunded', { order_id: 'o-3' }, { messageId: 'r-5' }),
      track('ada', '10:05', 'Order Refunded', { order_id: 'o-3' }, { messageId: 'r-6' }),
      track('ada', '10:06', 'Order Cancelled', { order_id: 'o-4', total: 50, currency: 'USD' }),
    );
    expect(await orders('order_id, amount, refunded, is_cancelled')).toEqual(
      table(`
        order_id | amount | refunded | is_cancelled
        o-1      | 50     | 30       | false
        o-2      | 50     | 50       | false
        o-3      | 50     | 50       | false
        o-4      | 50     | 0        | true
      `),
    );
    expect(
      await show('SELECT message_id, order_id, refunded_at, amount, is_whole, currency FROM refunds ORDER BY 1'),
    ).toEqual(
      table(`
        message_id | order_id | refunded_at | amount | is_whole | currency
        r-1        | o-1      | 10:00       | 20     | false    | USD
        r-2        | o-1      | 10:01       | 10     | false    | USD
        r-3        | o-2      | 10:02       | 50     | true     | USD
        r-4        | o-3      | 10:03       | 20     | false    | USD
        r-5        | o-3      | 10:04       | 30     | true     | USD
        r-6        | o-3      | 10:05       | 0      | true     | USD
      `),
    );
  });

  test('in another currency it is a refund, and no part of what the order was refunded', async () => {
    await happened(
      order('ada', '09:00', 'o-1', 50, { currency: 'EUR' }),
      track('ada', '10:00', 'Order Refunded', { order_id: 'o-1', total: 20, currency: 'USD' }),
      track('ada', '10:01', 'Order Refunded', { order_id: 'o-1', total: 5, currency: 'EUR' }),
    );
    expect(await orders('currency, refunded')).toEqual(
      table(`
        currency | refunded
        EUR      | 5
      `),
    );
    expect(await show('SELECT amount, currency, is_whole FROM refunds ORDER BY refunded_at')).toEqual(
      table(`
        amount | currency | is_whole
        20     | USD      | false
        5      | EUR      | false
      `),
    );
  });

  test('for an order that was never seen, only what is named', async () => {
    await happened(
      track('ada', '10:00', 'Order Refunded', { order_id: 'o-9', total: 20, currency: 'USD' }, { messageId: 'r-1' }),
      track('ada', '10:00', 'Order Refunded', { order_id: 'o-9' }, { messageId: 'r-2' }),
      track('ada', '10:00', 'Order Refunded', { total: 20, currency: 'USD' }, { messageId: 'r-3' }),
    );
    expect(await show('SELECT message_id, order_id, amount, currency FROM refunds ORDER BY 1')).toEqual(
      table(`
        message_id | order_id | amount | currency
        r-1        | o-9      | 20     | USD
        r-2        | o-9      | 0      |
      `),
    );
  });
});

describe('lines', () => {
  test('are numbered as the order lists them', async () => {
    await happened(order('ada', '09:00', 'o-1', 44.8, { products: [mugs, spoon] }));
    expect(await show('SELECT * FROM order_items ORDER BY line')).toEqual(
      table(`
        order_id | source_id | line | product_id | sku | product_name | category | brand | variant | quantity | price | amount | currency | person_key | ordered_at | day
        o-1      | local     | 1    | p-1        | MUG | Mug          | Kitchen  | Clay  |         | 2        | 19.9  | 39.8   | USD      | user:ada   | 09:00      | 2026-03-02
        o-1      | local     | 2    | p-2        |     | Spoon        |          |       | red     | 1        | 5     | 5      | USD      | user:ada   | 09:00      | 2026-03-02
      `),
    );
  });

  test('are one, where the order names a product and no list; and none of an order told again', async () => {
    await happened(
      order('ada', '09:00', 'o-1', 10, { product_id: 'p-7', name: 'Cup "L"', price: 2.5, quantity: 4 }),
      order('ada', '09:01', 'o-1', 10),
      order('bob', '09:00', 'o-2', 10, { products: [] }),
      order('eve', '09:00', 'o-3', 10, { product_id: 'p-8' }),
    );
    expect(
      await show(
        'SELECT order_id, line, product_id, product_name, quantity, price, amount FROM order_items ORDER BY 1',
      ),
    ).toEqual(
      table(`
        order_id | line | product_id | product_name | quantity | price | amount
        o-1      | 1    | p-7        | Cup "L"      | 4        | 2.5   | 10
        o-3      | 1    | p-8        |              | 1        |       |
      `),
    );
  });

  test('are there whatever a quantity is', async () => {
    const odd = [0.5, 1e20, -1].map((quantity, index) => ({ product_id: `p-${index}`, price: 3, quantity }));
    await happened(order('ada', '09:00', 'o-1', 10, { products: odd }));
    expect(await show('SELECT product_id, quantity, amount FROM order_items ORDER BY line')).toEqual(
      table(`
        product_id | quantity | amount
        p-0        | 0.5      | 1.5
        p-1        | 1.0E20   |
        p-2        | -1       | -3
      `),
    );
    expect(await orders('units')).toEqual([['units'], ['1.0E20']]);
  });
});
