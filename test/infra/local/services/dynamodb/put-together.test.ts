import { expect, test } from 'vitest';
import { type BatchWriter, putTogether } from '../../../../../infra/local/services/dynamodb/put-together.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A store whose writes end when a test says so. */
function aStore() {
  const writes: { readonly keys: string[]; readonly end: (error?: Error) => void }[] = [];
  const db: BatchWriter = {
    batch: (puts, done) => writes.push({ keys: puts.map(({ key }) => key), end: (error) => done(error ?? null) }),
  };
  const told: [key: string, error: unknown][] = [];
  const write = putTogether(db);
  return { writes, told, put: (key: string) => write(key, {}, (error) => told.push([key, error])) };
}

test('writes together what is put at once, and what is put during a write', async () => {
  const { writes, put } = aStore();
  for (const key of ['a', 'b']) put(key);
  await turn();
  for (const key of ['c', 'd']) put(key);
  await turn();
  expect(writes.map(({ keys }) => keys)).toEqual([['a', 'b']]);
  writes[0]?.end();
  expect(writes.map(({ keys }) => keys)).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});

test('tells each when its own write is done, and that it failed', async () => {
  const { writes, told, put } = aStore();
  put('a');
  await turn();
  put('b');
  expect(told).toEqual([]);
  const error = new Error('full');
  writes[0]?.end(error);
  expect(told).toEqual([['a', error]]);
  writes[1]?.end();
  expect(told).toEqual([
    ['a', error],
    ['b', null],
  ]);
  put('c');
  await turn();
  expect(writes).toHaveLength(3);
});
