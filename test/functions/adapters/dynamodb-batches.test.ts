import { expect, test } from 'vitest';
import type { DynamoDb } from '../../../functions/adapters/dynamodb.ts';
import {
  deleteItems,
  type Item,
  LeftUndoneError,
  readItems,
  writeItems,
} from '../../../functions/adapters/dynamodb-batches.ts';
import { MemoryDynamoDb } from './memory-dynamodb.ts';

const items = (count: number): Item[] =>
  Array.from({ length: count }, (_, n) => ({ pk: { S: 'p' }, sk: { S: String(n) }, n: { N: String(n) } }));
const keyOf = ({ pk, sk }: Item): Item => ({ pk: pk as never, sk: sk as never });

test('writes, reads and deletes any number of items', async () => {
  const table = new MemoryDynamoDb('pk', 'sk');
  await writeItems(table.client, 'table', items(230));
  expect(await readItems(table.client, 'table', items(230).map(keyOf))).toHaveLength(230);
  await deleteItems(table.client, 'table', items(229).map(keyOf));
  expect(await readItems(table.client, 'table', items(230).map(keyOf))).toEqual([items(230)[229]]);
});

/** A table that takes only the first of each call, at most `times` calls. */
function throttled(times: number) {
  const done: unknown[] = [];
  const send = async (_: string, input: { RequestItems: Record<string, unknown> }) => {
    const [[name, requests] = ['', []]] = Object.entries(input.RequestItems);
    const all = Array.isArray(requests) ? requests : (requests as { Keys: Item[] }).Keys;
    const [first, ...rest] = all;
    const isOpen = done.length < times;
    if (isOpen) done.push(first);
    const left = isOpen ? rest : all;
    return Array.isArray(requests)
      ? { UnprocessedItems: left.length > 0 ? { [name]: left } : {} }
      : {
          Responses: { [name]: isOpen ? [first] : [] },
          UnprocessedKeys: left.length > 0 ? { [name]: { Keys: left } } : {},
        };
  };
  return { done, client: send as unknown as DynamoDb };
}

test('asks again for what DynamoDB left undone', async () => {
  const { client, done } = throttled(100);
  await writeItems(client, 'table', items(5));
  expect(done).toEqual(items(5).map((item) => ({ PutRequest: { Item: item } })));
  expect(await readItems(client, 'table', items(5).map(keyOf))).toHaveLength(5);
});

test('gives up on a table that stays throttled', async () => {
  await expect(writeItems(throttled(1).client, 'table', items(3))).rejects.toThrow(LeftUndoneError);
});
