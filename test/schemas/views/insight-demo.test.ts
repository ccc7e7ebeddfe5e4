import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { named } from '../../../infra/local/demo/reconciliation.ts';
import { builtInSegments } from '../../../shared/segments/built-in-segments.ts';
import { membersSql } from '../../../shared/segments/sql/members.ts';
import { rfmQuintilesSql } from '../../../shared/segments/sql/rfm-quintiles.ts';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import { landDemo } from '../../fixtures/demo-records.ts';
import { theStore } from '../../infra/local/demo/a-store.ts';

const store = theStore();
const { ledger } = store;

let lake: ALake;
beforeAll(async () => {
  lake = await aLake();
  await landDemo(lake, store);
});
afterAll(() => lake[Symbol.asyncDispose]());

const row = async (sql: string) =>
  ((await lake.rows(sql))[0] ?? []).map((cell) => (cell === null ? null : Number(cell)));
const usd = (amounts: Record<string, number>) => (named(amounts).USD ?? 0) / 10_000;

describe('kpi_daily', () => {
  test('sums up to the orders, revenue and refunds of the ledger', async () => {
    const totals = await row(
      'SELECT sum(orders), sum(revenue), sum(refunds), sum(net_revenue), sum(units) FROM kpi_daily',
    );
    const units = Object.values(ledger.unitsByProduct).reduce((sum, each) => sum + each, 0);
    const [revenue, refunds] = [usd(ledger.revenue), usd(ledger.refunds)];
    expect(totals).toEqual([ledger.orders, revenue, refunds, Number((revenue - refunds).toFixed(4)), units]);
  });

  test('sums up to the sessions, carts, pages and customers of the other views', async () => {
    const sums =
      'sum(sessions), sum(bounces), sum(new_visitors), sum(carts), sum(page_views), sum(new_buyers), sum(dau)';
    expect(await row(`SELECT ${sums} FROM kpi_daily`)).toEqual(
      await row(`
        SELECT
          (SELECT count(*) FROM sessions), (SELECT count_if(is_bounce) FROM sessions), (SELECT count_if(is_new) FROM sessions),
          (SELECT count(*) FROM carts), (SELECT count(*) FROM page_views), (SELECT count_if(is_first) FROM orders),
          (SELECT count(*) FROM (SELECT DISTINCT person_key, date(first_at) FROM visit_parts))`),
    );
  });

  test('has every day from the first to the last once, with people of a month who are never fewer than of a week', async () => {
    const [days, span, wrong] = await row(`
      SELECT count(DISTINCT date), date_diff('day', min(CAST(date AS date)), max(CAST(date AS date))) + 1,
        count_if(NOT dau <= wau OR NOT wau <= mau OR new_visitors > visitors)
      FROM kpi_daily`);
    expect(days).toBe(span);
    expect(wrong).toBe(0);
  });
});

describe('data_quality_daily', () => {
  test('sums up to what the ledger sent, resent and saw fail', async () => {
    const { messages, bots, failed, accepted } = ledger;
    const received = messages.sent - messages.refused;
    const reasons = (await lake.rows('SELECT rejects_by_reason FROM data_quality_daily')).map(([text]) =>
      JSON.parse(text ?? ''),
    );
    const byReason: Record<string, number> = {};
    for (const [reason, n] of reasons.flatMap(Object.entries<number>)) byReason[reason] = (byReason[reason] ?? 0) + n;

    const sums = 'sum(received), sum(events), sum(duplicates), sum(rejected), sum(bots), sum(time_unknown)';
    const undetermined = ledger.undetermined.messageIds.length;
    const expected = [received, accepted, messages.resent, messages.failed, bots.events, undetermined];
    expect(await row(`SELECT ${sums} FROM data_quality_daily`)).toEqual(expected);
    expect(byReason).toEqual(Object.fromEntries(Object.entries(failed).map(([reason, { count }]) => [reason, count])));
  });

  test('has no day with fewer duplicates than none, and scores within 0 and 100', async () => {
    const scores = ['completeness', 'uniqueness', 'timeliness', 'validity', 'overall'];
    const wrong = scores.map((score) => `${score} NOT BETWEEN 0 AND 100`).join(' OR ');
    expect(await row(`SELECT count(*) FROM data_quality_daily WHERE duplicates < 0 OR ${wrong}`)).toEqual([0]);
  });

  test('counts the orders that name no currency', async () => {
    const nameless = store.deliveries
      .flatMap(({ messages }) => messages)
      .flatMap(({ fate }) =>
        fate.kind === 'accepted' && fate.truth.name === 'Order Completed' ? [fate.truth.order] : [],
      )
      .filter((order) => order?.currency === 'none');
    const [missing] = await row(`
      SELECT sum((1 - order_currency_share) * orders)
      FROM data_quality_daily
      JOIN (SELECT day, count(*) AS orders FROM events WHERE event = 'Order Completed' GROUP BY day) ON day = date`);
    expect(missing).toBeCloseTo(new Set(nameless.map((order) => order?.orderId)).size, 6);
  });
});

