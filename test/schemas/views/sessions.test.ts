import { expect, test } from 'vitest';
import { card, goldenLake, table } from './golden.ts';
import { identify, merge, onSite, order, page, screen, track } from './history.ts';

const { happened, show } = goldenLake();

const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

test('a visit has its length, its pages and its way in', async () => {
  await happened(
    page('?x', '09:00', '/?utm_source=news&utm_medium=email&utm_campaign=spring'),
    track('?x', '09:01', 'Product Viewed', { product_id: 'p-1' }),
    page('?x', '09:05:30', '/shelf', { from: onSite }),
    order('?x', '09:20', 'o-1', 10),
    page('?x', '09:20:02', '/thanks', { from: onSite }),
  );
  expect(await show('SELECT * FROM sessions')).toEqual(
    card(`
      session_id       | anonymous:x:2026-03-02T09:00:00.000
      person_key       | anonymous:x
      started_at       | 09:00
      ended_at         | 09:20:02
      duration_seconds | 1202
      events           | 5
      page_views       | 3
      entrance_page    | /
      exit_page        | /thanks
      is_bounce        | false
      channel          | email
      source           | news
      medium           | email
      campaign         | spring
      referrer_host    |
      device_type      | desktop
      orders           | 1
      is_new           | true
      day              | 2026-03-02
    `),
  );
});

const shape = (columns: string) => show(`SELECT ${columns} FROM sessions ORDER BY person_key, started_at`);

test('half an hour without an event ends a session, a millisecond less does not', async () => {
  await happened(
    page('ada', '09:00', '/a'),
    page('ada', '09:29:59.999', '/b'),
    page('bob', '09:00', '/a'),
    page('bob', '09:30', '/b'),
  );
  expect(await shape('person_key, started_at, ended_at, page_views, is_bounce, is_new')).toEqual(
    table(`
      person_key | started_at | ended_at     | page_views | is_bounce | is_new
      user:ada   | 09:00      | 09:29:59.999 | 2          | false     | true
      user:bob   | 09:00      | 09:00        | 1          | true      | true
      user:bob   | 09:30      | 09:30        | 1          | true      | false
    `),
  );
});

test('a bounce is one page or screen and nothing else', async () => {
  await happened(
    screen('ada', '09:00', 'Home'),
    page('bob', '09:00', '/'),
    track('bob', '09:01', 'Product Viewed', { product_id: 'p-1' }),
    track('eve', '09:00', 'Product Viewed', { product_id: 'p-1' }),
  );
  expect(await shape('person_key, events, page_views, is_bounce')).toEqual(
    table(`
      person_key | events | page_views | is_bounce
      user:ada   | 1      | 1          | true
      user:bob   | 2      | 1          | false
      user:eve   | 1      | 0          | false
    `),
  );
});

test('a session goes on over midnight, over half hours of the clock and through events that arrive late', async () => {
  await happened(
    page('ada', '03-01 23:50', '/first'),
    page('ada', '00:10', '/second', { from: onSite }),
    track('ada', '00:30', 'Product Viewed', { product_id: 'p-1' }, { arrives: '03-04 08:00' }),
    page('ada', '00:59', '/last', { from: onSite }),
  );
  expect(await shape('started_at, ended_at, events, entrance_page, exit_page, day')).toEqual(
    table(`
      started_at  | ended_at | events | entrance_page | exit_page | day
      03-01 23:50 | 00:59    | 4      | /first        | /last     | 2026-03-01
    `),
  );
});

test('an anonymous visitor who becomes a person in the middle of a visit has one session', async () => {
  await happened(
    page('?x', '09:00', '/', { from: 'https://www.google.com/' }),
    identify('ada?x', '09:05', { plan: 'pro' }),
    page('ada', '09:06', '/account', { from: onSite }),
    merge('?x', 'ada'),
  );
  expect(await shape('session_id, events, page_views, channel, source')).toEqual(
    table(`
      session_id                       | events | page_views | channel | source
      user:ada:2026-03-02T09:00:00.000 | 2      | 2          | organic | www.google.com
    `),
  );
});

test('the first event with a channel of its own tells where the visit came from', async () => {
  await happened(
    page('ada', '09:00', '/', { from: onSite }),
    page('ada', '09:01', '/?gclid=abc', { from: 'https://www.google.com/' }),
    page('ada', '09:02', '/?utm_source=news&utm_medium=email'),
    page('bob', '09:00', '/', { from: onSite }),
    screen('eve', '09:00', 'Home'),
  );
  expect(await shape('person_key, channel, source, medium, entrance_page')).toEqual(
    table(`
      person_key | channel | source         | medium | entrance_page
      user:ada   | paid    | www.google.com |        | /
      user:bob   | direct  |                |        | /
      user:eve   | direct  |                |        | Home
    `),
  );
});

test('of events of one moment the one with the smallest message id is the first, and the other the last', async () => {
  await happened(
    page('ada', '09:00', '/b?utm_source=b&utm_medium=email', { messageId: 'm-2' }),
    page('ada', '09:00', '/a?utm_source=a&utm_medium=social', { messageId: 'm-1' }),
    order('ada', '09:00', 'o-1', 5, {}, { messageId: 'm-0' }),
  );
  expect(await shape('entrance_page, exit_page, channel, events, duration_seconds')).toEqual(
    table(`
      entrance_page | exit_page | channel | events | duration_seconds
      /a            | /b        | direct  | 3      | 0
    `),
  );
});

test('robots, e-mails and what happens to an order later make no session', async () => {
  await happened(
    page('?bot', '09:00', '/', { context: { userAgent: GOOGLEBOT } }),
    track('ada', '10:00', 'Email Delivered'),
    track('ada', '10:30', 'Email Opened'),
    track('ada', '11:00', 'Order Refunded', { order_id: 'o-1' }),
    identify('ada', '12:00'),
    page('ada', '13:00', '/'),
  );
  expect(await shape('person_key, started_at, events, is_bounce')).toEqual(
    table(`
      person_key | started_at | events | is_bounce
      user:ada   | 13:00      | 1      | true
    `),
  );
});

test('an order counts in the first session that tells of it, however often and by whomever', async () => {
  await happened(
    order('ada', '09:00', 'o-1', 10),
    order('ada', '09:00:05', 'o-1', 10, {}, { source: 'server' }),
    order('ada', '09:40', 'o-1', 10),
    order('ada', '09:41', 'o-2', 20),
    track('ada', '09:42', 'Order Completed', { total: 5 }),
    track('ada', '09:43', 'Order Completed', { total: 5 }),
  );
  expect(await shape('started_at, orders, is_bounce')).toEqual(
    table(`
      started_at | orders | is_bounce
      09:00      | 1      | false
      09:40      | 3      | false
    `),
  );
});

test('a resent message counts once', async () => {
  const twice = page('ada', '09:00', '/', { messageId: 'm-1' });
  await happened(twice, twice);
  await happened(twice);
  expect(await shape('events, is_bounce')).toEqual(
    table(`
      events | is_bounce
      1      | true
    `),
  );
});
