import { setTimeout as pause } from 'node:timers/promises';
import type { DynamoDb, Item, WriteRequest } from './dynamodb.ts';

export type { Item } from './dynamodb.ts';

/** DynamoDB's limits of one call. */
const MAX_READS = 100;
const MAX_WRITES = 25;
/** How often what DynamoDB left undone is asked for again, with growing pauses: about six seconds in all. */
const MAX_ROUNDS = 9;
const FIRST_PAUSE_MS = 25;
const IN_FLIGHT = 8;

/** DynamoDB went on leaving a part of a batch undone: the table is throttled. */
export class LeftUndoneError extends Error {
  override readonly name = 'LeftUndoneError';

  constructor(items: number, table: string) {
    super(`DynamoDB left ${items} items of ${table} undone ${MAX_ROUNDS} times: it is throttled; come again later.`);
  }
}

/**
 * The items that exist under any number of different keys, in no order: as of the latest write, or, not `consistent`, of
 * some seconds before, for half the price.
 */
export async function readItems(
  dynamoDb: DynamoDb,
  table: string,
  keys: readonly Item[],
  { consistent = true }: { readonly consistent?: boolean } = {},
): Promise<Item[]> {
  const found: Item[] = [];
  await inParts(keys, MAX_READS, table, async (part) => {
    const { Responses, UnprocessedKeys } = await dynamoDb('BatchGetItem', {
      RequestItems: { [table]: { Keys: part, ConsistentRead: consistent } },
    });
    found.push(...(Responses?.[table] ?? []));
    return UnprocessedKeys?.[table]?.Keys ?? [];
  });
  return found;
}

/** Writes any number of items with different keys, whatever is there. */
export const writeItems = (dynamoDb: DynamoDb, table: string, items: readonly Item[]): Promise<void> =>
  write(
    dynamoDb,
    table,
    items.map((item) => ({ PutRequest: { Item: item } })),
  );

/** Deletes the items of any number of different keys; one that is gone is no error. */
export const deleteItems = (dynamoDb: DynamoDb, table: string, keys: readonly Item[]): Promise<void> =>
  write(
    dynamoDb,
    table,
    keys.map((key) => ({ DeleteRequest: { Key: key } })),
  );

async function write(dynamoDb: DynamoDb, table: string, requests: readonly WriteRequest[]): Promise<void> {
  await inParts(requests, MAX_WRITES, table, async (part) => {
    const { UnprocessedItems } = await dynamoDb('BatchWriteItem', { RequestItems: { [table]: part } });
    return UnprocessedItems?.[table] ?? [];
  });
}

/** Does all in parts, several at once; what a call leaves undone goes into a further one. Throws the first error. */
async function inParts<T>(
  all: readonly T[],
  size: number,
  table: string,
  call: (part: readonly T[]) => Promise<readonly T[]>,
): Promise<void> {
  const starts = Array.from({ length: Math.ceil(all.length / size) }, (_, part) => part * size).values();
  const work = async () => {
    for (const start of starts) {
      let waiting: readonly T[] = all.slice(start, start + size);
      for (let round = 0; waiting.length > 0; round += 1) {
        if (round === MAX_ROUNDS) throw new LeftUndoneError(waiting.length, table);
        if (round > 0) await pause(Math.random() * FIRST_PAUSE_MS * 2 ** round);
        waiting = await call(waiting);
      }
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
}
