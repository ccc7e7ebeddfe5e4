import { expect, test } from 'vitest';
import { goldenLake, table } from './golden.ts';
import { merge, order, page, track } from './history.ts';

const { happened, show } = goldenLake();

const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const byBot = { context: { userAgent: GOOGLEBOT } };
const viewed = (who: string, time: string, more = {}) =>
  track(who, time, 'Product Viewed', { product_id: 'p-1' }, more);
const searched = (who: string, time: string, query: string, more: object = {}) =>
  track(who, time, 'Products Searched', { query, ...more });

test('a step counts once a session, at its first time', async () => {
  await happened(
    page('?x', '09:00', '/'),
    viewed('?x', '09:01'),
    viewed('?x', '09:02'),
    track('ada', '09:03', 'Product Added', { product_id: 'p-1' }),
    track('ada', '09:04', 'Checkout Started'),
    order('ada', '09:05', 'o-1', 10),
    order('ada', '10:00', 'o-1', 10),
    viewed('ada', '11:00'),
    viewed('?bot', '09:00', byBot),
    merge('?x', 'ada'),
  );
  expect(await show('SELECT * FROM funnels ORDER BY reached_at')).toEqual(
    table(`
      person_key | session_id                       | step_number | step             | reached_at | day
      user:ada   | user:ada:2026-03-02T09:00:00.000 | 1           | product_viewed   | 09:01      | 2026-03-02
      user:ada   | user:ada:2026-03-02T09:00:00.000 | 2           | product_added    | 09:03      | 2026-03-02
      user:ada   | user:ada:2026-03-02T09:00:00.000 | 3           | checkout_started | 09:04      | 2026-03-02
      user:ada   | user:ada:2026-03-02T09:00:00.000 | 4           | order_completed  | 09:05      | 2026-03-02
      user:ada   | user:ada:2026-03-02T11:00:00.000 | 1           | product_viewed   | 11:00      | 2026-03-02
    `),
  );
});

test('searches are counted by day and words, however these are written', async () => {
  await happened(
    searched('ada', '09:00', ' Red  Mug'),
    searched('bob', '23:59:59.999', 'red mug'),
    searched('ada', '03-03 00:00', 'RED MUG'),
    searched('ada', '03-03 00:01', '  '),
    track('ada', '03-03 00:02', 'Products Searched', {}),
    track('?bot', '09:00', 'Products Searched', { query: 'red mug' }, byBot),
  );
  expect(await show('SELECT date, term, searches, persons FROM search_terms ORDER BY 1')).toEqual(
    table(`
      date       | term    | searches | persons
      2026-03-02 | red mug | 2        | 2
      2026-03-03 | red mug | 1        | 1
    `),
  );
});

test('a search is followed by a click within half an hour and before the next, and by an order within a day', async () => {
  await happened(
    searched('ada', '09:00', 'a', { results: 0 }),
    searched('ada', '09:01', 'b'),
    viewed('ada', '09:02'),
    viewed('ada', '09:03'),
    searched('bob', '09:00', 'b'),
    viewed('bob', '09:29:59.999'),
    searched('eve', '09:00', 'b'),
    viewed('eve', '09:30'),
    order('ada', '03-03 08:59:59.999', 'o-1', 10),
    order('bob', '03-03 09:00', 'o-2', 10),
  );
  expect(await show('SELECT term, searches, without_results, clicks, orders FROM search_terms ORDER BY 1')).toEqual(
    table(`
      term | searches | without_results | clicks | orders
      a    | 1        | 1               | 0      | 1
      b    | 3        | 0               | 2      | 1
    `),
  );
});

test('a search comes before what else happened in its moment', async () => {
  await happened(
    viewed('ada', '09:00', { messageId: 'm-1' }),
    searched('ada', '09:00', 'a'),
    searched('bob', '09:00', 'b', { products: [] }),
    searched('bob', '09:00', 'b', { results_count: '12' }),
  );
  expect(await show('SELECT term, clicks, without_results FROM search_terms ORDER BY 1')).toEqual(
    table(`
      term | clicks | without_results
      a    | 1      | 0
      b    | 0      | 1
    `),
  );
});
