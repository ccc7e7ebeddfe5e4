import { afterEach, describe, expect, it } from 'vitest';
import { dayOf } from '../../../../infra/local/demo/calendar.ts';
import { replay } from '../../../../infra/local/demo/replay.ts';
import { aSmallStore, theStore } from './a-store.ts';
import { type Arrived, type CapturingServer, openCapturingServer } from './captured.ts';

let server: CapturingServer;
afterEach(() => server.close());

const settings = () => ({ apiUrl: server.url, writeKey: 'wk_local', now: () => new Date() });
const timeOf = ({ receivedAt, message }: Arrived): number => {
  const claimed = (message.originalTimestamp ?? message.timestamp) as string;
  return receivedAt - (Date.parse(message.sentAt as string) - Date.parse(claimed));
};
const idOf = ({ message }: Arrived) => message.messageId as string;
const once = (arrived: readonly Arrived[]) => [...new Map(arrived.map((item) => [idOf(item), item])).values()];
const amountOf = (value: unknown) => Math.round(Number(value) * 10_000);

function count<T>(items: readonly T[], key: (item: T) => string, amount: (item: T) => number = () => 1) {
  const sums: Record<string, number> = {};
  for (const item of items) sums[key(item)] = (sums[key(item)] ?? 0) + amount(item);
  return sums;
}

describe('replay', () => {
  it('puts on the wire what the ledger says: messages, true times, profiles and money', async () => {
    const { ledger, ...store } = theStore();
    server = await openCapturingServer();

    const report = await replay(store, settings());

    expect(report.unexpected).toEqual([]);
    expect(report.refused).toBe(ledger.messages.refused);
    expect(report.sent).toBe(ledger.messages.sent - ledger.messages.refused);
    expect(server.requests.count).toBe(ledger.requests.total);
    const failedIds = new Set(Object.values(ledger.failed).flatMap(({ messageIds }) => messageIds));
    const events = once(server.arrived.filter((item) => item.message.messageId && !failedIds.has(idOf(item))));
    expect(events.length).toBe(ledger.accepted);

    const undetermined = new Set(ledger.undetermined.messageIds);
    const timed = events.filter((item) => !undetermined.has(idOf(item)));
    const days = Object.entries(ledger.byDay).map(([day, names]) => [
      day,
      Object.values(names).reduce((a, b) => a + b, 0),
    ]);
    expect(count(timed, (item) => dayOf(timeOf(item)))).toEqual(Object.fromEntries(days));

    const keyOf = ({ message }: Arrived) =>
      message.userId ? `user:${message.userId}` : `anonymous:${message.anonymousId}`;
    const profiles = Object.entries(ledger.profiles).map(([key, { events: n }]) => [key, n]);
    expect(count(events, keyOf)).toEqual(Object.fromEntries(profiles));

    const orders = events.filter(({ message }) => /^(Order Completed|Completed Order)$/.test(String(message.event)));
    const properties = ({ message }: Arrived) => message.properties as Record<string, unknown>;
    const currencyOf = (item: Arrived) =>
      String(properties(item).currency ?? 'none')
        .trim()
        .replace(/^[a-z]{3}$/, (code) => (code === 'none' ? code : code.toUpperCase()));
    expect(count(orders, currencyOf, (item) => amountOf(properties(item).total ?? properties(item).revenue))).toEqual(
      ledger.revenue,
    );
    const units = orders.flatMap((item) => properties(item).products as { product_id: string; quantity: number }[]);
    expect(
      count(
        units,
        ({ product_id }) => product_id,
        ({ quantity }) => quantity,
      ),
    ).toEqual(ledger.unitsByProduct);
  });

  it("keeps a person's first and last event within a second of the true time", async () => {
    const { ledger, ...store } = aSmallStore();
    server = await openCapturingServer();

    await replay(store, settings());

    const times = Map.groupBy(once(server.arrived), ({ message }) => `user:${message.userId}`);
    const users = Object.entries(ledger.profiles).filter(([key]) => key.startsWith('user:'));
    expect(users.length).toBeGreaterThan(5);
    for (const [key, profile] of users) {
      const own = (times.get(key) ?? []).map(timeOf);
      expect(Math.abs(Math.min(...own) - Date.parse(profile.firstSeen as string))).toBeLessThan(1000);
      expect(Math.abs(Math.max(...own) - Date.parse(profile.lastSeen as string))).toBeLessThan(1000);
    }
  });

  it('sends again after 429 and 503, and loses nothing', async () => {
    const { ledger, ...store } = aSmallStore();
    server = await openCapturingServer((n) => (n % 11 === 3 ? 503 : n % 17 === 5 ? 429 : undefined));

    const report = await replay(store, settings());

    expect(report.unexpected).toEqual([]);
    expect(server.requests.count).toBeGreaterThan(ledger.requests.total);
    expect(report.sent + report.refused).toBe(ledger.messages.sent);
  });

  it('reports answers that differ from what the store expects', async () => {
    const { ledger, ...store } = aSmallStore();
    server = await openCapturingServer();
    const deliveries = store.deliveries.filter(({ expected }) => expected === 200);
    const wrong = deliveries.map((delivery) => ({ ...delivery, expected: 200 as const })).slice(0, 6);

    const report = await replay({ deliveries: wrong }, { ...settings(), writeKey: 'wk_other' });

    expect(report.unexpected.length).toBe(6);
    expect(report.unexpected.every(({ status }) => status === 401)).toBe(true);
    expect(report.sent).toBe(0);
    expect(ledger.accepted).toBeGreaterThan(0);
  });

  it('tells its progress up to the end', async () => {
    const { ledger, ...store } = aSmallStore();
    server = await openCapturingServer();
    const seen: number[] = [];

    await replay(store, { ...settings(), concurrency: 2, onProgress: (done) => seen.push(done) });

    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(ledger.messages.sent);
  });
});
