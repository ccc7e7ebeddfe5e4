import { setTimeout as sleep } from 'node:timers/promises';
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, test, vi } from 'vitest';
import { eachWithPeople, TableName } from './people-table.ts';

const people = eachWithPeople();
afterEach(() => vi.restoreAllMocks());

const person = (id: string, town: string, n = 0) => ({ id: { S: id }, town: { S: town }, n: { N: `${n}` } });
const put = (id: string, town: string) => ({ Put: { TableName, Item: person(id, town) } });
const remove = (id: string) => ({ Delete: { TableName, Key: { id: { S: id } } } });
const move = (id: string, town: string) => ({
  Update: {
    TableName,
    Key: { id: { S: id } },
    UpdateExpression: 'SET town = :t',
    ExpressionAttributeValues: { ':t': { S: town } },
  },
});
const check = (id: string, ConditionExpression: string) => ({
  ConditionCheck: { TableName, Key: { id: { S: id } }, ConditionExpression },
});
const transact = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
  people.dynamodb.transactWriteItems({ TransactItems, ClientRequestToken });
const townOf = async (id: string) =>
  (await people.dynamodb.getItem({ TableName, Key: { id: { S: id } } })).Item?.town?.S;
const idsIn = async (town: string, IndexName = 'towns') => {
  const { Items = [] } = await people.dynamodb.query({
    TableName,
    IndexName,
    KeyConditionExpression: 'town = :t',
    ExpressionAttributeValues: { ':t': { S: town } },
  });
  return Items.map(({ id }) => id?.S).toSorted();
};
const contents = async (table = TableName) => {
  const { Items = [] } = await people.dynamodb.scan({ TableName: table });
  return Object.fromEntries(Items.map(({ id, town }) => [id?.S, town?.S]).toSorted());
};

test('keeps the indexes of a table right', async () => {
  await transact([put('ada', 'Brno'), put('bob', 'Brno'), put('eve', 'Praha')]);
  await transact([remove('ada'), move('bob', 'Praha'), move('new', 'Brno'), check('eve', 'attribute_exists(id)')]);
  for (const index of ['towns', 'ids']) {
    expect([await idsIn('Brno', index), await idsIn('Praha', index)]).toEqual([['new'], ['bob', 'eve']]);
  }
  await expect(transact([put('bob', 'Brno'), check('ada', 'attribute_exists(id)')])).rejects.toThrow();
  expect([await idsIn('Brno'), await idsIn('Praha')]).toEqual([['new'], ['bob', 'eve']]);
});

test('a check changes nothing, of an item that is there neither', async () => {
  await transact([put('ada', 'Brno')]);
  await transact([check('ada', 'attribute_exists(id)'), check('bob', 'attribute_not_exists(id)')]);
  expect(await contents()).toEqual({ ada: 'Brno' });
});

test('is undone by a restore to the moment before it', async () => {
  await people.dynamodb.updateContinuousBackups({
    TableName,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
  await transact([put('changed', 'Brno'), put('deleted', 'Brno'), put('moved', 'Brno')]);
  await sleep(5);
  const RestoreDateTime = new Date();
  await sleep(5);
  await transact([put('changed', 'Praha'), remove('deleted'), move('moved', 'Praha'), put('made', 'Praha')]);
  await people.dynamodb.restoreTableToPointInTime({
    SourceTableName: TableName,
    TargetTableName: 'restored',
    RestoreDateTime,
  });
  expect(await contents('restored')).toEqual({ changed: 'Brno', deleted: 'Brno', moved: 'Brno' });
  expect(await contents()).toEqual({ changed: 'Praha', made: 'Praha', moved: 'Praha' });
});

test('a token is known for ten minutes, over a restart as well', async () => {
  const now = Date.now();
  const at = (minutes: number) => vi.spyOn(Date, 'now').mockReturnValue(now + minutes * 60_000);
  at(0);
  await transact([put('ada', 'Brno')], 'a token');
  await people.dynamodb.putItem({ TableName, Item: person('ada', 'Plzeň') });
  at(9.9);
  await people.close();
  vi.restoreAllMocks();
  await people.start();
  at(9.9);
  await transact([put('ada', 'Brno')], 'a token');
  expect(await townOf('ada')).toBe('Plzeň');
  await expect(transact([put('ada', 'Praha')], 'a token')).rejects.toMatchObject({
    name: 'IdempotentParameterMismatchException',
  });

  at(10);
  await transact([put('ada', 'Praha')], 'a token');
  expect(await townOf('ada')).toBe('Praha');
});

test('a token whose transaction was cancelled may be tried again', async () => {
  const items = [put('bob', 'Brno'), check('ada', 'attribute_exists(id)')];
  await expect(transact(items, 'a token')).rejects.toMatchObject({ name: 'TransactionCanceledException' });
  await transact([put('ada', 'Brno')]);
  await transact(items, 'a token');
  expect(await townOf('bob')).toBe('Brno');
});

test('the same transaction at the same time is done once', async () => {
  const add = [
    {
      Update: {
        ...move('ada', '').Update,
        UpdateExpression: 'ADD n :t',
        ExpressionAttributeValues: { ':t': { N: '1' } },
      },
    },
  ];
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => transact(add, 'a token')));
  const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.name] : []));
  expect(new Set([...refusals, 'TransactionInProgressException']).size).toBe(1);
  const { Item } = await people.dynamodb.getItem({ TableName, Key: { id: { S: 'ada' } } });
  expect(Item?.n).toEqual({ N: '1' });
});

test('a wrong key is told before any condition is asked', async () => {
  const wrong = { Put: { TableName, Item: { id: { N: '7' } } } };
  const written = transact([wrong, check('ada', 'attribute_exists(id)')]);
  await expect(written).rejects.toMatchObject({
    CancellationReasons: [{ Code: 'ValidationError' }, { Code: 'None' }],
  });
});

test('tells which input is no transaction', async () => {
  const send = (input: object) => people.gateway.invoke('tool', 'dynamodb', 'TransactWriteItems', input);
  const wrong = async (input: object) => send(input).catch(({ name, message }) => `${name}: ${message}`);
  expect(await wrong({})).toMatch(/^ValidationException: .*'transactItems' failed.* Member must not be null/);
  expect(await wrong({ TransactItems: 'x' })).toMatch(/^SerializationException/);
  for (const item of [null, {}, { Get: { TableName, Key: {} } }, { Drop: { TableName } }]) {
    expect(await wrong({ TransactItems: [item] })).toMatch(/^ValidationException: Invalid Request/);
  }
  expect(await wrong({ TransactItems: [{ ...put('a', 'b'), ...remove('a') }] })).toBe(
    'ValidationException: TransactItems can only contain one of Check, Put, Update or Delete',
  );
  expect(await wrong({ TransactItems: [{ Update: { TableName, Key: { id: { S: 'a' } } } }] })).toMatch(
    /updateExpression' failed.*Member must not be null/,
  );
  expect(await contents()).toEqual({});
});
