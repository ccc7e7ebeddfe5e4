import { describe, expect, test } from 'vitest';
import { goldenLake, table } from './golden.ts';
import { identify, merge, onSite, order, page, track } from './history.ts';

const { happened, show } = goldenLake();

const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const byBot = { context: { userAgent: GOOGLEBOT } };

const mail = '/?utm_source=news&utm_medium=email&utm_campaign=spring';
const post = '/?utm_source=instagram&utm_medium=social&utm_campaign=bio';
const google = { from: 'https://www.google.com/' };

describe('acquisition', () => {
  test('tells the first touch, and the last that is not direct', async () => {
    await happened(
      page('?x', '08:00', '/', { from: onSite }),
      page('?x', '09:00', '/', google),
      page('ada', '10:00', mail),
      page('ada', '11:00', '/'),
      page('bob', '09:00', '/'),
      page('bob', '10:00', '/b'),
      page('eve', '09:00', '/', { from: onSite }),
      merge('?x', 'ada'),
    );
    expect(
      await show(`
        SELECT person_key, first_seen_at, last_seen_at, first_touch_at, first_channel, first_source, last_touch_at,
          last_channel, last_source, last_medium, last_campaign FROM acquisition ORDER BY 1`),
    ).toEqual(
      table(`
        person_key | first_seen_at | last_seen_at | first_touch_at | first_channel | first_source   | last_touch_at | last_channel | last_source | last_medium | last_campaign
        user:ada   | 08:00         | 11:00        | 09:00          | organic       | www.google.com | 10:00         | email        | news        | email       | spring
        user:bob   | 09:00         | 10:00        | 09:00          | direct        |                | 10:00         | direct       |             |             |
        user:eve   | 09:00         | 09:00        |                |               |                |               |              |             |             |
      `),
    );
  });

  test('of touches of one moment, the smallest message id is the first and the greatest the last', async () => {
    await happened(page('ada', '09:00', mail, { messageId: 'm-2' }), page('ada', '09:00', post, { messageId: 'm-1' }));
    expect(await show('SELECT first_channel, first_campaign, last_channel, last_campaign FROM acquisition')).toEqual(
      table(`
        first_channel | first_campaign | last_channel | last_campaign
        social        | bio            | email        | spring
      `),
    );
  });

  test('sums orders in the reporting currency, and leaves robots out that buy nothing', async () => {
    await happened(
      order('ada', '09:00', 'o-1', 50),
      order('ada', '10:00', 'o-2', 30),
      order('ada', '11:00', 'o-3', 20, { currency: 'EUR' }),
      track('ada', '12:00', 'Order Refunded', { order_id: 'o-1', total: 10, currency: 'USD' }),
      track('ada', '12:00', 'Order Cancelled', { order_id: 'o-2' }),
      page('?robot', '09:00', '/', byBot),
      order('?agent', '09:00', 'o-4', 7, {}, byBot),
      identify('eve', '09:00', { plan: 'pro' }),
    );
    expect(
      await show(
        'SELECT person_key, first_order_at, last_order_at, orders, revenue, net_revenue, first_channel FROM acquisition ORDER BY 1',
      ),
    ).toEqual(
      table(`
        person_key      | first_order_at | last_order_at | orders | revenue | net_revenue | first_channel
        anonymous:agent | 09:00          | 09:00         | 1      | 7       | 7           |
        user:ada        | 09:00          | 11:00         | 3      | 80      | 40          | direct
        user:eve        |                |               | 0      | 0       | 0           | direct
      `),
    );
  });
});

