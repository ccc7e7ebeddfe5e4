import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamoDb, Item } from '../../functions/adapters/dynamodb.ts';
import { createModelStore } from '../../functions/adapters/model-store.ts';
import { aTrack } from '../fixtures/events.ts';
import { World } from '../functions/profile-updater/world.ts';
import { aShop } from './serving-shop.ts';

/**
 * DynamoDB and Kinesis as far as recommendations need them, over HTTP and from memory, in a process of its own. Items lie
 * there as they are sent, so that an answer costs no more than to put them together.
 */
const [items = '40000', related = '400', people = '2600'] = process.argv.slice(2);
const shop = aShop(Number(items), Number(related));

type Table = Map<string, Buffer<ArrayBuffer>>;
const tables: Readonly<Record<string, Table>> = { profiles: new Map(), catalog: new Map(), models: new Map() };
const put = (table: string, key: string, item: Item) => tables[table]?.set(key, Buffer.from(JSON.stringify(item)));

const writing: DynamoDb = async (_, input) => {
  const { RequestItems, Item: one } = input as {
    RequestItems?: Record<string, { PutRequest: { Item: Item } }[]>;
    Item?: Item;
  };
  for (const requests of Object.values(RequestItems ?? {}))
    for (const { PutRequest } of requests) put('models', PutRequest.Item.pk?.S ?? '', PutRequest.Item);
  if (one) put('models', one.pk?.S ?? '', one);
  return {} as never;
};
const models = createModelStore(writing, 'models', Date.now);
const { version } = shop.head;
await models.writeItems(version, shop.items);
await models.publish(shop.head, undefined);
for (let item = 0; item < shop.items.ids.length; item += 1)
  await models.writeNeighbours(version, [{ item, neighbours: shop.neighbours(item) }]);

for (const id of shop.items.ids)
  put('catalog', id, { itemId: { S: id }, title: { S: `Title of ${id}` }, category: { S: `Level > ${id.at(-1)}` } });

const world = new World();
for (let person = 0; person < Number(people); person += 1) {
  const views = shop.views(person).map((product_id) => {
    return aTrack({ userId: `user-${person}`, event: 'Product Viewed', properties: { product_id } });
  });
  world.sendTogether(views);
}
await world.drain();
for (const { id, version: n, token, lastSeen, format, state, ids } of world.store.items.values()) {
  const binary = (bytes: Uint8Array) => ({ B: Buffer.from(bytes).toString('base64') });
  const numbers = { version: { N: String(n) }, lastSeen: { N: String(lastSeen) }, format: { N: String(format) } };
  put('profiles', id, { id: { S: id }, ...numbers, token: { S: token }, state: binary(state), ids: binary(ids) });
}

const find = (table: string, key: Item): Buffer<ArrayBuffer> | undefined =>
  tables[table]?.get(Object.values(key)[0]?.S ?? '');

function answer(operation: string, body: string): Buffer<ArrayBuffer>[] {
  if (operation === 'PutRecords') return [Buffer.from('{"Records":[{"SequenceNumber":"1","ShardId":"shardId-0"}]}')];
  const { TableName, Key, RequestItems } = JSON.parse(body);
  if (operation === 'GetItem') {
    const item = find(TableName, Key);
    return item ? [Buffer.from('{"Item":'), item, Buffer.from('}')] : [Buffer.from('{}')];
  }
  const [[table, { Keys }] = ['', { Keys: [] }]] = Object.entries<{ Keys: Item[] }>(RequestItems);
  const parts = [Buffer.from(`{"Responses":{"${table}":[`)];
  for (const key of Keys) {
    const item = find(table, key);
    if (item) parts.push(...(parts.length > 1 ? [comma] : []), item);
  }
  return [...parts, Buffer.from(']},"UnprocessedKeys":{}}')];
}

const comma = Buffer.from(',');

/** What the handler asked for since that was last told, for whoever asks for the same. */
let asked: [operation: string, body: string][] = [];

function tell(): Buffer<ArrayBuffer> {
  const told = Buffer.from(JSON.stringify(asked));
  asked = [];
  return told;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [who, operation = ''] = String(request.headers['x-amz-target']).split('.');
    const text = Buffer.concat(chunks).toString();
    if (who !== 'Peer') asked.push([operation, text]);
    const body = operation === 'asked' ? tell() : Buffer.concat(answer(operation, text));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': body.length }).end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on('disconnect', () => process.exit());
