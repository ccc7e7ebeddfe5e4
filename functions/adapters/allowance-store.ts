import type { RateLimit } from '../../schemas/access-key.ts';
import { type Bucket, bucketAt, chunkOf, takeChunk } from '../../shared/keys/bucket.ts';
import { type DynamoDb, type Item, isConditionFailed } from './dynamodb.ts';

/** Requests that a sandbox may let through in a second. */
export interface Lease {
  readonly second: number;
  /** 0 when the second has none left. */
  readonly requests: number;
}

/** Takes requests of a key for the second `second`, or a later one when clocks differ. Throws what DynamoDB does. */
export type TakeAllowance = (id: string, limit: RateLimit, second: number) => Promise<Lease>;

const KEPT_SECONDS = 3_600;

/**
 * Allowances of keys in their table: of each key what is left of its second. A write is conditional on what was read, so that
 * what is handed out is never more than the limit, also when an answer is lost: then that chunk is used by nobody.
 */
export function takeAllowanceFrom(dynamoDb: DynamoDb, table: string): TakeAllowance {
  const read = async (id: string): Promise<Bucket | undefined> => {
    const { Item } = await dynamoDb('GetItem', { TableName: table, Key: { pk: { S: id } }, ConsistentRead: true });
    return Item && { second: Number(Item.second?.N), left: Number(Item.left?.N) };
  };

  const write = async (id: string, before: Bucket | undefined, { second, left }: Bucket): Promise<boolean> => {
    const item: Item = {
      pk: { S: id },
      second: { N: String(second) },
      left: { N: String(left) },
      expiresAt: { N: String(second + KEPT_SECONDS) },
    };
    try {
      await dynamoDb('PutItem', { TableName: table, Item: item, ...conditionOn(before) });
      return true;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      return false;
    }
  };

  return async (id, limit, second) => {
    // Each attempt that fails is another sandbox's success, of which a bucket has no more.
    const most = Math.ceil(limit.burst / chunkOf(limit)) + 1;
    for (let attempt = 0; attempt < most; attempt += 1) {
      const before = await read(id);
      const { taken, rest } = takeChunk(bucketAt(before, limit, second), limit);
      if (taken === 0 || (await write(id, before, rest))) return { second: rest.second, requests: taken };
    }
    return { second, requests: 0 };
  };
}

const conditionOn = (before: Bucket | undefined) =>
  before === undefined
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : {
        ConditionExpression: '#second = :second AND #left = :left',
        ExpressionAttributeNames: { '#second': 'second', '#left': 'left' },
        ExpressionAttributeValues: { ':second': { N: String(before.second) }, ':left': { N: String(before.left) } },
      };
