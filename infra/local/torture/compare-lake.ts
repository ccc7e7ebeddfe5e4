import type { Comparison } from './difference.ts';
import { type Ledger, type Money, moneyOf } from './ledger.ts';
import type { StreamTruth } from './stream.ts';

/** Rows of a query, each value as text. */
export type Query = (sql: string) => Promise<readonly (readonly (string | null)[])[]>;

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

async function events({ events: expected }: Ledger, query: Query, comparison: Comparison): Promise<void> {
  const rows = await query('SELECT message_id, profile_key, person_key, event FROM events');
  const seen = new Set<string>();
  for (const [id = '', key, person, event] of rows as string[][]) {
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
  const rows = await query('SELECT coalesce(message_id, concat(shard_id, sequence_number)), reason FROM failed_events');
  const wanted = new Map([...expected, ...[...unreadable].map((place) => [place, 'record_unreadable'] as const)]);
  const seen = new Set<string>();
  for (const [id = '', reason] of rows as string[][]) {
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
  const rows = await query('SELECT message_id, count(*) FROM raw GROUP BY message_id');
  const found = new Map(rows.map(([id, n]) => [id ?? '', Number(n)]));
  comparison.equal('copies of unreadable records', unreadable.size, found.get('') ?? 0);
  for (const [id, n] of copies) comparison.equal('copies of an event as received', n, found.get(id) ?? 0, id);
  for (const id of found.keys()) {
    if (id !== '' && !copies.has(id)) comparison.wrong('an event as received that is not on the stream', id);
  }
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
  const rows = await query(`
    SELECT currency, count(*), CAST(sum(amount) * 10000 AS bigint), CAST(sum(refunded) * 10000 AS bigint)
    FROM orders GROUP BY currency`);
  const found = new Map(rows.map(([currency, ...numbers]) => [currency, numbers.map(Number)]));
  for (const [currency, { orders, revenue, refunded }] of sums) {
    comparison.equal(`orders, revenue and refunds in ${currency}`, [orders, revenue, refunded], found.get(currency));
  }
  comparison.equal('currencies of orders', sums.size, found.size);
}