describe('attribution', () => {
  const credits = (where = 'true') =>
    show(`
      SELECT model, touch, touched_at, channel, source, round(weight, 6) AS weight, revenue
      FROM attribution WHERE ${where} ORDER BY model, touch`);

  test('of three touches, two and one week and no time before the order, and a direct one that is ignored', async () => {
    await happened(
      page('?x', '02-16 09:00', mail),
      page('ada', '02-20 09:00', '/'),
      page('ada', '02-23 09:00', '/', google),
      page('ada', '09:00', post, { messageId: 'm-1' }),
      order('ada', '09:00', 'o-1', 100, {}, { messageId: 'm-2' }),
      merge('?x', 'ada'),
    );
    expect(await credits()).toEqual(
      table(`
        model      | touch | touched_at  | channel | source         | weight   | revenue
        first      | 1     | 02-16 09:00 | email   | news           | 1        | 100
        last       | 3     | 09:00       | social  | instagram      | 1        | 100
        linear     | 1     | 02-16 09:00 | email   | news           | 0.333333 | 33.3333
        linear     | 2     | 02-23 09:00 | organic | www.google.com | 0.333333 | 33.3334
        linear     | 3     | 09:00       | social  | instagram      | 0.333333 | 33.3333
        position   | 1     | 02-16 09:00 | email   | news           | 0.4      | 40
        position   | 2     | 02-23 09:00 | organic | www.google.com | 0.2      | 20
        position   | 3     | 09:00       | social  | instagram      | 0.4      | 40
        time_decay | 1     | 02-16 09:00 | email   | news           | 0.142857 | 14.2857
        time_decay | 2     | 02-23 09:00 | organic | www.google.com | 0.285714 | 28.5714
        time_decay | 3     | 09:00       | social  | instagram      | 0.571429 | 57.1429
      `),
    );
  });

  test('goes thirty days back and not beyond, and never past the order', async () => {
    await happened(
      page('ada', '01-31 08:59:59.999', '/', google),
      page('bob', '01-31 09:00', '/', google),
      order('ada', '09:00', 'o-1', 10),
      order('bob', '09:00', 'o-2', 10),
      page('ada', '10:00', mail),
    );
    expect(
      await show(
        "SELECT order_id, touch, touch_count, touched_at, channel FROM attribution WHERE model = 'linear' ORDER BY 1",
      ),
    ).toEqual(
      table(`
        order_id | touch | touch_count | touched_at  | channel
        o-1      | 1     | 1           | 09:00       | direct
        o-2      | 1     | 1           | 01-31 09:00 | organic
      `),
    );
  });

  test('two touches share by halves, and direct ones count where there is no other', async () => {
    await happened(page('ada', '02-23 09:00', '/'), order('ada', '09:00', 'o-1', 0.0001));
    expect(await credits("model IN ('position', 'linear')")).toEqual(
      table(`
        model    | touch | touched_at  | channel | source | weight | revenue
        linear   | 1     | 02-23 09:00 | direct  |        | 0.5    | 0.0001
        linear   | 2     | 09:00       | direct  |        | 0.5    | 0
        position | 1     | 02-23 09:00 | direct  |        | 0.5    | 0.0001
        position | 2     | 09:00       | direct  |        | 0.5    | 0
      `),
    );
  });

  test('an order without a session is a direct touch of its own, and one of another currency earns nothing', async () => {
    await happened(
      order('?agent', '09:00', 'o-1', 7, {}, byBot),
      order('ada', '09:00', 'o-2', 20, { currency: 'EUR' }),
      track('ada', '10:00', 'Order Cancelled', { order_id: 'o-2' }),
    );
    expect(
      await show(`
        SELECT order_id, person_key, ordered_at, is_first, is_cancelled, touched_at, session_id, channel, weight, revenue
        FROM attribution WHERE model = 'first' ORDER BY 1`),
    ).toEqual(
      table(`
        order_id | person_key      | ordered_at | is_first | is_cancelled | touched_at | session_id                       | channel | weight | revenue
        o-1      | anonymous:agent | 09:00      | true     | false        | 09:00      |                                  | direct  | 1      | 7
        o-2      | user:ada        | 09:00      | true     | true         | 09:00      | user:ada:2026-03-02T09:00:00.000 | direct  | 1      | 0
      `),
    );
  });
});
