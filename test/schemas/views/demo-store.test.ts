import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Amounts, Counts } from '../../../infra/local/demo/ledger.ts';
import { named } from '../../../infra/local/demo/reconciliation.ts';
import type { Profile } from '../../../schemas/profile.ts';
import { cleanRecord } from '../../../shared/clean/clean-record.ts';
import { applyTo } from '../../../shared/profile/apply.ts';
import { newProfile } from '../../../shared/profile/new-profile.ts';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import { demoRecords, landDemo } from '../../fixtures/demo-records.ts';
import { theStore } from '../../infra/local/demo/a-store.ts';

const store = theStore();
const { ledger } = store;

let lake: ALake;
beforeAll(async () => {
  lake = await aLake();
  await landDemo(lake, store);
});
afterAll(() => lake[Symbol.asyncDispose]());

/** A query of a key and a number, as an object; amounts in 1/10,000. */
async function counts(sql: string): Promise<Record<string, number>> {
  const rows = await lake.rows(sql);
  return Object.fromEntries(rows.map(([key, n]) => [String(key), Number(n)]));
}
const amounts = (sql: string) => counts(`SELECT key, CAST(amount * 10000 AS bigint) FROM (${sql}) AS t (key, amount)`);
const number = async (sql: string) => Number((await lake.rows(sql))[0]?.[0]);

const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, n) => total + n, 0);

/** Events of a name, without robots'. */
function byPeople(name: string): number {
  const robots = ledger.bots.profileKeys.map((key) => ledger.profiles[key]?.byName[name] ?? 0);
  return (ledger.byName[name] ?? 0) - sum(robots);
}

describe('the demo store in the lake is what the ledger says:', () => {
  test('orders, what was paid for them and paid back, and which were cancelled', async () => {
    expect(await number('SELECT count(*) FROM orders')).toBe(ledger.orders);
    expect(await amounts('SELECT currency, sum(amount) FROM orders GROUP BY 1')).toEqual(named(ledger.revenue));
    expect(await amounts('SELECT currency, sum(amount) FROM refunds GROUP BY 1')).toEqual(named(ledger.refunds));
    expect(await amounts('SELECT currency, sum(refunded) FROM orders WHERE refunded > 0 GROUP BY 1')).toEqual(
      named(ledger.refunds),
    );
    const cancelled = await lake.rows('SELECT order_id FROM orders WHERE is_cancelled ORDER BY 1');
    expect(cancelled.flat()).toEqual(ledger.cancelledOrders.toSorted());
  });

  test('units of each product', async () => {
    const bought = Object.fromEntries(Object.entries(ledger.unitsByProduct).filter(([, units]) => units > 0));
    expect(await counts('SELECT product_id, sum(quantity) FROM order_items GROUP BY 1')).toEqual(bought);
    expect(await number('SELECT sum(units) FROM orders')).toBe(sum(Object.values(bought)));
  });

  test('pages, products looked at, searches, and what was put into carts and taken out', async () => {
    expect(await number('SELECT count(*) FROM page_views')).toBe(byPeople('Page Viewed') + byPeople('Screen Viewed'));
    expect(await number('SELECT count(*) FROM product_views')).toBe(byPeople('Product Viewed'));
    expect(await number('SELECT sum(searches) FROM search_terms')).toBe(byPeople('Products Searched'));
    expect(await number('SELECT sum(items_added) FROM carts')).toBe(byPeople('Product Added'));
    expect(await number('SELECT sum(items_removed) FROM carts')).toBe(byPeople('Product Removed'));
  });

  test('visits by where they came from', async () => {
    const { paid, email, social, organic, referral, direct, app } = ledger.origins;
    const strays = ledger.undetermined.byName['Page Viewed'] ?? 0;
    expect(await counts('SELECT channel, count(*) FROM sessions WHERE page_views > 0 GROUP BY 1')).toEqual({
      paid: paid.visits,
      email: email.visits,
      social: social.visits,
      organic: organic.visits,
      referral: referral.visits,
      direct: direct.visits + app.visits + strays,
    });
  });

  test('the first page of each visit begins its session', async () => {
    const begun = await lake.rows(`
      SELECT message_id FROM page_views JOIN sessions
      ON sessions.person_key = page_views.person_key AND viewed_at = started_at`);
    const first = new Set(begun.flat());
    expect(Object.keys(ledger.entries).filter((messageId) => !first.has(messageId))).toEqual([]);
  });

  test('steps of the funnel: as many sessions with an order as orders, and never more than events', async () => {
    const steps = await counts('SELECT step, count(*) FROM funnels GROUP BY 1');
    expect(steps.order_completed).toBe(ledger.orders);
    expect(await number('SELECT sum(orders) FROM sessions')).toBe(ledger.orders);
    expect(await number('SELECT count(*) FROM carts WHERE ordered')).toBe(ledger.orders);
    expect(steps.checkout_started).toBe(byPeople('Checkout Started'));
    expect(steps.product_viewed).toBeLessThanOrEqual(byPeople('Product Viewed'));
    expect(steps.product_viewed).toBeGreaterThan(steps.product_added ?? 0);
  });

  test('every order is credited whole, by every model', async () => {
    const models = await lake.rows(`
      SELECT model, count(*), max(abs(weight - 1)), count_if(credited <> amount)
      FROM (
        SELECT model, order_id, sum(weight) AS weight, sum(revenue) AS credited
        FROM attribution GROUP BY model, order_id
      ) AS credits
      JOIN (SELECT order_id AS id, CASE WHEN currency = 'USD' THEN amount ELSE 0 END AS amount FROM orders) AS paid
      ON id = order_id
      GROUP BY model ORDER BY model`);
    expect(models.map(([model, orders, error, wrong]) => [model, Number(orders), Number(error) < 1e-9, wrong])).toEqual(
      ['first', 'last', 'linear', 'position', 'time_decay'].map((model) => [model, ledger.orders, true, '0']),
    );
  });

  test('touches are sessions', async () => {
    const odd = await number(`
      SELECT count(*) FROM attribution LEFT JOIN sessions ON sessions.session_id = attribution.session_id
      WHERE sessions.channel IS NULL OR sessions.channel <> attribution.channel OR started_at <> touched_at
        OR coalesce(sessions.source, '') <> coalesce(attribution.source, '')`);
    expect(odd).toBe(0);
  });
});

