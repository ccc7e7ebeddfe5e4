import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DynamoDb } from '../../../functions/adapters/dynamodb.ts';
import {
  type Attempt,
  createModelStore,
  type ModelStore,
  VERSION_DAYS,
} from '../../../functions/adapters/model-store.ts';
import { createDynamoDbService } from '../../../infra/local/services/dynamodb.ts';
import { aHead, aList, modelItems, someNeighbours } from '../../fixtures/models.ts';
import { type LocalAws, startLocalAws } from '../../infra/local/services/local-aws.ts';
import { dynamoDbOf } from './local-dynamodb.ts';

const DAY_MS = 86_400_000;
const version = '20260301T030000Z-aaaa';
let aws: LocalAws;
let dynamoDb: DynamoDb;
let table: string;
let tables = 0;
let now: number;
let models: ModelStore;

beforeAll(async () => {
  aws = await startLocalAws([createDynamoDbService]);
});
afterAll(async () => {
  await aws[Symbol.asyncDispose]();
});
beforeEach(async () => {
  dynamoDb = dynamoDbOf(aws);
  table = `models-${++tables}`;
  now = Date.parse('2026-03-01T03:00:00Z');
  models = createModelStore(dynamoDb, table, () => now);
  await aws.gateway.invoke('tool', 'dynamodb', 'CreateTable', {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  });
  await expect
    .poll(() => aws.gateway.invoke('tool', 'dynamodb', 'DescribeTable', { TableName: table }), { interval: 5 })
    .toMatchObject({ Table: { TableStatus: 'ACTIVE' } });
});

describe('a version', () => {
  test('is read as it was written, in any number of chunks', async () => {
    const items = modelItems(12_000, 'a product with a name of some length – ü');
    await models.writeItems(version, items);
    expect(await models.items(version)).toEqual(items);
  });

  test('may be written again', async () => {
    await models.writeItems(version, modelItems(5));
    await models.writeItems(version, modelItems(5));
    expect((await models.items(version))?.ids).toHaveLength(5);
  });

  test('of no items is whole, too', async () => {
    await models.writeItems(version, modelItems(0));
    expect(await models.items(version)).toEqual(modelItems(0));
  });

  test('that nobody wrote is not there', async () => {
    expect(await models.items(version)).toBeUndefined();
    expect(await models.neighbours(version, [1, 2])).toEqual(new Map());
  });

  test('is not there when a chunk is missing', async () => {
    await models.writeItems(version, modelItems(12_000));
    await dynamoDb('DeleteItem', { TableName: table, Key: { pk: { S: `${version}#items#1` } } });
    expect(await models.items(version)).toBeUndefined();
  });

  test('ends some time after it was written, whenever DynamoDB removes it', async () => {
    await models.writeItems(version, modelItems(3));
    now += VERSION_DAYS * DAY_MS - 1_000;
    expect(await models.items(version)).toBeDefined();
    now += 2_000;
    expect(await models.items(version)).toBeUndefined();
  });

  test('has the neighbours of many items, of both kinds', async () => {
    const rows = Array.from({ length: 260 }, (_, item) => ({
      item,
      neighbours: someNeighbours({ collaborative: aList([item + 1, 0.75], [item + 2, 0.5]) }),
    }));
    await models.writeNeighbours(version, rows);
    await models.writeNeighbours('another', [{ item: 7, neighbours: someNeighbours({ content: aList() }) }]);
    const found = await models.neighbours(version, [...rows.map(({ item }) => item), 0, 999]);
    expect(found.size).toBe(260);
    for (const { item, neighbours } of rows) {
      expect(found.get(item)?.collaborative.items).toEqual(neighbours.collaborative.items);
      expect([...(found.get(item)?.collaborative.scores ?? [])]).toEqual([
        expect.closeTo(0.75, 2),
        expect.closeTo(0.5, 2),
      ]);
      expect(found.get(item)?.content.items).toEqual(neighbours.content.items);
    }
  });
});

