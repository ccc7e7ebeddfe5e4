import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { CancellationReason, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { refused, rules } from '../case.ts';
import type { Target } from '../target.ts';

const invalid = 'ValidationException';
const api = (operation: string) => `amazondynamodb/latest/APIReference/API_${operation}.html`;
const absent = { ConditionExpression: 'attribute_not_exists(id)' };
const present = { ConditionExpression: 'attribute_exists(id)' };

type Key = { id: { S: string } };

async function someItems(target: Target, count: number) {
  const { dynamodb } = target;
  const TableName = await target.table();
  const prefix = target.fresh();
  const keys = Array.from({ length: count }, (_, at): Key => ({ id: { S: `${prefix}/${at}` } }));
  return {
    TableName,
    keys,
    first: keys[0] as Key,
    second: keys[1] as Key,
    read: (Key: Key | undefined) => dynamodb.getItem({ TableName, Key, ConsistentRead: true }).then(({ Item }) => Item),
    write: (TransactItems: TransactWriteItem[], more: { ClientRequestToken?: string } = {}) =>
      dynamodb.transactWriteItems({ TransactItems, ...more }),
  };
}

/** Writes and tells why it was cancelled. */
async function reasonsOf(written: Promise<unknown>): Promise<CancellationReason[]> {
  const { CancellationReasons: reasons, message } = await refused<{
    CancellationReasons: CancellationReason[];
    message: string;
  }>(written, 'TransactionCanceledException');
  const codes = reasons.map(({ Code }) => Code).join(', ');
  assert.equal(message, `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`);
  return reasons;
}

const add = (TableName: string, Key: Key, by = 1) => ({
  Update: { TableName, Key, UpdateExpression: 'ADD n :by', ExpressionAttributeValues: { ':by': { N: `${by}` } } },
});

export const transactions = rules('dynamodb', 'transactions', api('TransactWriteItems'), {
  'puts, updates, deletes and checks are done together': async (target) => {
    const { TableName, keys, read, write } = await someItems(target, 4);
    const [put, updated, deleted, checked] = keys as [Key, Key, Key, Key];
    await target.dynamodb.putItem({ TableName, Item: { ...deleted } });
    await write([
      { Put: { TableName, Item: { ...put, n: { N: '1' } } } },
      add(TableName, updated, 2),
      { Delete: { TableName, Key: deleted, ...present } },
      { ConditionCheck: { TableName, Key: checked, ...absent } },
    ]);
    assert.deepEqual(await Promise.all(keys.map(read)), [
      { ...put, n: { N: '1' } },
      { ...updated, n: { N: '2' } },
      undefined,
      undefined,
    ]);
  },
  'one condition that does not hold leaves all undone, and is told in its place': async (target) => {
    const { TableName, keys, read, write } = await someItems(target, 3);
    const [put, checked, updated] = keys as [Key, Key, Key];
    const reasons = await reasonsOf(
      write([
        { Put: { TableName, Item: put, ...absent } },
        { ConditionCheck: { TableName, Key: checked, ...present } },
        add(TableName, updated),
      ]),
    );
    assert.deepEqual(reasons, [
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
      { Code: 'None' },
    ]);
    assert.deepEqual(await Promise.all(keys.map(read)), [undefined, undefined, undefined]);
  },
  'every condition that does not hold is told': async (target) => {
    const { TableName, first, second, write } = await someItems(target, 2);
    const reasons = await reasonsOf(
      write([{ Put: { TableName, Item: first, ...present } }, { Delete: { TableName, Key: second, ...present } }]),
    );
    assert.deepEqual(
      reasons.map(({ Code }) => Code),
      ['ConditionalCheckFailed', 'ConditionalCheckFailed'],
    );
  },
  'ALL_OLD returns the item that refused, and NONE does not': async (target) => {
    const { TableName, keys, write } = await someItems(target, 3);
    const [there, alsoThere, missing] = keys as [Key, Key, Key];
    for (const Item of [there, alsoThere]) await target.dynamodb.putItem({ TableName, Item });
    const ReturnValuesOnConditionCheckFailure = 'ALL_OLD';
    const reasons = await reasonsOf(
      write([
        { Put: { TableName, Item: there, ...absent, ReturnValuesOnConditionCheckFailure } },
        { Put: { TableName, Item: alsoThere, ...absent, ReturnValuesOnConditionCheckFailure: 'NONE' } },
        { ConditionCheck: { TableName, Key: missing, ...present, ReturnValuesOnConditionCheckFailure } },
      ]),
    );
    assert.deepEqual(
      reasons.map(({ Item }) => Item),
      [there, undefined, undefined],
    );
  },
  'a put replaces all of an item': async (target) => {
    const { TableName, first, read, write } = await someItems(target, 1);
    await target.dynamodb.putItem({ TableName, Item: { ...first, a: { N: '1' } } });
    await write([{ Put: { TableName, Item: { ...first, b: { N: '2' } } } }]);
    assert.deepEqual(await read(first), { ...first, b: { N: '2' } });
  },
  'items of several tables are written together': async (target) => {
    const { TableName, first, read, write } = await someItems(target, 1);
    const sorted = await target.sorted();
    const other = { pk: first.id, sk: { S: 'a' } };
    await write([{ Put: { TableName, Item: first } }, { Put: { TableName: sorted, Item: other } }]);
    assert.deepEqual(await read(first), first);
    assert.deepEqual((await target.dynamodb.getItem({ TableName: sorted, Key: other })).Item, other);
  },
  'of many that change the same items, each is done whole or not at all': async (target) => {
    const { TableName, keys, read, write } = await someItems(target, 4);
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, () => write(keys.map((Key) => add(TableName, Key)))),
    );
    const done = results.filter(({ status }) => status === 'fulfilled').length;
    for (const result of results) {
      const codes = result.status === 'rejected' ? result.reason.CancellationReasons : [];
      for (const { Code } of codes) assert.match(Code, /^(None|TransactionConflict)$/);
    }
    assert.ok(done > 0);
    const numbers = (await Promise.all(keys.map(read))).map((item) => item?.n?.N);
    assert.deepEqual(numbers, Array(4).fill(`${done}`));
  },
  'up to 100 actions go at once': async (target) => {
    const { TableName, keys, read, write } = await someItems(target, 100);
    await write(keys.map((Item) => ({ Put: { TableName, Item } })));
    assert.deepEqual(await read(keys[99]), keys[99]);
  },
  'none, and more than 100 actions, are refused': async (target) => {
    const { TableName, keys, write } = await someItems(target, 101);
    const many = await refused(write(keys.map((Item) => ({ Put: { TableName, Item } }))), invalid);
    assert.match(many.message, /transactItems.*length less than or equal to 100/);
    const none = await refused(write([]), invalid);
    assert.match(none.message, /transactItems.*length greater than or equal to 1/);
  },
  'two actions on one item are refused, a check as well': async (target) => {
    const { TableName, first, read, write } = await someItems(target, 1);
    const put = { Put: { TableName, Item: first } };
    for (const other of [put, { ConditionCheck: { TableName, Key: first, ...absent } }]) {
      const { message } = await refused(write([put, other]), invalid);
      assert.equal(message, 'Transaction request cannot include multiple operations on one item');
    }
    assert.equal(await read(first), undefined);
  },
  'an entry holds one action, and a check a condition': async (target) => {
    const { TableName, first, second, write } = await someItems(target, 2);
    const two = { Put: { TableName, Item: first }, Delete: { TableName, Key: second } };
    await refused(write([two]), invalid);
    await refused(write([{}]), invalid);
    const check = { TableName, Key: first, ConditionExpression: undefined };
    await refused(write([{ ConditionCheck: check }]), invalid);
  },
  'a table that is not there is refused': async (target) => {
    const { TableName, first, read, write } = await someItems(target, 1);
    const elsewhere = { Put: { TableName: target.fresh(), Item: first } };
    await refused(write([{ Put: { TableName, Item: first } }, elsewhere]), 'ResourceNotFoundException');
    assert.equal(await read(first), undefined);
  },
  'a wrong key cancels, and each is told in its place': async (target) => {
    const { TableName, first, read, write } = await someItems(target, 1);
    const wrong = { Put: { TableName, Item: { id: { N: '7' } } } };
    const reasons = await reasonsOf(write([wrong, { Put: { TableName, Item: first } }, wrong]));
    assert.deepEqual(
      reasons.map(({ Code, Message }) => [Code, Message === undefined]),
      [
        ['ValidationError', false],
        ['None', true],
        ['ValidationError', false],
      ],
    );
    assert.equal(await read(first), undefined);
  },
  'an update that does not fit the item cancels': async (target) => {
    const { TableName, first, second, read, write } = await someItems(target, 2);
    await target.dynamodb.putItem({ TableName, Item: { ...first, n: { S: 'text' } } });
    const reasons = await reasonsOf(write([{ Put: { TableName, Item: second } }, add(TableName, first)]));
    assert.deepEqual(reasons, [
      { Code: 'None' },
      { Code: 'ValidationError', Message: 'An operand in the update expression has an incorrect data type' },
    ]);
    assert.equal(await read(second), undefined);
  },
  'an expression that is wrong in itself is refused': async (target) => {
    const { TableName, first, write } = await someItems(target, 1);
    const wrong = [
      { ConditionExpression: 'hello!' },
      { ConditionExpression: 'id = :missing' },
      { ...absent, ExpressionAttributeValues: { ':unused': { N: '7' } } },
      { ...absent, ReturnValuesOnConditionCheckFailure: 'none' as 'NONE' },
    ];
    for (const more of wrong) await refused(write([{ Put: { TableName, Item: first, ...more } }]), invalid);
  },
  'more than 4 MB are refused, less are not, however large what they delete': async (target) => {
    const { TableName, keys, read, write } = await someItems(target, 12);
    const b = { B: new Uint8Array(380_000).fill(7) };
    const puts = keys.map((key) => ({ Put: { TableName, Item: { ...key, b } } }));
    await refused(write(puts), invalid);
    assert.equal(await read(keys[0]), undefined);
    await write(puts.slice(0, 6));
    await write(puts.slice(6));
    await write(keys.map((Key) => ({ Delete: { TableName, Key, ...present } })));
    assert.equal(await read(keys[11]), undefined);
  },
});

