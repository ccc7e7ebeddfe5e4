import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CatalogStore, createCatalogStore } from '../../../functions/adapters/catalog-store.ts';
import type { DynamoDb } from '../../../functions/adapters/dynamodb.ts';
import { createCatalogApi } from '../../../functions/catalog-api/catalog-api.ts';
import { createDynamoDbService } from '../../../infra/local/services/dynamodb.ts';
import { endpoints } from '../../../schemas/api/endpoints.ts';
import { MAX_ITEMS_BYTES } from '../../../schemas/catalog.ts';
import { type LocalAws, startLocalAws } from '../../infra/local/services/local-aws.ts';
import { createCatalogTable } from '../adapters/catalog-table.ts';
import { dynamoDbOf } from '../adapters/local-dynamodb.ts';
import { AnAuditLog } from '../an-audit-log.ts';
import { aContext, anHttpEvent, answerOf } from '../http-event.ts';
import { settingsKeys } from '../settings-keys.ts';

let aws: LocalAws;
let dynamoDb: DynamoDb;
let store: CatalogStore;
let now: number;
let tables = 0;

beforeAll(async () => {
  aws = await startLocalAws([createDynamoDbService]);
  dynamoDb = dynamoDbOf(aws);
});
afterAll(() => aws[Symbol.asyncDispose]());
beforeEach(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  now = Date.parse('2026-03-02T10:00:00Z');
  tables += 1;
  await createCatalogTable(aws, `catalog-${tables}`);
  store = createCatalogStore(dynamoDb, `catalog-${tables}`);
});
afterEach(() => vi.restoreAllMocks());

const apiKeys = settingsKeys({ local: 'sk_local' });
const authorization = 'Bearer sk_local';

async function send(routeKey: string, parts: object, catalog: Pick<CatalogStore, 'get' | 'list' | 'put'> = store) {
  const handler = createCatalogApi({ catalog, clock: () => now, apiKeys, audit: new AnAuditLog() });
  return answerOf(await handler(anHttpEvent(routeKey, { headers: { authorization }, ...parts }), aContext()));
}
const put = (items: unknown) => send('PUT /v1/catalog/items', { body: JSON.stringify({ items }) });
const get = (id: string) => send('GET /v1/catalog/items/{id}', { params: { id } });
const list = (query: Record<string, string> = {}) => send('GET /v1/catalog/items', { query });

const tent = {
  itemId: 'p-1',
  title: 'Dome tent',
  category: 'Camping > Tents',
  brand: 'Nordvik',
  price: 249.9,
  currency: 'EUR',
  tags: ['light', 'two persons'],
  stock: 3,
  hidden: false,
  image: 'https://shop.example/tent.webp',
  url: 'https://shop.example/tent',
};

