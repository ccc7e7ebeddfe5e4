import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAudienceLists } from '../../../functions/adapters/audience-lists.ts';
import { createAudienceStore } from '../../../functions/adapters/audience-store.ts';
import type { Item } from '../../../functions/adapters/dynamodb.ts';
import { transitionItems } from '../../../functions/adapters/transition-items.ts';
import type { Transition } from '../../../schemas/stream/control.ts';
import { ARRIVAL } from '../../fixtures/events.ts';
import { aTransition } from '../../fixtures/transitions.ts';
import { MemoryDynamoDb } from './memory-dynamodb.ts';

const { profileId } = aTransition();

function aTable() {
  const table = new MemoryDynamoDb('pk', 'sk');
  const lists = createAudienceLists(table.client, 'audience');
  const walk = async (limit: number): Promise<Transition[]> => {
    const found: Transition[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await lists.listTransitions(profileId, { limit, cursor });
      expect(page.items.length).toBe(page.nextCursor === null ? page.items.length : limit);
      found.push(...page.items);
      if (page.nextCursor === null) return found;
      cursor = page.nextCursor;
    }
  };
  return { table, store: createAudienceStore(table.client, 'audience', () => ARRIVAL), walk };
}

const bytesOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, { S = '', N = '' }]) => sum + Buffer.byteLength(name + S + N), 0);

test('what one batch brings a person takes one write unit for as much as a visit changes', () => {
  const cause = { type: 'event', event: 'Page Viewed', messageId: crypto.randomUUID(), time: ARRIVAL } as const;
  const segments = Array.from({ length: 16 }, (_, n) => `lifecycle-at-risk-${n}`);
  const visit = segments.map((segmentId, n) => aTransition({ n: n + 1, segmentId, cause }));
  const items = transitionItems(visit, ARRIVAL);
  expect(items).toHaveLength(1);
  expect(Math.ceil(bytesOf(items[0] as Item) / 1024)).toBe(1);
});

test('lists every transition once, the newest first, however the stream was cut and copied', async () => {
  const count = 50;
  const all = Array.from({ length: count }, (_, n) =>
    aTransition({ n: n + 1, segmentId: `s-${n % 7}`, to: n % 2 === 0 ? 'entered' : 'exited' }),
  );
  const slice = fc.array(fc.tuple(fc.nat(count - 1), fc.integer({ min: 1, max: 30 })), { minLength: 1, maxLength: 4 });
  const runs = fc.tuple(fc.array(slice, { maxLength: 12 }), fc.integer({ min: 1, max: 60 }));
  await fc.assert(
    fc.asyncProperty(runs, async ([slices, limit]) => {
      const { store, walk } = aTable();
      const written = new Set<number>();
      for (const parts of slices) {
        const transitions = parts.flatMap(([from, length]) => all.slice(from, from + length));
        await store.writeTransitions([...transitions, aTransition({ key: 'user:bob' })]);
        for (const { n } of transitions) written.add(n);
      }
      expect(await walk(limit)).toEqual(all.filter(({ n }) => written.has(n)).toReversed());
    }),
    { numRuns: 300 },
  );
});

test('the newest comes first, also when many shorter items begin after the one that holds it', async () => {
  const { store, walk } = aTable();
  const all = Array.from({ length: 20 }, (_, n) => aTransition({ n: n + 1 }));
  await store.writeTransitions(all.slice(4));
  for (let first = 6; first < 20; first += 1) {
    for (let end = first; end < 20; end += 1) await store.writeTransitions(all.slice(first - 1, end));
  }
  expect(await walk(1)).toEqual(all.slice(4).toReversed());
});

test('a copy of a part of what an item holds takes nothing from it', async () => {
  const { store, walk } = aTable();
  const all = [1, 2, 3].map((n) => aTransition({ n }));
  await store.writeTransitions(all);
  for (const copy of [[all[0]], [all[0], all[2]], [all[1]]]) await store.writeTransitions(copy as Transition[]);
  expect(await walk(10)).toEqual(all.toReversed());
});

test('a person whose home has another key keeps both in the list', async () => {
  const { store, walk } = aTable();
  const moved = { ...aTransition({ key: 'user:ann', n: 2 }), profileId, id: `${profileId}-2` };
  await store.writeTransitions([aTransition(), moved]);
  expect(await walk(10)).toEqual([moved, aTransition()]);
});

test('lists what version 0.1 has written', async () => {
  const { table, store, walk } = aTable();
  for (const n of [1, 2]) {
    const sk = { S: String(n).padStart(12, '0') };
    const item = { pk: { S: `profile#${profileId}` }, sk, transition: { S: JSON.stringify(aTransition({ n })) } };
    table.items.set(`${item.pk.S}\n${sk.S}`, item);
  }
  await store.writeTransitions([aTransition({ n: 3 })]);
  expect(await walk(2)).toEqual([3, 2, 1].map((n) => aTransition({ n })));
});
