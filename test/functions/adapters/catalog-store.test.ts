import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type CatalogStore, createCatalogStore } from '../../../functions/adapters/catalog-store.ts';
import type { DynamoDb } from '../../../functions/adapters/dynamodb.ts';
import { createDynamoDbService } from '../../../infra/local/services/dynamodb.ts';
import type { StoredItem } from '../../../schemas/catalog.ts';
import { type LocalAws, startLocalAws } from '../../infra/local/services/local-aws.ts';
import { createCatalogTable } from './catalog-table.ts';
import { dynamoDbOf } from './local-dynamodb.ts';

let aws: LocalAws;
let dynamoDb: DynamoDb;
let store: CatalogStore;
let tables = 0;

beforeAll(async () => {
  aws = await startLocalAws([createDynamoDbService]);
  dynamoDb = dynamoDbOf(aws);
});
afterAll(() => aws[Symbol.asyncDispose]());
beforeEach(async () => {
  tables += 1;
  await createCatalogTable(aws, `catalog-${tables}`);
  store = createCatalogStore(dynamoDb, `catalog-${tables}`);
});

test('reads the items that there are, however many and however often they are named', async () => {
  const ids = Array.from({ length: 130 }, (_, at) => `p-${at}`);
  await store.put(
    ids.map((itemId) => ({ itemId, title: `Item ${itemId}`, stock: 0 })),
    5,
  );
  const found = await store.read([...ids, ...ids, 'nothing']);
  expect([...found.keys()].sort()).toEqual(ids.sort());
  expect(found.get('p-7')).toEqual({ itemId: 'p-7', title: 'Item p-7', stock: 0, updatedAt: 5 });
});

test('keeps what was given and what was learnt apart', async () => {
  await store.put([{ itemId: 'p-1', title: 'Given', hidden: true }], 5);
  await store.learn([{ itemId: 'p-1', title: 'Learnt', price: 3.5, currency: 'EUR' }], 7);
  await store.learn([{ itemId: 'p-1', title: 'Learnt anew' }], 6);
  expect(await store.get('p-1')).toEqual({
    itemId: 'p-1',
    given: { title: 'Given', hidden: true },
    learnt: { title: 'Learnt anew' },
    updatedAt: 6,
  });
});

test('scans every item once, page by page, and goes on after any of them', async () => {
  const url = `https://shop.example/${'x'.repeat(2_000)}`;
  const items = Array.from({ length: 400 }, (_, at) => ({ itemId: `p-${at}`, url, image: url }));
  await store.put(items, 5);
  const pages: (readonly StoredItem[])[] = [];
  for await (const page of store.scan()) pages.push(page);
  expect(pages.length).toBeGreaterThan(1);
  expect(new Set(pages.flat().map(({ itemId }) => itemId)).size).toBe(400);
  const rest: string[] = [];
  for await (const page of store.scan(pages[0]?.at(-1)?.itemId)) rest.push(...page.map(({ itemId }) => itemId));
  expect(rest).toEqual(pages.slice(1).flatMap((page) => page.map(({ itemId }) => itemId)));
});
