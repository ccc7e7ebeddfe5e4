import type { DynamoDb, Item } from './dynamodb.ts';
import { deleteItems, writeItems } from './dynamodb-batches.ts';
import { gathering } from './gathering.ts';
import { sortKeyOf } from './sort-key.ts';
import { bucketOf } from './spread.ts';

/** Partitions of a minute: many profiles are due at midnight. */
export const PARTS = 4;
const MINUTE_MS = 60_000;
/** Entries that a page has at most: one tick takes them. */
const PAGE = 500;
/** Unswept entries go by themselves after this; no outage that ends lasts as long. */
const LIFE_MS = 30 * 86_400_000;

/**
 * An entry is swept no sooner than this after it was armed, in milliseconds: the profile that is due must have been
 * written, or the tick finds nothing to do. A writer that took longer from arming to having written arms again.
 */
export const SETTLE_MS = 5_000;

/** That a profile is due at a moment. */
export interface DueEntry {
  readonly bucket: string;
  /** Sort key: the moment, when it was armed, and the profile. */
  readonly due: string;
  readonly key: string;
  /** Since when it waits to be swept, milliseconds since 1970. */
  readonly since: number;
}

/** What the profile-updater needs: to be woken. */
export interface DueTimes {
  /**
   * Has a tick put on the stream for the profile of `key` at `dueMs` (milliseconds since 1970), or soon where that has
   * passed. May be repeated.
   */
  arm(dueMs: number, key: string): Promise<void>;
}

export interface DueStore extends DueTimes {
  /** Entries of a part of a minute that are due and settled at `now`: at most 500, those due longest first. */
  page(minute: number, part: number, now: number): Promise<readonly DueEntry[]>;
  remove(entries: readonly DueEntry[]): Promise<void>;
  /** The first minute that may have entries nobody has swept; undefined before the first sweep. */
  readCursor(): Promise<number | undefined>;
  writeCursor(minute: number): Promise<void>;
}

/** The minute, counted from 1970, in which a moment lies. */
export const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS);

const cursorKey: Item = { bucket: { S: 'cursor' }, due: { S: 'cursor' } };

/** What is due when, in a DynamoDB table: by minute, so that what is due is found without looking at all. */
export function createDueStore(dynamoDb: DynamoDb, table: string, clock: () => number): DueStore {
  const put = gathering<Item>((items) => writeItems(dynamoDb, table, items));
  return {
    async arm(dueMs, key) {
      const now = clock();
      const at = Math.max(dueMs, now);
      const sort = sortKeyOf(key);
      const item: Item = {
        bucket: { S: `${minuteOf(at)}#${bucketOf(key, PARTS)}` },
        // The time of arming makes it another entry than one that is being swept, and deleted, at this moment.
        due: { S: `${digits(at)}#${sort}#${now.toString(36)}` },
        key: { S: key },
        armedAt: { N: String(now) },
        expiresAt: { N: String(Math.ceil((at + LIFE_MS) / 1000)) },
      };
      await put(item);
    },
    async page(minute, part, now) {
      const bucket = `${minute}#${part}`;
      const found: DueEntry[] = [];
      let start: Item | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await dynamoDb('Query', {
          TableName: table,
          KeyConditionExpression: '#bucket = :bucket AND due < :after',
          FilterExpression: 'armedAt <= :settled',
          ExpressionAttributeNames: { '#bucket': 'bucket' },
          ExpressionAttributeValues: {
            ':bucket': { S: bucket },
            ':after': { S: digits(now + 1) },
            ':settled': { N: String(now - SETTLE_MS) },
          },
          ConsistentRead: true,
          Limit: PAGE - found.length,
          ...(start && { ExclusiveStartKey: start }),
        });
        for (const { due, key, armedAt } of Items) {
          if (due?.S === undefined || key?.S === undefined) continue;
          const since = Math.max(Number.parseInt(due.S, 10), Number(armedAt?.N ?? 0) + SETTLE_MS);
          found.push({ bucket, due: due.S, key: key.S, since });
        }
        start = LastEvaluatedKey;
      } while (start && found.length < PAGE);
      return found;
    },
    async remove(entries) {
      const keys = entries.map(({ bucket, due }) => ({ bucket: { S: bucket }, due: { S: due } }));
      await deleteItems(dynamoDb, table, keys);
    },
    async readCursor() {
      const { Item: item } = await dynamoDb('GetItem', {
        TableName: table,
        Key: cursorKey,
        ConsistentRead: true,
      });
      const minute = Number(item?.sweptBefore?.N ?? Number.NaN);
      return Number.isNaN(minute) ? undefined : minute;
    },
    async writeCursor(minute) {
      const item: Item = { ...cursorKey, sweptBefore: { N: String(minute) } };
      await dynamoDb('PutItem', { TableName: table, Item: item });
    },
  };
}

/** 13 digits, which sort like the numbers until the year 2286. */
const digits = (ms: number): string => String(ms).padStart(13, '0');
