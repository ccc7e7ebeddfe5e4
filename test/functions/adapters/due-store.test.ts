import { expect, test } from 'vitest';
import { createDueStore, minuteOf, PARTS, removeDue, SETTLE_MS } from '../../../functions/adapters/due-store.ts';
import { itemSize } from '../../../infra/local/gateway/billing-item-size.ts';
import { MemoryDynamoDb } from './memory-dynamodb.ts';

const NOW = Date.parse('2026-03-02T10:00:30Z');
const SETTLED = NOW + SETTLE_MS;

function aDueStore() {
  const clock = { now: NOW };
  const table = new MemoryDynamoDb('bucket', 'due');
  const store = createDueStore(table.client, 'due', () => clock.now);
  const keysAt = async (now: number, minute = minuteOf(now)) => {
    const parts = await Promise.all(Array.from({ length: PARTS }, (_, part) => store.page(minute, part, now)));
    return parts
      .flat()
      .map(({ key }) => key)
      .sort();
  };
  return { clock, table, store, keysAt };
}

test('an entry is due from its moment on', async () => {
  const { store, keysAt } = aDueStore();
  const due = NOW + 10_000;
  await store.arm(due, 'user:ada');
  expect(await keysAt(due - 1)).toEqual([]);
  expect(await keysAt(due)).toEqual(['user:ada']);
});

test('a moment that has passed is due now, where the sweeper looks', async () => {
  const { store, keysAt } = aDueStore();
  await store.arm(NOW - 86_400_000, 'user:ada');
  expect(await keysAt(SETTLED)).toEqual(['user:ada']);
});

test('an entry that was armed just now waits until the profile has surely been written', async () => {
  const { store, keysAt } = aDueStore();
  await store.arm(NOW, 'user:ada');
  expect(await keysAt(SETTLED - 1)).toEqual([]);
  expect(await keysAt(SETTLED)).toEqual(['user:ada']);
});

test('says how long an entry has waited', async () => {
  const { store } = aDueStore();
  await store.arm(NOW + 10_000, 'user:ada');
  await store.arm(NOW, 'user:bob');
  const parts = await Promise.all(
    Array.from({ length: PARTS }, (_, part) => store.page(minuteOf(NOW), part, NOW + 20_000)),
  );
  const since = Object.fromEntries(parts.flat().map((entry) => [entry.key, entry.since]));
  expect(since).toEqual({ 'user:ada': NOW + 10_000, 'user:bob': SETTLED });
});

test('an entry that is armed again while it is swept stays', async () => {
  const { store, clock, keysAt } = aDueStore();
  const due = NOW + 10_000;
  await store.arm(due, 'user:ada');
  const pages = await Promise.all(Array.from({ length: PARTS }, (_, part) => store.page(minuteOf(due), part, due)));
  clock.now = due - 1;
  await store.arm(due, 'user:ada');
  await store.remove(pages.flat());
  expect(await keysAt(due + SETTLE_MS, minuteOf(due))).toEqual(['user:ada']);
});

test('finds all of a full minute, page by page, those due longest first', async () => {
  const { store } = aDueStore();
  await Promise.all(Array.from({ length: 2_500 }, (_, n) => store.arm(NOW + (n % 20_000), `user:${n}`)));
  const keys: string[] = [];
  for (let part = 0; part < PARTS; part += 1) {
    for (;;) {
      const entries = await store.page(minuteOf(NOW), part, NOW + 29_000);
      expect(entries.length).toBeLessThanOrEqual(500);
      expect(entries.map(({ due }) => due)).toEqual(entries.map(({ due }) => due).toSorted());
      if (entries.length === 0) break;
      keys.push(...entries.map(({ key }) => key));
      await store.remove(entries);
    }
  }
  expect(keys.sort()).toEqual(Array.from({ length: 2_500 }, (_, n) => `user:${n}`).sort());
});

test('what is due far from now within half a minute, and is armed at once, is one entry', async () => {
  const { store, table, keysAt } = aDueStore();
  const far = Math.ceil((NOW + 86_400_000) / 30_000) * 30_000;
  await Promise.all(Array.from({ length: 10 }, (_, n) => store.arm(far + n * 1_000, `user:${n}`)));
  expect(table.in('')).toHaveLength(1);
  const keys = Array.from({ length: 10 }, (_, n) => `user:${n}`);
  expect(await keysAt(far + 8_999)).toEqual([]);
  expect(await keysAt(far + 9_000)).toEqual(keys);
  const pages = await Promise.all(
    Array.from({ length: PARTS }, (_, part) => store.page(minuteOf(far), part, far + 9_000)),
  );
  await store.remove(pages.flat());
  expect(table.in('')).toEqual([]);
});

test('an entry takes about a write unit, however many are due at once', async () => {
  const { store, table } = aDueStore();
  const midnight = Date.parse('2026-04-02T00:00:00Z');
  await Promise.all(
    Array.from({ length: 500 }, (_, n) => store.arm(midnight, `anonymous:${String(n).padStart(36, '0')}`)),
  );
  const sizes = table.in('').map((item) => itemSize(item as never));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1_024);
  expect(sizes.length).toBeLessThanOrEqual(30);
});

test('an entry of several loses those who are erased, and goes with the last', async () => {
  const { store, table, keysAt } = aDueStore();
  const far = NOW + 86_400_000;
  await Promise.all(['user:ada', 'user:bob'].map((key) => store.arm(far, key)));
  const [entry] = table.in('');
  await removeDue(table.client, 'due', [{ ...entry, keys: { L: [{ S: 'user:bob' }] } }]);
  expect(await keysAt(far)).toEqual(['user:bob']);
  await removeDue(table.client, 'due', [{ bucket: entry?.bucket as never, due: entry?.due as never }]);
  expect(table.in('')).toEqual([]);
});

test('spreads a minute over its parts', async () => {
  const { store, table } = aDueStore();
  await Promise.all(Array.from({ length: 400 }, (_, n) => store.arm(NOW, `user:${n}`)));
  for (let part = 0; part < PARTS; part += 1) {
    expect(table.in(`${minuteOf(NOW)}#${part}`).length).toBeGreaterThan(60);
  }
});

test('takes a key of any length', async () => {
  const { store, keysAt } = aDueStore();
  const key = `user:${'ü'.repeat(2_000)}`;
  await store.arm(NOW, key);
  expect(await keysAt(SETTLED)).toEqual([key]);
});

test('an entry goes by itself after a month, should nobody sweep it', async () => {
  const { store, table } = aDueStore();
  await store.arm(NOW + 86_400_000, 'user:ada');
  expect(Number(table.in('')[0]?.expiresAt?.N)).toBe((NOW + 31 * 86_400_000) / 1000);
});

test('remembers how far all was swept', async () => {
  const { store } = aDueStore();
  expect(await store.readCursor()).toBeUndefined();
  await store.writeCursor(123);
  expect(await store.readCursor()).toBe(123);
});
