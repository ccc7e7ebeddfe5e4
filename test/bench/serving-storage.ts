import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamoDb, Item } from '../../functions/adapters/dynamodb.ts';
import { createModelStore } from '../../functions/adapters/model-store.ts';
import { aTrack } from '../fixtures/events.ts';
import { World } from '../functions/profile-updater/world.ts';
import { aShop } from './serving-shop.ts';

/**
 * DynamoDB and Kinesis as far as recommendations need them, over HTTP and from memory, in a process of its own: answers a
 * handler's calls at once.
 */
const [items = '40000', related = '400', people = '200'] = process.argv.slice(2);
const shop = aShop(Number(items), Number(related));
const { version } = shop.head;

const tables: Record<string, Map<string, Item>> = { profiles: new Map(), catalog: new Map(), models: new Map() };
const writing: DynamoDb = async (operation, input) => {
  const { RequestItems, Item: one } = input as {
    RequestItems?: Record<string, { PutRequest: { Item: Item } }[]>;
    Item?: Item;
  };
  const written =
    operation === 'PutItem'
      ? [one]
      : Object.values(RequestItems ?? {})
          .flat()
          .map((put) => put.PutRequest.Item);
  for (const item of written) if (item) tables.models?.set(item.pk?.S ?? '', item);
  return {} as never;
};
const models = createModelStore(writing, 'models', Date.now);
await models.writeItems(version, shop.items);
await models.publish(shop.head, undefined);

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
  tables.profiles?.set(id, { id: { S: id }, ...numbers, token: { S: token }, state: binary(state), ids: binary(ids) });
}

async function find(table: string, key: Item): Promise<Item | undefined> {
  const [id = ''] = Object.values(key).map(({ S = '' }) => S);
  const kept = tables[table]?.get(id);
  if (kept) return kept;
  if (table === 'catalog')
    return { itemId: { S: id }, title: { S: `Title of ${id}` }, category: { S: `Level > ${id.at(-1)}` } };
  const [of, index] = id.split('#');
  if (table !== 'models' || of !== version || index === undefined) return undefined;
  await models.writeNeighbours(version, [{ item: Number(index), neighbours: shop.neighbours(Number(index)) }]);
  return tables.models?.get(id);
}

async function answer(operation: string, input: Record<string, never>): Promise<unknown> {
  if (operation === 'PutRecords') return { Records: [{ SequenceNumber: '1', ShardId: 'shardId-0' }] };
  if (operation === 'GetItem') return { Item: await find(input.TableName ?? '', input.Key ?? {}) };
  const [[table, { Keys }] = ['', { Keys: [] }]] = Object.entries<{ Keys: Item[] }>(input.RequestItems ?? {});
  const found = await Promise.all(Keys.map((key) => find(table, key)));
  return { Responses: { [table]: found.filter((item) => item !== undefined) } };
}

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  const body = JSON.stringify(await answer(operation, JSON.parse(Buffer.concat(chunks).toString())));
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
});
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on('disconnect', () => process.exit());