export const tokens = rules('dynamodb', 'transaction tokens', api('TransactWriteItems'), {
  'the same transaction with the same token is done once': async (target) => {
    const { TableName, first, read, write } = await someItems(target, 1);
    const ClientRequestToken = randomUUID();
    for (let time = 0; time < 3; time += 1) await write([add(TableName, first)], { ClientRequestToken });
    assert.deepEqual((await read(first))?.n, { N: '1' });
    await write([add(TableName, first)], { ClientRequestToken: randomUUID() });
    assert.deepEqual((await read(first))?.n, { N: '2' });
  },
  'another transaction with the same token is refused': async (target) => {
    const { TableName, first, second, read, write } = await someItems(target, 2);
    const ClientRequestToken = randomUUID();
    await write([add(TableName, first)], { ClientRequestToken });
    const other = write([add(TableName, second)], { ClientRequestToken });
    await refused(other, 'IdempotentParameterMismatchException');
    assert.equal(await read(second), undefined);
  },
  'a condition that held is not asked again': async (target) => {
    const { TableName, first, write } = await someItems(target, 1);
    const ClientRequestToken = randomUUID();
    const put = { Put: { TableName, Item: first, ...absent } };
    await write([put], { ClientRequestToken });
    await write([put], { ClientRequestToken });
    await reasonsOf(write([put]));
  },
  'a token has 36 characters at most': async (target) => {
    const { TableName, first, write } = await someItems(target, 1);
    const ClientRequestToken = `${randomUUID()}x`;
    await refused(write([add(TableName, first)], { ClientRequestToken }), invalid);
  },
});

