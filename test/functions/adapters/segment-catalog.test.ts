import { expect, test } from 'vitest';
import type { DynamoDb } from '../../../functions/adapters/dynamodb.ts';
import {
  CatalogTooLargeError,
  createSegmentCatalog,
  type SegmentCatalog,
} from '../../../functions/adapters/segment-catalog.ts';
import { createDynamoDbService } from '../../../infra/local/services/dynamodb.ts';
import { builtInCatalog } from '../../../shared/segments/built-in-catalog.ts';
import type { CatalogBody } from '../../../shared/segments/catalog-body.ts';
import { createSegment } from '../../../shared/segments/catalog-changes.ts';
import { aSegment, emptyCatalog } from '../../fixtures/segments.ts';
import { startLocalAws } from '../../infra/local/services/local-aws.ts';
import { dynamoDbOf } from './local-dynamodb.ts';
import { Death, MemoryTable } from './memory-table.ts';
import { createSegmentsTable } from './segments-table.ts';

const catalogIn = (table: MemoryTable) => createSegmentCatalog(table.client, 'segments', () => 0);
const withOne = (body: CatalogBody, id: string) => createSegment(body, aSegment({ id }), 0).body;
const ids = async (catalog: SegmentCatalog) => (await catalog.read()).body.entries.map(({ id }) => id);
const add = async (catalog: SegmentCatalog, id: string) => {
  const latest = await catalog.read();
  return await catalog.save(latest, withOne(latest.revision === 0 ? emptyCatalog : latest.body, id));
};

test('is that of the built-in segments before anything was saved', async () => {
  const catalog = catalogIn(new MemoryTable());
  expect(await catalog.read()).toEqual({ revision: 0, builtIns: builtInCatalog().hash, body: builtInCatalog().body });
});

test('is what was saved last, and every revision stays what it was', async () => {
  const catalog = catalogIn(new MemoryTable());
  expect(await add(catalog, 'a')).toBe(1);
  expect(await add(catalog, 'b')).toBe(2);
  expect(await catalog.readRevision()).toBe(2);
  expect((await catalog.readBody(1))?.entries).toHaveLength(1);
  expect((await catalog.readBody(2))?.entries).toHaveLength(2);
});

test('of two saves that began at one revision only the first takes place', async () => {
  const catalog = catalogIn(new MemoryTable());
  await add(catalog, 'a');
  const latest = await catalog.read();
  expect(await catalog.save(latest, withOne(latest.body, 'b'))).toBe(2);
  expect(await catalog.save(latest, withOne(latest.body, 'c'))).toBeUndefined();
  expect(await ids(catalog)).toEqual(['a', 'b']);
});

test.each(['dies_before', 'dies_after'] as const)(
  'leaves the old catalog or the new one, whole, where a save %s any of its calls, and the next save goes through',
  async (fate) => {
    for (const first of [true, false]) {
      for (let call = 1; call <= 4; call += 1) {
        const table = new MemoryTable();
        const catalog = catalogIn(table);
        if (!first) await add(catalog, 'a');
        const before = await ids(catalog);
        const begun = table.calls;
        table.fate = (number) => (number === begun + call ? fate : 'happens');
        const outcome = await add(catalog, 'b').catch((error) => error);
        table.fate = () => 'happens';
        const after = await ids(catalog);
        const done = first ? ['b'] : ['a', 'b'];
        expect([before, done]).toContainEqual(after);
        if (!(outcome instanceof Death)) expect(after).toEqual(done);
        await add(catalog, 'c');
        await add(catalog, 'd');
        expect(await ids(catalog)).toEqual(expect.arrayContaining(['c', 'd']));
      }
    }
  },
);

test.each(['body', 'head'])(
  'knows its own save when the answer to its %s was lost and the client asked again',
  async (what) => {
    const table = new MemoryTable();
    let isLost = false;
    const dynamoDb: DynamoDb = async (operation, input) => {
      const { S: place = '' } = ('Item' in input && input.Item.sk) || {};
      if (!isLost && place.startsWith(what === 'head' ? 'head' : 'r')) {
        isLost = true;
        await table.client(operation, input);
      }
      return await table.client(operation, input);
    };
    const catalog = createSegmentCatalog(dynamoDb, 'segments', () => 0);
    const revision = await add(catalog, 'a');
    expect(isLost).toBe(true);
    expect(revision).toBeGreaterThan(0);
    expect(await catalog.readRevision()).toBe(revision);
    expect(await ids(catalog)).toEqual(['a']);
  },
);

test('refuses what no item has room for', async () => {
  const catalog = catalogIn(new MemoryTable());
  let seed = 1;
  const noise = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed.toString(36);
  };
  const value = Array.from({ length: 120_000 }, noise);
  const condition = { type: 'trait', name: 'plan', op: 'in', value } as const;
  const body = createSegment(emptyCatalog, aSegment({ condition: { ...condition, value: [...value] } }), 0).body;
  await expect(catalog.save(await catalog.readHead(), body)).rejects.toBeInstanceOf(CatalogTooLargeError);
  expect(await catalog.readRevision()).toBe(0);
});

test('lets bodies expire that were superseded long ago, and none that is read', async () => {
  await using aws = await startLocalAws([createDynamoDbService]);
  await createSegmentsTable(aws);
  const dynamoDb = dynamoDbOf(aws);
  const catalog = createSegmentCatalog(dynamoDb, 'segments', () => 1_000_000);
  for (let n = 1; n <= 23; n += 1) await add(catalog, `s-${n}`);
  await catalog.prune(await catalog.readHead());
  await catalog.prune(await catalog.readHead());
  const { Items = [] } = await dynamoDb('Scan', { TableName: 'segments' });
  const expiring = Items.filter(({ expiresAt }) => expiresAt !== undefined).map(({ sk }) => sk?.S);
  expect(expiring.sort()).toEqual(['r0000000001', 'r0000000002', 'r0000000003']);
  expect((await catalog.read()).body.entries).toHaveLength(23);
});
