import { DEFAULT_CURRENCY } from '../../../schemas/event/vocabulary.ts';
import type { Amounts, Ledger } from './ledger.ts';

/** One total of the ledger beside what the lake holds. Amounts are in 1/10,000 of the currency unit. */
export interface Comparison {
  readonly what: string;
  readonly ledger: number;
  readonly lake: number;
}

type Row = Readonly<Record<string, string | null>>;
export type Query = (sql: string) => Promise<readonly Row[]>;

/** Compares every total of the ledger with the lake, line by line. Equal numbers mean: nothing lost, nothing double. */
export async function reconcile(ledger: Ledger, query: Query): Promise<Comparison[]> {
  return [
    ...(await events(ledger, query)),
    ...(await days(ledger, query)),
    ...(await orders(ledger, query)),
    ...(await failures(ledger, query)),
    ...(await people(ledger, query)),
  ];
}

export const differences = (comparisons: readonly Comparison[]): Comparison[] =>
  comparisons.filter(({ ledger, lake }) => ledger !== lake);

async function events(ledger: Ledger, query: Query): Promise<Comparison[]> {
  const rows = await query('SELECT type, event, is_bot, count(*) AS n FROM events GROUP BY 1, 2, 3');
  const sum = (key: (row: Row) => string) => totals(rows.map((row) => [key(row), Number(row.n)]));
  return [
    { what: 'events', ledger: ledger.accepted, lake: sum(() => 'all').all ?? 0 },
    ...compare(
      'events of type',
      ledger.byType,
      sum(({ type }) => String(type)),
    ),
    ...compare(
      'events named',
      ledger.byName,
      sum(({ event }) => String(event)),
    ),
    { what: 'events of bots', ledger: ledger.bots.events, lake: sum(({ is_bot }) => String(is_bot)).true ?? 0 },
  ];
}

/** Events of broken clocks are left out: their day is that of their arrival. */
async function days(ledger: Ledger, query: Query): Promise<Comparison[]> {
  const rows = await query(`
    SELECT date_format(event_time, '%Y-%m-%d') AS day, event, count(*) AS n FROM events
    WHERE flags NOT LIKE '%time_clamped%' GROUP BY 1, 2`);
  const expected = Object.entries(ledger.byDay).flatMap(([day, counts]) =>
    Object.entries(counts).map(([event, n]) => [`${day} ${event}`, n] as const),
  );
  return compare(
    'events on',
    Object.fromEntries(expected),
    totals(rows.map((row) => [`${row.day} ${row.event}`, Number(row.n)])),
  );
}

async function orders(ledger: Ledger, query: Query): Promise<Comparison[]> {
  const rows = await query(`
    SELECT event, currency, count(DISTINCT order_id) AS n, CAST(sum(coalesce(total, revenue)) * 10000 AS bigint) AS amount
    FROM events WHERE event IN ('Order Completed', 'Order Refunded', 'Order Cancelled') GROUP BY 1, 2`);
  const of = (event: string) => rows.filter((row) => row.event === event);
  const count = (event: string) => of(event).reduce((sum, { n }) => sum + Number(n), 0);
  const amounts = (event: string) =>
    totals(of(event).map(({ currency, amount }) => [String(currency), Number(amount)]));
  return [
    { what: 'orders', ledger: ledger.orders, lake: count('Order Completed') },
    { what: 'orders refunded', ledger: ledger.refundedOrders, lake: count('Order Refunded') },
    { what: 'orders cancelled', ledger: ledger.cancelledOrders.length, lake: count('Order Cancelled') },
    ...compare('revenue in', named(ledger.revenue), amounts('Order Completed')),
    ...compare('refunds in', named(ledger.refunds), amounts('Order Refunded')),
  ];
}

async function failures(ledger: Ledger, query: Query): Promise<Comparison[]> {
  const rows = await query('SELECT reason, count(*) AS n FROM failed_events GROUP BY 1');
  const expected = Object.fromEntries(Object.entries(ledger.failed).map(([reason, { count }]) => [reason, count]));
  return compare('failed for', expected, totals(rows.map(({ reason, n }) => [String(reason), Number(n)])));
}

/** Events of each person, whatever id they came under. */
async function people(ledger: Ledger, query: Query): Promise<Comparison[]> {
  const rows = await query('SELECT person_key, count(*) AS n FROM events GROUP BY 1');
  const expected = Object.entries(ledger.persons).map(([key, { events }]) => [key, events]);
  const lake = totals(rows.map(({ person_key, n }) => [String(person_key), Number(n)]));
  return compare('events of', Object.fromEntries(expected), lake);
}

/** Amounts by the currency that they are counted in. */
export function named(amounts: Amounts): Amounts {
  return totals(
    Object.entries(amounts).map(([currency, amount]) => [currency === 'none' ? DEFAULT_CURRENCY : currency, amount]),
  );
}

function totals(entries: readonly (readonly [string, number])[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [key, n] of entries) sums[key] = (sums[key] ?? 0) + n;
  return sums;
}

function compare(what: string, ledger: Record<string, number>, lake: Record<string, number>): Comparison[] {
  const keys = new Set([...Object.keys(ledger), ...Object.keys(lake)]);
  return [...keys].sort().map((key) => ({ what: `${what} ${key}`, ledger: ledger[key] ?? 0, lake: lake[key] ?? 0 }));
}
