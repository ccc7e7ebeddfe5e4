import assert from 'node:assert/strict';
import { refused, rules } from '../case.ts';
import type { Target } from '../target.ts';

const invalid = 'ValidationException';
const api = (operation: string) => `amazondynamodb/latest/APIReference/API_${operation}.html`;

async function keys({ table, fresh }: Target, count: number) {
  const TableName = await table();
  const prefix = fresh();
  return { TableName, Keys: Array.from({ length: count }, (_, index) => ({ id: { S: `${prefix}/${index}` } })) };
}

export const batchReads = rules('dynamodb', 'batch reads', api('BatchGetItem'), {
  'up to 100 keys are read at once, those that are not there left out': async (target) => {
    const { TableName, Keys } = await keys(target, 100);
    await target.dynamodb.putItem({ TableName, Item: { ...Keys[42], n: { N: '1' } } });
    const answer = await target.dynamodb.batchGetItem({
      RequestItems: { [TableName]: { Keys, ConsistentRead: true } },
    });
    assert.deepEqual(answer.Responses?.[TableName], [{ ...Keys[42], n: { N: '1' } }]);
    assert.deepEqual(answer.UnprocessedKeys, {});
  },
  'more than 100 keys are refused': async (target) => {
    const { TableName, Keys } = await keys(target, 101);
    await refused(target.dynamodb.batchGetItem({ RequestItems: { [TableName]: { Keys } } }), invalid);
  },
  'the same key twice is refused': async (target) => {
    const { TableName, Keys } = await keys(target, 1);
    const RequestItems = { [TableName]: { Keys: [...Keys, ...Keys] } };
    await refused(target.dynamodb.batchGetItem({ RequestItems }), invalid);
  },
  'a projection gives only what it names': async (target) => {
    const { TableName, Keys } = await keys(target, 1);
    await target.dynamodb.putItem({ TableName, Item: { ...Keys[0], a: { N: '1' }, b: { N: '2' } } });
    const RequestItems = { [TableName]: { Keys, ProjectionExpression: 'a' } };
    assert.deepEqual((await target.dynamodb.batchGetItem({ RequestItems })).Responses?.[TableName], [
      { a: { N: '1' } },
    ]);
  },
  'an answer holds 16 MB at most, and names the keys that it left': async (target) => {
    const { TableName, Keys } = await keys(target, 46);
    const body = { B: new Uint8Array(380_000).fill(7) };
    for (let from = 0; from < Keys.length; from += 8) {
      await Promise.all(
        Keys.slice(from, from + 8).map((key) => target.dynamodb.putItem({ TableName, Item: { ...key, body } })),
      );
    }
    const { Responses, UnprocessedKeys } = await target.dynamodb.batchGetItem({
      RequestItems: { [TableName]: { Keys, ConsistentRead: true } },
    });
    const [got, left] = [Responses?.[TableName]?.length ?? 0, UnprocessedKeys?.[TableName]?.Keys?.length ?? 0];
    assert.ok(got > 0 && left > 0 && got * 380_000 <= 16 * 1024 * 1024, `it gave ${got} items and left ${left}`);
    assert.equal(got + left, Keys.length);
    for (const Key of Keys) await target.dynamodb.deleteItem({ TableName, Key });
  },
});

export const batchWrites = rules('dynamodb', 'batch writes', api('BatchWriteItem'), {
  'up to 25 puts and deletes go at once': async (target) => {
    const { TableName, Keys } = await keys(target, 25);
    await target.dynamodb.putItem({ TableName, Item: { ...Keys[0] } });
    const [first, ...others] = Keys;
    const requests = others.map((key) => ({ PutRequest: { Item: key } }));
    const answer = await target.dynamodb.batchWriteItem({
      RequestItems: { [TableName]: [{ DeleteRequest: { Key: first } }, ...requests] },
    });
    assert.deepEqual(answer.UnprocessedItems, {});
    const { Responses } = await target.dynamodb.batchGetItem({
      RequestItems: { [TableName]: { Keys, ConsistentRead: true } },
    });
    assert.equal(Responses?.[TableName]?.length, 24);
  },
  'more than 25 are refused': async (target) => {
    const { TableName, Keys } = await keys(target, 26);
    const RequestItems = { [TableName]: Keys.map((Item) => ({ PutRequest: { Item } })) };
    await refused(target.dynamodb.batchWriteItem({ RequestItems }), invalid);
  },
  'the same key twice is refused': async (target) => {
    const { TableName, Keys } = await keys(target, 1);
    const requests = [{ PutRequest: { Item: Keys[0] } }, { DeleteRequest: { Key: Keys[0] } }];
    await refused(target.dynamodb.batchWriteItem({ RequestItems: { [TableName]: requests } }), invalid);
  },
  'one item that is wrong refuses all': async (target) => {
    const { TableName, Keys } = await keys(target, 1);
    const requests = [{ PutRequest: { Item: Keys[0] } }, { PutRequest: { Item: { other: { S: 'x' } } } }];
    await refused(target.dynamodb.batchWriteItem({ RequestItems: { [TableName]: requests } }), invalid);
    assert.equal((await target.dynamodb.getItem({ TableName, Key: Keys[0] })).Item, undefined);
  },
});