export const capacity = rules(
  'dynamodb',
  'capacity of transactions',
  'amazondynamodb/latest/developerguide/transaction-apis.html',
  {
    'each item takes two write units for each KB, a check as well': async (target) => {
      const { TableName, first, second } = await someItems(target, 2);
      const { ConsumedCapacity } = await target.dynamodb.transactWriteItems({
        TransactItems: [
          { Put: { TableName, Item: { ...first, text: { S: 'x'.repeat(1_500) } } } },
          { ConditionCheck: { TableName, Key: second, ...absent } },
        ],
        ReturnConsumedCapacity: 'TOTAL',
      });
      assert.deepEqual(
        ConsumedCapacity?.map((each) => [each.TableName, each.CapacityUnits]),
        [[TableName, 6]],
      );
    },
    'one that was done takes read units': async (target) => {
      const { TableName, first } = await someItems(target, 1);
      const call = {
        TransactItems: [{ Put: { TableName, Item: first } }],
        ClientRequestToken: randomUUID(),
        ReturnConsumedCapacity: 'TOTAL' as const,
      };
      const units = async () => {
        const [capacity] = (await target.dynamodb.transactWriteItems(call)).ConsumedCapacity ?? [];
        return [capacity?.WriteCapacityUnits, capacity?.ReadCapacityUnits];
      };
      assert.deepEqual(await units(), [2, undefined]);
      assert.deepEqual(await units(), [undefined, 2]);
    },
  },
);

export const reads = rules('dynamodb', 'transactional reads', api('TransactGetItems'), {
  'items are read together, in the order of the request': async (target) => {
    const { TableName, first, second } = await someItems(target, 2);
    await target.dynamodb.putItem({ TableName, Item: { ...second, a: { N: '1' }, b: { N: '2' } } });
    const { Responses } = await target.dynamodb.transactGetItems({
      TransactItems: [
        { Get: { TableName, Key: first } },
        { Get: { TableName, Key: second, ProjectionExpression: 'a' } },
      ],
    });
    assert.deepEqual(
      Responses?.map(({ Item }) => Item),
      [undefined, { a: { N: '1' } }],
    );
  },
  'a read sees all of a transaction or nothing': async (target) => {
    const { TableName, keys, write } = await someItems(target, 6);
    const read = () =>
      target.dynamodb
        .transactGetItems({ TransactItems: keys.map((Key) => ({ Get: { TableName, Key } })) })
        .then(({ Responses = [] }) => new Set(Responses.map(({ Item }) => Item?.n?.N)).size)
        .catch(({ name }) => assert.equal(name, 'TransactionCanceledException'));
    const writing = (async () => {
      for (let n = 0; n < 10; n += 1)
        await write(keys.map((key) => ({ Put: { TableName, Item: { ...key, n: { N: `${n}` } } } }))).catch(({ name }) =>
          assert.equal(name, 'TransactionCanceledException'),
        );
    })();
    for (let time = 0; time < 20; time += 1) assert.ok(((await read()) ?? 1) === 1);
    await writing;
  },
  'the same item twice is refused': async (target) => {
    const { TableName, first } = await someItems(target, 1);
    const get = { Get: { TableName, Key: first } };
    await refused(target.dynamodb.transactGetItems({ TransactItems: [get, get] }), invalid);
  },
});