describe('people', () => {
  test('a cohort is whole in its first period, and all cohorts are all people', async () => {
    expect(await row('SELECT count(*) FROM retention WHERE period_number = 0 AND active <> cohort_size')).toEqual([0]);
    const [people] = await row('SELECT count(DISTINCT person_key) FROM events WHERE NOT is_bot');
    const sizes = await lake.rows('SELECT sum(cohort_size) FROM retention WHERE period_number = 0 GROUP BY period');
    expect(sizes.map(([size]) => Number(size))).toEqual([people, people, people]);
    expect(await row('SELECT count(*) FROM retention WHERE active > cohort_size OR buyers > active')).toEqual([0]);
  });

  test('stages are those of the built-in segments', async () => {
    const [[asOf] = []] = await lake.rows('SELECT max(as_of) FROM lifecycle');
    for (const [stage, id] of Object.entries({
      new: 'new',
      activated: 'activated',
      active: 'active',
      atRisk: 'at-risk',
    })) {
      const { sql } = membersSql(builtInSegments, `lifecycle-${id}`, { asOf: Date.parse(`${asOf}Z`) });
      const people = await lake.rows(`SELECT person_key FROM lifecycle WHERE stage = '${stage}'`);
      expect(people.flat().sort()).toEqual((await lake.rows(sql)).map(([key]) => key).sort());
    }
    expect(await row('SELECT count(*), sum(orders) FROM lifecycle')).toEqual(
      await row('SELECT count(DISTINCT person_key), (SELECT count(*) FROM orders) FROM events WHERE NOT is_bot'),
    );
  });

  test('customers have the orders that are theirs, and the fifths of the quintiles', async () => {
    expect(await row('SELECT sum(frequency) FROM rfm')).toEqual(
      await row('SELECT count(*) FROM orders WHERE NOT is_cancelled AND person_key IN (SELECT person_key FROM rfm)'),
    );
    const [[asOf] = []] = await lake.rows('SELECT max(as_of) FROM rfm');
    const [quintiles] = await lake.objects(rfmQuintilesSql('USD', { asOf: Date.parse(`${asOf}Z`) }).sql);
    const bounds: number[] = JSON.parse(quintiles?.monetary ?? '');
    expect(await row('SELECT count(*) FROM rfm')).toEqual([Number(quintiles?.customers)]);
    const least = await lake.rows(
      'SELECT min(monetary) FROM rfm WHERE monetary_score > 1 GROUP BY monetary_score ORDER BY 1',
    );
    expect(least.map(([amount]) => Number(amount))).toEqual(bounds);
    const days = await lake.rows(
      'SELECT max(recency_days) FROM rfm WHERE recency_score > 1 GROUP BY recency_score ORDER BY 1',
    );
    expect(days.map(([day]) => Number(day))).toEqual(JSON.parse(quintiles?.recency_days ?? ''));
  });
});

describe('products', () => {
  test('have the units of the ledger, and the views and orders of the other views', async () => {
    const units = await lake.rows('SELECT product_id, units FROM product_performance WHERE units > 0');
    const bought = Object.entries(ledger.unitsByProduct).filter(([, each]) => each > 0);
    expect(Object.fromEntries(units.map(([id, each]) => [id, Number(each)]))).toEqual(Object.fromEntries(bought));
    expect(await row('SELECT sum(views), sum(revenue) FROM product_performance')).toEqual(
      await row("SELECT (SELECT count(*) FROM product_views), sum(amount) FROM order_items WHERE currency = 'USD'"),
    );
  });

  test('are bought together as orders say', async () => {
    const together = `
      SELECT one.product_id AS a, other.product_id AS b, count(DISTINCT one.order_id) AS orders
      FROM order_items AS one JOIN order_items AS other ON one.order_id = other.order_id AND one.product_id < other.product_id
      GROUP BY 1, 2 HAVING count(DISTINCT one.order_id) >= 2 ORDER BY 1, 2`;
    const pairs = await lake.rows('SELECT product_a, product_b, orders_together FROM product_affinity ORDER BY 1, 2');
    expect(pairs).toEqual(await lake.rows(together));
  });
});

test('marketing has every session and every order, and what was paid for them', async () => {
  const sums = 'sum(sessions), sum(orders), sum(new_customers), sum(revenue)';
  const [sessions, orders, newcomers, revenue] = await row(`SELECT ${sums} FROM marketing_performance`);
  expect([orders, revenue]).toEqual([ledger.orders, usd(ledger.revenue)]);
  expect([sessions, newcomers]).toEqual(
    await row('SELECT (SELECT count(*) FROM sessions), count_if(is_first) FROM orders'),
  );
});

test('statistics sum up to what they are of', async () => {
  const stats = await lake.rows('SELECT measure, n, sum FROM descriptive_stats');
  const [n, sum] = (stats.find(([measure]) => measure === 'order_amount') ?? []).slice(1).map(Number);
  expect(sum).toBe(usd(ledger.revenue));
  expect(n).toBe((await row("SELECT count(*) FROM orders WHERE currency = 'USD'"))[0]);
});