/** The profile of each person, folded from all that came under any of their keys. */
function foldedPeople(): Profile[] {
  const people = new Map<string, Profile>();
  const seen = new Set<string>();
  for (const record of demoRecords(store)) {
    for (const { outcome } of cleanRecord(record).items) {
      if (!outcome.ok || seen.has(outcome.event.messageId)) continue;
      seen.add(outcome.event.messageId);
      const key = ledger.identities[outcome.event.profileKey] ?? outcome.event.profileKey;
      const profile = people.get(key) ?? newProfile(key, outcome.event.eventTime);
      people.set(key, profile);
      applyTo(profile, outcome.event);
    }
  }
  return [...people.values()];
}

const without = (amounts: Amounts): Amounts => Object.fromEntries(Object.entries(amounts).filter(([, n]) => n !== 0));

describe('the demo store in the lake is what its profiles say:', () => {
  const people = foldedPeople();

  test('orders, paid, paid back and cancelled, of each person and currency', async () => {
    const expected: Counts = {};
    for (const { key, orders } of people) {
      if (orders.count > 0) expected[`${key} orders`] = orders.count;
      if (orders.cancelledCount > 0) expected[`${key} cancelled orders`] = orders.cancelledCount;
      for (const [currency, { revenue, refunded, cancelled }] of orders.totals) {
        expected[`${key} paid ${currency}`] = revenue;
        expected[`${key} back ${currency}`] = refunded;
        expected[`${key} cancelled ${currency}`] = cancelled;
      }
    }
    const found = {
      ...(await counts("SELECT person_key || ' orders', count(*) FROM orders GROUP BY 1")),
      ...(await counts("SELECT person_key || ' cancelled orders', count(*) FROM orders WHERE is_cancelled GROUP BY 1")),
      ...(await amounts("SELECT person_key || ' paid ' || currency, sum(amount) FROM orders GROUP BY 1")),
      ...(await amounts("SELECT person_key || ' back ' || currency, sum(amount) FROM refunds GROUP BY 1")),
      ...(await amounts(`
        SELECT person_key || ' cancelled ' || currency, sum(greatest(amount - refunded, 0)) FROM orders
        WHERE is_cancelled GROUP BY 1`)),
    };
    expect(without(found)).toEqual(without(expected));
  });

  test('the first and the last touch of each person', async () => {
    const rows = await lake.objects(`
      SELECT person_key, first_channel, first_campaign, to_iso8601(first_touch_at) AS first_at, last_channel,
        last_medium, to_iso8601(last_touch_at) AS last_at FROM acquisition`);
    const iso = (time: number | undefined) => (time === undefined ? null : new Date(time).toISOString().slice(0, -1));
    const expected = people
      .filter(({ eventCount, botEventCount }) => botEventCount < eventCount)
      .map(({ key, firstTouch, lastTouch }) => ({
        person_key: key,
        first_channel: firstTouch?.channel ?? null,
        first_campaign: firstTouch?.campaign ?? null,
        first_at: iso(firstTouch?.time),
        last_channel: lastTouch?.channel ?? null,
        last_medium: lastTouch?.medium ?? null,
        last_at: iso(lastTouch?.time),
      }));
    const byKey = (one: { person_key?: string | null }, other: { person_key?: string | null }) =>
      String(one.person_key) < String(other.person_key) ? -1 : 1;
    expect(rows.sort(byKey)).toEqual(expected.sort(byKey));
  });
});