describe('taking items', () => {
  test('shows what it took', async () => {
    expect(await put([tent, { itemId: 'p-2' }])).toMatchObject({ status: 200, body: { items: 2 } });
    const updatedAt = '2026-03-02T10:00:00.000Z';
    expect((await get('p-1')).body).toEqual({ ...tent, updatedAt, learnt: [] });
    expect((await get('p-2')).body).toEqual({ itemId: 'p-2', updatedAt, learnt: [] });
  });

  test('keeps the fields that a request leaves out, and unsets those that are null', async () => {
    await put([tent]);
    now += 1_000;
    await put([{ itemId: 'p-1', stock: 0, brand: null, tags: [], price: null }]);
    const { brand: _, price: __, currency: ___, ...rest } = tent;
    const updatedAt = '2026-03-02T10:00:01.000Z';
    expect((await get('p-1')).body).toEqual({ ...rest, stock: 0, tags: [], updatedAt, learnt: [] });
  });

  test('loses no field when many change one item at once', async () => {
    const { itemId, ...fields } = tent;
    await Promise.all(Object.entries(fields).map(([name, value]) => put([{ itemId, [name]: value }])));
    expect((await get('p-1')).body).toMatchObject(tent);
  });

  test('takes the same request again, whether or not its answer arrived', async () => {
    await put([tent]);
    const before = await get('p-1');
    await put([tent]);
    expect(await get('p-1')).toEqual(before);
  });

  test('takes a category as a path or as levels, and texts without outer spaces', async () => {
    await put([
      { itemId: ' a ', category: 'Camping>Tents >  Dome  tents', title: ' Tent ', currency: 'eur', price: 10 / 3 },
      { itemId: 'b', category: ['Camping', 'Tents > Dome tents'], tags: ['x', 'x'] },
    ]);
    expect((await get('a')).body).toMatchObject({
      category: 'Camping > Tents > Dome tents',
      title: 'Tent',
      currency: 'EUR',
      price: 3.3333,
    });
    expect((await get('b')).body).toMatchObject({ category: 'Camping > Tents > Dome tents', tags: ['x'] });
  });

  test('takes 500 large items, and no more', async () => {
    const many = Array.from({ length: 500 }, (_, at) => ({ ...tent, itemId: `p-${at}`, title: 'x'.repeat(500) }));
    expect(await put(many)).toMatchObject({ status: 200, body: { items: 500 } });
    expect(await put([...many, { itemId: 'one more' }])).toMatchObject({
      status: 400,
      body: { code: 'invalid_body', errors: [{ path: 'items' }] },
    });
    const body = `{"items":[]${' '.repeat(MAX_ITEMS_BYTES)}}`;
    expect(await send('PUT /v1/catalog/items', { body })).toMatchObject({
      status: 413,
      body: { code: 'body_too_large' },
    });
  });

  test('with one item that is wrong takes none, and names every wrong value by its path', async () => {
    const answer = await put([
      { itemId: 'good', title: 'Good' },
      { itemId: 'p', title: '', price: -1, stock: 1.5, hidden: 'no', currency: 'COINS', colour: 'red' },
      { category: ' > ', brand: 'x'.repeat(201), url: 'javascript:alert(1)', image: '/tent.webp' },
      { itemId: 'x'.repeat(257), tags: Array(51).fill('tag'), price: '5', category: ['a', 7], title: 'a\0b' },
      'item',
    ]);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_body' } });
    expect(answer.body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(
      [
        ...['title', 'price', 'stock', 'hidden', 'currency', 'colour'].map((name) => `items.1.${name}`),
        ...['itemId', 'category', 'brand', 'url', 'image'].map((name) => `items.2.${name}`),
        ...['itemId', 'tags', 'price', 'category.1', 'title'].map((name) => `items.3.${name}`),
        'items.4',
      ].sort(),
    );
    expect(await get('good')).toMatchObject({ status: 404 });
  });

  test('refuses an item that stands twice in a request: which one holds nobody could say', async () => {
    expect(await put([{ itemId: 'p-1' }, { itemId: 'p-2' }, { itemId: ' p-1' }])).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'items.2.itemId', message: expect.stringContaining('items.0.itemId') }] },
    });
  });

  test.each([[[]], [{}], [{ items: {} }], [{ items: [], more: 1 }], ['text'], [null]])(
    'refuses a body that is %j',
    async (body) => {
      const answer = await send('PUT /v1/catalog/items', { body: JSON.stringify(body) });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_body' } });
    },
  );

  test('says that a request may be sent again when the table refuses a part of it', async () => {
    const catalog = { ...store, put: () => Promise.reject(new Error('throttled')) };
    const body = JSON.stringify({ items: [tent] });
    expect(await send('PUT /v1/catalog/items', { body }, catalog)).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2' },
      body: { code: 'not_stored' },
    });
  });

  test('wants an API key', async () => {
    const answer = await send('PUT /v1/catalog/items', { headers: {}, body: JSON.stringify({ items: [tent] }) });
    expect(answer).toMatchObject({ status: 401, body: { code: 'key_missing' } });
    expect(await get('p-1')).toMatchObject({ status: 404 });
  });

  test('takes the example of the documentation', async () => {
    const example = endpoints.find(({ operationId }) => operationId === 'putCatalogItems')?.example;
    expect(await send('PUT /v1/catalog/items', { body: JSON.stringify(example) })).toMatchObject({ status: 200 });
  });
});

describe('showing items', () => {
  test('shows field by field what was given, else what events tell, and says which', async () => {
    await store.learn([{ itemId: 'p-1', title: 'Learnt', brand: 'Nordvik', price: 9, currency: 'EUR' }], now);
    expect((await get('p-1')).body).toMatchObject({ title: 'Learnt', learnt: ['title', 'brand', 'price', 'currency'] });
    await put([{ itemId: 'p-1', title: 'Given' }]);
    expect((await get('p-1')).body).toMatchObject({
      title: 'Given',
      brand: 'Nordvik',
      learnt: ['brand', 'price', 'currency'],
    });
    await put([{ itemId: 'p-1', title: null }]);
    expect((await get('p-1')).body).toMatchObject({ title: 'Learnt' });
  });

  test('never shows a learnt price in a given currency that is another', async () => {
    await store.learn([{ itemId: 'p-1', price: 9, currency: 'EUR' }], now);
    await put([{ itemId: 'p-1', currency: 'GBP' }]);
    expect((await get('p-1')).body).not.toHaveProperty('price');
    await put([{ itemId: 'p-1', price: 8 }]);
    expect((await get('p-1')).body).toMatchObject({ price: 8, currency: 'GBP' });
  });

  test('lists every item once, page by page', async () => {
    await put(Array.from({ length: 23 }, (_, at) => ({ itemId: `p-${at}`, title: `Item ${at}` })));
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const { status, body } = await list({ limit: '5', ...(cursor && { cursor }) });
      expect(status).toBe(200);
      seen.push(...body.items.map(({ itemId }: { itemId: string }) => itemId));
      cursor = body.nextCursor;
    }
    expect(seen.sort()).toEqual(Array.from({ length: 23 }, (_, at) => `p-${at}`).sort());
  });

  test('ends the list with its last item', async () => {
    await put([{ itemId: 'a' }, { itemId: 'b' }]);
    expect((await list({ limit: '2' })).body).toMatchObject({ items: { length: 2 }, nextCursor: null });
    expect((await list()).body.nextCursor).toBeNull();
  });

  test.each([{ limit: '0' }, { limit: '501' }, { limit: 'x' }, { cursor: 'made-up' }])('refuses %j', async (query) => {
    const [name] = Object.keys(query);
    expect(await list(query as never)).toMatchObject({
      status: 400,
      body: { code: 'invalid_parameter', errors: [{ path: name }] },
    });
  });

  test('says that there is no such item', async () => {
    expect(await get('nothing')).toMatchObject({ status: 404, body: { code: 'item_not_found' } });
    expect(await get('x'.repeat(257))).toMatchObject({ status: 400, body: { code: 'invalid_parameter' } });
  });
});
