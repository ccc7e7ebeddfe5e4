import {
  type CatalogChange,
  type CatalogFields,
  type CatalogItem,
  catalogFields,
  type LearntItem,
  learntFields,
  type StoredItem,
} from '../../schemas/catalog.ts';
import { itemOf } from '../../shared/catalog/item.ts';
import type { AttributeValue, DynamoDb, Item } from './dynamodb.ts';
import { readItems } from './dynamodb-batches.ts';

/** The catalog in a DynamoDB table with the partition key `itemId`. */
export interface CatalogStore {
  /** The items that exist, as of a moment ago. Ids may repeat. */
  read(ids: readonly string[]): Promise<ReadonlyMap<string, CatalogItem>>;
  /** One item, as of the latest write; undefined when there is none. */
  get(id: string): Promise<StoredItem | undefined>;
  /** Writes what is said of items, field by field; may be done again. `now` is in milliseconds since 1970. */
  put(changes: readonly CatalogChange[], now: number): Promise<void>;
  /** Replaces what events tell of items. */
  learn(items: readonly LearntItem[], now: number): Promise<void>;
  /** Up to `limit` items after the one of an id, in an order that stays. */
  list(limit: number, after: string | undefined): Promise<ListedItems>;
  /** All items in pages, as of about now; goes on after the item of an id. */
  scan(after?: string): AsyncGenerator<readonly StoredItem[]>;
}

export interface ListedItems {
  readonly items: readonly StoredItem[];
  readonly hasMore: boolean;
}

/** Updates under way at once: each is a request of its own, so that nobody's fields are lost. */
const IN_FLIGHT = 16;

export function createCatalogStore(dynamoDb: DynamoDb, table: string): CatalogStore {
  const page = async (after: string | undefined, limit?: number) =>
    await dynamoDb('Scan', {
      TableName: table,
      ...(limit !== undefined && { Limit: limit }),
      ...(after !== undefined && { ExclusiveStartKey: keyOf(after) }),
    });

  const update = async (itemId: string, fields: readonly (readonly [string, AttributeValue | undefined])[]) => {
    const names = fields.map(([name], at) => [`#${at}`, name] as const);
    const set = fields.flatMap(([, value], at) => (value === undefined ? [] : [`#${at} = :${at}`]));
    const remove = fields.flatMap(([, value], at) => (value === undefined ? [`#${at}`] : []));
    await dynamoDb('UpdateItem', {
      TableName: table,
      Key: keyOf(itemId),
      UpdateExpression: [`SET ${set}`, ...(remove.length > 0 ? [`REMOVE ${remove}`] : [])].join(' '),
      ExpressionAttributeNames: Object.fromEntries(names),
      ExpressionAttributeValues: Object.fromEntries(
        fields.flatMap(([, value], at) => (value === undefined ? [] : [[`:${at}`, value]])),
      ),
    });
  };

  return {
    async read(ids) {
      const items = await readItems(dynamoDb, table, [...new Set(ids)].map(keyOf), { consistent: false });
      return new Map(items.map((item) => [item.itemId?.S ?? '', itemOf(storedOf(item))]));
    },
    async get(id) {
      const { Item: item } = await dynamoDb('GetItem', { TableName: table, Key: keyOf(id), ConsistentRead: true });
      return item && storedOf(item);
    },
    async put(changes, now) {
      await each(changes, async (change) => {
        const said = catalogFields.filter((name) => change[name] !== undefined);
        await update(change.itemId, [
          ['updatedAt', { N: String(now) }],
          ...said.map((name) => [name, change[name] === null ? undefined : written(change[name])] as const),
        ]);
      });
    },
    async learn(items, now) {
      await each(items, async (item) => {
        const known = learntFields.filter((name) => item[name] !== undefined);
        const learnt = Object.fromEntries(known.map((name) => [name, written(item[name])]));
        await update(item.itemId, [
          ['learntAt', { N: String(now) }],
          ['learnt', { M: learnt }],
        ]);
      });
    },
    async list(limit, after) {
      const found: Item[] = [];
      let from = after;
      do {
        // One more than asked for shows whether there are more.
        const { Items = [], LastEvaluatedKey } = await page(from, limit + 1 - found.length);
        found.push(...Items);
        from = LastEvaluatedKey?.itemId?.S;
      } while (from !== undefined && found.length <= limit);
      return { items: found.slice(0, limit).map(storedOf), hasMore: found.length > limit };
    },
    async *scan(after) {
      let from = after;
      do {
        const { Items = [], LastEvaluatedKey } = await page(from);
        if (Items.length > 0) yield Items.map(storedOf);
        from = LastEvaluatedKey?.itemId?.S;
      } while (from !== undefined);
    },
  };
}

const keyOf = (itemId: string): Item => ({ itemId: { S: itemId } });

async function each<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const rest = all.values();
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (const one of rest) await act(one);
    }),
  );
}

function written(value: CatalogFields[keyof CatalogFields]): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  return { L: (value ?? []).map((tag) => ({ S: tag })) };
}

function storedOf(item: Item): StoredItem {
  const { itemId, learnt, updatedAt, learntAt } = item;
  return {
    itemId: itemId?.S ?? '',
    given: fieldsOf(item, catalogFields),
    learnt: fieldsOf(learnt?.M ?? {}, learntFields),
    updatedAt: Math.max(Number(updatedAt?.N ?? 0), Number(learntAt?.N ?? 0)),
  };
}

function fieldsOf(item: Item, names: readonly (keyof CatalogFields)[]): CatalogFields {
  const fields: Partial<Record<keyof CatalogFields, CatalogFields[keyof CatalogFields]>> = {};
  for (const name of names) {
    const value = item[name];
    if (value !== undefined) fields[name] = readValue(value);
  }
  return fields as CatalogFields;
}

function readValue({ S, N, BOOL, L = [] }: AttributeValue): CatalogFields[keyof CatalogFields] {
  if (S !== undefined) return S;
  if (N !== undefined) return Number(N);
  return BOOL ?? L.map((tag) => tag.S ?? '');
}
