import type { Comparison } from './difference.ts';
import { type Ledger, type Money, moneyOf } from './ledger.ts';
import type { StreamTruth } from './stream.ts';

/** Rows of a query, one by one, each value as text. */
export type Query = (sql: string) => AsyncIterable<Row>;
export type Row = readonly (string | null)[];

/** All rows of a query whose result is small. */
export async function allRows(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** Compares the lake with the ledger, event by event and sum by sum, and with what lies on the stream. */
export async function compareLake(
  ledger: Ledger,
  stream: StreamTruth,
  query: Query,
  comparison: Comparison,
): Promise<void> {
  await events(ledger, query, comparison);
  await failures(ledger, stream, query, comparison);
  await raw(stream, query, comparison);
  await money(ledger, query, comparison);
}

type EventRow = readonly [id: string, key: string, person: string, event: string];

async function events({ events: expected }: Ledger, query: Query, comparison: Comparison): Promise<void> {
  const rows = query('SELECT message_id, profile_key, person_key, event FROM events');
  const seen = new Set<string>();
  for await (const [id, key, person, event] of rows as AsyncIterable<EventRow>) {
    const truth = expected.get(id);
    if (seen.has(id)) comparison.wrong('an event counts twice in the lake', event, id);
    else if (truth === undefined) comparison.wrong('an event that was never sent', event, id);
    else comparison.equal('event', [truth.key, truth.person, truth.event], [key, person, event], id);
    seen.add(id);
  }
  for (const [id, { event }] of expected) {
    if (!seen.has(id)) comparison.equal('an event is lost in the lake', event, undefined, id);
  }
}

async function failures(
  { failed: expected }: Ledger,
  { unreadable }: StreamTruth,
  query: Query,
  comparison: Comparison,
): Promise<void> {
  const rows = query('SELECT coalesce(message_id, concat(shard_id, sequence_number)), reason FROM failed_events');
  const wanted = new Map([...expected, ...[...unreadable].map((place) => [place, 'record_unreadable'] as const)]);
  const seen = new Set<string>();
  for await (const [id, reason] of rows as AsyncIterable<readonly [id: string, reason: string]>) {
    if (seen.has(id)) comparison.wrong('a failed event counts twice', reason, id);
    else comparison.equal('failed event', wanted.get(id), reason, id);
    seen.add(id);
  }
  for (const [id, reason] of wanted) {
    if (!seen.has(id)) comparison.equal('a failed event is lost', reason, undefined, id);
  }
}

/** Each copy that lies on the stream is one row. */
async function raw({ copies, unreadable }: StreamTruth, query: Query, comparison: Comparison): Promise<void> {
  const missing = new Set(copies.keys());
  let withoutId = 0;
  for await (const [id, n] of query('SELECT message_id, count(*) FROM raw GROUP BY message_id')) {
    const copied = copies.get(id ?? '');
    if (id === null) withoutId = Number(n);
    else if (copied === undefined) comparison.wrong('an event as received that is not on the stream', id);
    else comparison.equal('copies of an event as received', copied, Number(n), id ?? '');
    missing.delete(id ?? '');
  }
  comparison.equal('copies of unreadable records', unreadable.size, withoutId);
  for (const id of missing) comparison.equal('copies of an event as received', copies.get(id), 0, id);
}

async function money({ persons }: Ledger, query: Query, comparison: Comparison): Promise<void> {
  const sums = new Map<string, Money & { orders: number }>();
  for (const person of persons.values()) {
    for (const [currency, part] of moneyOf(person)) {
      const sum = sums.get(currency) ?? { revenue: 0, refunded: 0, cancelled: 0, orders: 0 };
      sum.revenue += part.revenue;
      sum.refunded += part.refunded;
      sums.set(currency, sum);
    }
    for (const { isCompleted, currency } of person.orders.values()) {
      const sum = sums.get(currency);
      if (isCompleted && sum !== undefined) sum.orders += 1;
    }
  }
  const rows = await allRows(
    query(`
    SELECT currency, count(*), CAST(sum(amount) * 10000 AS bigint), CAST(sum(refunded) * 10000 AS bigint)
    FROM orders GROUP BY currency`),
  );
  const found = new Map(rows.map(([currency, ...numbers]) => [currency, numbers.map(Number)]));
  for (const [currency, { orders, revenue, refunded }] of sums) {
    comparison.equal(`orders, revenue and refunds in ${currency}`, [orders, revenue, refunded], found.get(currency));
  }
  comparison.equal('currencies of orders', sums.size, found.size);
}
