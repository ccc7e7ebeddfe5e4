import type { DynamoDb, Item } from '../../functions/adapters/dynamodb.ts';
import { createModelStore } from '../../functions/adapters/model-store.ts';
import { aTrack } from '../fixtures/events.ts';
import { World } from '../functions/profile-updater/world.ts';
import { aShop } from './serving-shop.ts';

/** The bytes that DynamoDB or Kinesis answer an operation, in parts. */
export type Answer = (operation: string, body: string) => readonly Buffer<ArrayBuffer>[];

type Table = Map<string, Buffer<ArrayBuffer>>;

/**
 * DynamoDB and Kinesis as far as recommendations need them, from memory. Items lie there as they are sent, so that an answer
 * costs no more than to put them together.
 */
export async function servingTables(items: number, related: number, people: number): Promise<Answer> {
  const tables: Readonly<Record<string, Table>> = { profiles: new Map(), catalog: new Map(), models: new Map() };
  const put = (table: string, key: string, item: Item) => tables[table]?.set(key, Buffer.from(JSON.stringify(item)));
  const shop = aShop(items, related);

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
  for (let person = 0; person < people; person += 1) {
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
  return answering((table, key) => tables[table]?.get(Object.values(key)[0]?.S ?? ''));
}

const answering =
  (find: (table: string, key: Item) => Buffer<ArrayBuffer> | undefined): Answer =>
  (operation, body) => {
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
  };

const comma = Buffer.from(',');
