import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import type { TableStore } from '../../../../../infra/local/services/dynamodb/drafting.ts';
import { lockItems, type Place } from '../../../../../infra/local/services/dynamodb/item-locks.ts';

const newStore = () =>
  (createRequire(import.meta.url)('dynalite/db') as { create(options: object): TableStore }).create({});
const place = (table: string, key: string): Place => ({ table, key });
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

test('who wants items of two tables in another order waits, and comes through', async () => {
  const store = newStore();
  const order: string[] = [];
  const hold = async (name: string, places: readonly Place[]) => {
    const release = await lockItems(store, places);
    order.push(`${name} begins`);
    await turns(3);
    order.push(`${name} ends`);
    release();
  };
  const [a, b, c] = [place('one', 'a'), place('two', 'b'), place('two', 'c')];
  await Promise.all([hold('first', [a, b, c]), hold('second', [c, b, a]), hold('third', [b])]);
  expect(order).toEqual(['first', 'second', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]));
});

test('one who writes an item alone waits for the lock as well, and others do not', async () => {
  const store = newStore();
  const release = await lockItems(store, [place('one', 'a'), place('one', 'b')]);
  const got: string[] = [];
  for (const key of ['a', 'c']) {
    const { lock } = store.getItemDb('one') as unknown as { lock(key: string, run: () => void): void };
    lock(key, () => void got.push(key));
  }
  await turns(3);
  expect(got).toEqual(['c']);
  release();
  await turns(3);
  expect(got).toEqual(['c', 'a']);
});
