import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Headwater, startHeadwater } from './headwater.ts';

let headwater: Headwater;

beforeAll(async () => {
  headwater = await startHeadwater();
});
afterAll(() => headwater?.stop());

type Json = Record<string, unknown>;

const put = (body: unknown) =>
  headwater.api('PUT', '/v1/catalog/items', body) as Promise<{ status: number; body: Json }>;
const get = async (id: string) =>
  (await headwater.api('GET', `/v1/catalog/items/${encodeURIComponent(id)}`)) as { status: number; body: Json };

const tent = {
  itemId: 'sku/1 ü',
  title: 'Dome tent',
  category: 'Camping > Tents',
  price: 249.9,
  currency: 'EUR',
  stock: 3,
};

test('shows an item as several requests have made it', async () => {
  expect(await put({ items: [tent, { itemId: 'p-2', category: ['Camping', 'Stoves'] }] })).toEqual({
    status: 200,
    body: { items: 2 },
  });
  await put({ items: [{ itemId: tent.itemId, stock: 0, price: null }] });
  const { price: _, currency: __, ...rest } = tent;
  expect(await get(tent.itemId)).toEqual({
    status: 200,
    body: { ...rest, stock: 0, updatedAt: expect.any(String), learnt: [] },
  });
  expect((await get('p-2')).body).toMatchObject({ category: 'Camping > Stoves' });
});

test('loses no field of two systems that send theirs at once, again and again', async () => {
  const rounds = Array.from({ length: 20 }, (_, stock) => stock);
  await Promise.all(
    rounds.flatMap((stock) => [
      put({ items: [{ itemId: 'p-3', stock }] }),
      put({ items: [{ itemId: 'p-3', title: `Title ${stock}`, brand: 'Nordvik' }] }),
    ]),
  );
  const { body } = await get('p-3');
  expect(body).toMatchObject({ brand: 'Nordvik', title: expect.stringMatching(/^Title /), stock: expect.any(Number) });
});

test('takes 500 items at once, and lists each once', async () => {
  const items = Array.from({ length: 500 }, (_, at) => ({ itemId: `many-${at}`, title: `Item ${at}`, stock: at }));
  expect(await put({ items })).toMatchObject({ status: 200, body: { items: 500 } });
  const seen: string[] = [];
  for (let cursor: unknown; cursor !== null; ) {
    const query: string = typeof cursor === 'string' ? `&cursor=${cursor}` : '';
    const { status, body } = await headwater.api('GET', `/v1/catalog/items?limit=200${query}`);
    expect(status).toBe(200);
    const page = body as { items: { itemId: string }[]; nextCursor: string | null };
    seen.push(...page.items.map(({ itemId }) => itemId).filter((id) => id.startsWith('many-')));
    cursor = page.nextCursor;
  }
  expect(seen.sort()).toEqual(items.map(({ itemId }) => itemId).sort());
});

test('with one bad item takes none, and names each wrong value', async () => {
  const answer = await put({
    items: [{ itemId: 'never', title: 'Never' }, { itemId: 'b', price: -1, url: 'ftp://x' }, { title: 'no id' }],
  });
  expect(answer).toMatchObject({
    status: 400,
    body: {
      code: 'invalid_body',
      errors: [{ path: 'items.1.price' }, { path: 'items.1.url' }, { path: 'items.2.itemId' }],
    },
  });
  expect(await get('never')).toMatchObject({ status: 404, body: { code: 'item_not_found' } });
});

test.each([
  [
    'more than 500 items',
    { items: Array.from({ length: 501 }, (_, at) => ({ itemId: `p-${at}` })) },
    400,
    'invalid_body',
  ],
  ['an item twice', { items: [{ itemId: 'a' }, { itemId: 'a' }] }, 400, 'invalid_body'],
  ['no list', [{ itemId: 'a' }], 400, 'invalid_body'],
  ['more than 2 MB', { items: [], pad: 'x'.repeat(2_100_000) }, 413, 'body_too_large'],
])('refuses %s', async (_, body, status, code) => {
  expect(await put(body)).toMatchObject({ status, body: { code } });
});

test('refuses who has no API key', async () => {
  const answer = await fetch(`${headwater.url}/v1/catalog/items`, { method: 'PUT', body: '{"items":[]}' });
  expect(answer.status).toBe(401);
});
