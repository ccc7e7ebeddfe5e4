import assert from 'node:assert/strict';
import { refused, rules } from '../case.ts';
import type { Target } from '../target.ts';

const failed = 'ConditionalCheckFailedException';
const source = 'amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html';

async function anItem(
  { dynamodb, table, fresh }: Target,
  attributes: Record<string, { N: string } | { S: string }> = {},
) {
  const TableName = await table();
  const Key = { id: { S: fresh() } };
  const put = (more: object = {}) => dynamodb.putItem({ TableName, Item: { ...Key, ...attributes }, ...more });
  const read = async () => (await dynamodb.getItem({ TableName, Key, ConsistentRead: true })).Item;
  return { TableName, Key, put, read };
}

const version = (before: number, after: number) => ({
  UpdateExpression: 'SET version = :after',
  ConditionExpression: 'version = :before',
  ExpressionAttributeValues: { ':before': { N: `${before}` }, ':after': { N: `${after}` } },
});

export const conditions = rules('dynamodb', 'conditions', source, {
  'attribute_not_exists lets one of many writers through': async (target) => {
    const { put } = await anItem(target);
    const puts = Array.from({ length: 8 }, () => put({ ConditionExpression: 'attribute_not_exists(id)' }));
    const results = await Promise.allSettled(puts);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.name] : []));
    assert.deepEqual([...new Set(reasons)], [failed]);
  },
  'attribute_exists refuses to write an item that is not there': async (target) => {
    const { put, read } = await anItem(target);
    await refused(put({ ConditionExpression: 'attribute_exists(id)' }), failed);
    assert.equal(await read(), undefined);
  },
  'a compared version lets each change through once, however many try': async (target) => {
    const { TableName, Key, put, read } = await anItem(target, { version: { N: '1' } });
    await put();
    const update = () => target.dynamodb.updateItem({ TableName, Key, ...version(1, 2) });
    const results = await Promise.allSettled(Array.from({ length: 8 }, update));
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.deepEqual((await read())?.version, { N: '2' });
  },
  'a write whose answer was lost meets its own token when it is tried again': async (target) => {
    const { put, read } = await anItem(target, { version: { N: '2' }, token: { S: 'mine' } });
    const guarded = { ConditionExpression: 'attribute_not_exists(id)' };
    await put(guarded);
    await refused(put(guarded), failed);
    assert.deepEqual((await read())?.token, { S: 'mine' });
  },
  'a failed condition changes nothing': async (target) => {
    const { TableName, Key, put, read } = await anItem(target, { version: { N: '1' } });
    await put();
    await refused(target.dynamodb.updateItem({ TableName, Key, ...version(7, 8) }), failed);
    assert.deepEqual(await read(), { ...Key, version: { N: '1' } });
  },
  'a comparison with an attribute that is not there is false': async (target) => {
    const { TableName, Key, put } = await anItem(target);
    await put();
    await refused(target.dynamodb.updateItem({ TableName, Key, ...version(1, 2) }), failed);
  },
  'numbers are compared as numbers, not as text': async (target) => {
    const { put } = await anItem(target, { n: { N: '9' } });
    await put();
    const condition = { ConditionExpression: 'n < :n', ExpressionAttributeValues: { ':n': { N: '10' } } };
    await put(condition);
  },
  'a condition on a delete is kept, and an item that is not there is deleted without one': async (target) => {
    const { TableName, Key, put, read } = await anItem(target, { version: { N: '1' } });
    await put();
    const { UpdateExpression: _, ExpressionAttributeValues: values, ...rest } = version(2, 3);
    const guarded = { TableName, Key, ...rest, ExpressionAttributeValues: { ':before': values[':before'] } };
    await refused(target.dynamodb.deleteItem(guarded), failed);
    assert.ok(await read());
    await target.dynamodb.deleteItem({ TableName, Key });
    await target.dynamodb.deleteItem({ TableName, Key });
    assert.equal(await read(), undefined);
  },
  'AND, OR, NOT, IN and BETWEEN join conditions': async (target) => {
    const { put } = await anItem(target, { n: { N: '5' } });
    await put();
    const ExpressionAttributeValues = Object.fromEntries([1, 5, 9].map((n) => [`:n${n}`, { N: `${n}` }]));
    const ConditionExpression = '(n IN (:n1, :n5) AND n BETWEEN :n1 AND :n9) OR NOT n = :n5';
    await put({ ConditionExpression, ExpressionAttributeValues });
  },
  'begins_with, contains and size look into values': async (target) => {
    const { put } = await anItem(target, { s: { S: 'user:anna' } });
    await put();
    await put({
      ConditionExpression: 'begins_with(s, :user) AND contains(s, :a) AND size(s) = :nine',
      ExpressionAttributeValues: { ':user': { S: 'user:' }, ':a': { S: 'ann' }, ':nine': { N: '9' } },
    });
  },
  'an unused value is refused': async (target) => {
    const { put } = await anItem(target);
    const ExpressionAttributeValues = { ':unused': { N: '1' } };
    await refused(
      put({ ConditionExpression: 'attribute_not_exists(id)', ExpressionAttributeValues }),
      'ValidationException',
    );
  },
  'a reserved word is refused as a name, and taken behind a placeholder': async (target) => {
    const { put } = await anItem(target);
    await refused(put({ ConditionExpression: 'attribute_not_exists(status)' }), 'ValidationException');
    await put({ ConditionExpression: 'attribute_not_exists(#s)', ExpressionAttributeNames: { '#s': 'status' } });
  },
  'ALL_OLD returns what a write replaced': async (target) => {
    const { put, Key } = await anItem(target, { version: { N: '1' } });
    assert.equal((await put({ ReturnValues: 'ALL_OLD' })).Attributes, undefined);
    assert.deepEqual((await put({ ReturnValues: 'ALL_OLD' })).Attributes, { ...Key, version: { N: '1' } });
  },
});