describe('publishing', () => {
  const [first, second, third] = ['a', 'b', 'c'].map((letter) => aHead({ version: `2026030${letter}` })) as [
    ReturnType<typeof aHead>,
    ReturnType<typeof aHead>,
    ReturnType<typeof aHead>,
  ];

  test('shows a version, and before it what was shown', async () => {
    expect(await models.head()).toBeUndefined();
    expect(await models.publish(first, undefined)).toBe(true);
    expect(await models.publish(second, first.version)).toBe(true);
    expect(await models.head()).toEqual({ current: second, previous: [first] });
  });

  test('happens only over the version that it was compared with', async () => {
    await models.publish(first, undefined);
    expect(await models.publish(third, undefined)).toBe(false);
    expect(await models.publish(third, 'another')).toBe(false);
    expect((await models.head())?.current).toEqual(first);
  });

  test('succeeds for one of many at the same moment', async () => {
    await models.publish(first, undefined);
    const heads = Array.from({ length: 8 }, (_, n) => aHead({ version: `v${n}` }));
    const published = await Promise.all(heads.map((head) => models.publish(head, first.version)));
    expect(published.filter(Boolean)).toHaveLength(1);
    expect(await models.head()).toEqual({ current: heads[published.indexOf(true)], previous: [first] });
  });

  test('did succeed when its answer was lost', async () => {
    await models.publish(first, undefined);
    const lossy: DynamoDb = async (operation, input) => {
      const answer = await dynamoDb(operation, input);
      // What the client does by itself when an answer is lost: it sends the same again.
      return operation === 'PutItem' ? await dynamoDb(operation, input) : answer;
    };
    expect(await createModelStore(lossy, table, () => now).publish(second, first.version)).toBe(true);
    expect(await models.publish(second, first.version)).toBe(true);
    expect(await models.head()).toEqual({ current: second, previous: [first] });
  });

  test('remembers the last five versions before', async () => {
    const heads = Array.from({ length: 8 }, (_, n) => aHead({ version: `v${n}` }));
    for (const [n, head] of heads.entries()) await models.publish(head, heads[n - 1]?.version);
    const { current, previous } = (await models.head()) ?? { current: first, previous: [] };
    expect([current, ...previous].map((head) => head.version)).toEqual(['v7', 'v6', 'v5', 'v4', 'v3', 'v2']);
  });
});

describe('trainings that are noted', () => {
  const anAttempt = (over: Partial<Attempt> = {}): Attempt => ({
    version,
    outcome: 'published',
    startedAt: now,
    endedAt: now + 60_000,
    ...over,
  });

  test('are listed with the latest first, each once', async () => {
    await models.record(anAttempt({ version: 'v2', startedAt: 2, outcome: 'refused', reason: 'Worse.' }));
    await models.record(anAttempt({ version: 'v1', startedAt: 1 }));
    await models.record(anAttempt({ version: 'v1', startedAt: 1, endedAt: 5 }));
    const attempts = await models.attempts();
    expect(attempts.map((attempt) => [attempt.version, attempt.outcome])).toEqual([
      ['v2', 'refused'],
      ['v1', 'published'],
    ]);
    expect(attempts[1]?.endedAt).toBe(5);
  });

  test('are none before the first', async () => {
    expect(await models.attempts()).toEqual([]);
  });

  test('are all there when several were noted at one moment', async () => {
    await Promise.all(['v1', 'v2', 'v3'].map((each) => models.record(anAttempt({ version: each }))));
    expect((await models.attempts()).map((attempt) => attempt.version).sort()).toEqual(['v1', 'v2', 'v3']);
  });

  test('are the last hundred', async () => {
    for (let n = 0; n < 103; n += 1) await models.record(anAttempt({ version: `v${n}`, startedAt: n }));
    const attempts = await models.attempts();
    expect(attempts).toHaveLength(100);
    expect(attempts[0]?.version).toBe('v102');
  });
});
