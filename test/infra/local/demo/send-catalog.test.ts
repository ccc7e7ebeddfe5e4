import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isSoldOut, sendCatalog } from '../../../../infra/local/demo/send-catalog.ts';
import { type CatalogChange, catalogChanges } from '../../../../schemas/catalog.ts';
import { aSmallStore } from './a-store.ts';

let received: { readonly head: string; readonly items: readonly CatalogChange[] }[] = [];
let status = 200;
const server = createServer(async (request, response) => {
  const { method, url, headers } = request;
  const body = catalogChanges.parse(JSON.parse(await text(request)));
  received.push({ head: `${method} ${url} ${headers.authorization}`, items: body.items });
  response.writeHead(status).end('{"code":"key_unknown"}');
});

beforeEach(async () => {
  received = [];
  status = 200;
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
});
afterEach(() => server.close());

const options = () => ({ apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: 'sk_local' });

test('sends every item as the API takes it, a few of them sold out', async () => {
  const { catalog } = aSmallStore();
  const sent = await sendCatalog(catalog, options());
  expect(received.map(({ head }) => head)).toEqual(['PUT /v1/catalog/items Bearer sk_local']);
  const items = new Map(received.flatMap((each) => each.items).map((item) => [item.itemId, item]));
  expect([...items.keys()]).toEqual(catalog.map(({ itemId }) => itemId));
  for (const item of catalog) {
    expect(items.get(item.itemId)).toMatchObject({
      title: item.name,
      category: `${item.department} > ${item.category}`,
      brand: item.brand,
      price: item.priceCents / 100,
      currency: 'USD',
      image: item.imageUrl,
      url: item.url,
    });
  }
  const soldOut = [...items.values()].filter(({ stock }) => stock === 0);
  expect(soldOut.map(({ itemId }) => itemId)).toEqual(catalog.filter(isSoldOut).map(({ itemId }) => itemId));
  expect(sent.soldOut).toBe(soldOut.length);
  expect(soldOut.length).toBeGreaterThan(2);
  expect(soldOut.length).toBeLessThan(20);
});

test('sends no more items at once than a request may have', async () => {
  const [item] = aSmallStore().catalog;
  if (!item) throw new Error('The shop is empty.');
  const many = Array.from({ length: 501 }, (_, at) => ({ ...item, itemId: `i-${at}` }));
  await sendCatalog(many, options());
  expect(received.map(({ items }) => items.length)).toEqual([500, 1]);
});

test('says what the API answered when it took nothing', async () => {
  status = 401;
  await expect(sendCatalog(aSmallStore().catalog, options())).rejects.toThrow('answered 401: {"code":"key_unknown"}');
});