export const updates = rules(
  'dynamodb',
  'updates',
  'amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html',
  {
    'an update makes the item that is not there': async (target) => {
      const { TableName, Key, read } = await anItem(target);
      const UpdateExpression = 'SET n = if_not_exists(n, :zero) + :one';
      const ExpressionAttributeValues = { ':zero': { N: '0' }, ':one': { N: '1' } };
      await target.dynamodb.updateItem({ TableName, Key, UpdateExpression, ExpressionAttributeValues });
      assert.deepEqual(await read(), { ...Key, n: { N: '1' } });
    },
    'additions of many writers are all there': async (target) => {
      const { TableName, Key, read } = await anItem(target);
      const ExpressionAttributeValues = { ':one': { N: '1' } };
      const add = () =>
        target.dynamodb.updateItem({ TableName, Key, UpdateExpression: 'ADD n :one', ExpressionAttributeValues });
      await Promise.all(Array.from({ length: 10 }, add));
      assert.deepEqual((await read())?.n, { N: '10' });
    },
    'all parts of an update see the item as it was before': async (target) => {
      const { TableName, Key, put, read } = await anItem(target, { a: { N: '1' }, b: { N: '2' } });
      await put();
      await target.dynamodb.updateItem({ TableName, Key, UpdateExpression: 'SET a = b, b = a' });
      assert.deepEqual(await read(), { ...Key, a: { N: '2' }, b: { N: '1' } });
    },
    'REMOVE takes an attribute away, and one that is not there without an error': async (target) => {
      const { TableName, Key, put, read } = await anItem(target, { a: { N: '1' } });
      await put();
      await target.dynamodb.updateItem({ TableName, Key, UpdateExpression: 'REMOVE a, b' });
      assert.deepEqual(await read(), Key);
    },
    'a key attribute cannot be changed': async (target) => {
      const { TableName, Key } = await anItem(target);
      const ExpressionAttributeValues = { ':other': { S: 'other' } };
      const call = { TableName, Key, UpdateExpression: 'SET id = :other', ExpressionAttributeValues };
      await refused(target.dynamodb.updateItem(call), 'ValidationException');
    },
    'UPDATED_NEW returns what was changed, and only that': async (target) => {
      const { TableName, Key, put } = await anItem(target, { a: { N: '1' }, b: { N: '2' } });
      await put();
      const { Attributes } = await target.dynamodb.updateItem({
        TableName,
        Key,
        UpdateExpression: 'SET a = a + :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
        ReturnValues: 'UPDATED_NEW',
      });
      assert.deepEqual(Attributes, { a: { N: '2' } });
    },
  },
);
