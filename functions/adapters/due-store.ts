import { type DynamoDb, type Item, secondsOf } from './dynamodb.ts';
import { deleteItems, writeItems } from './dynamodb-batches.ts';
import { gathering } from './gathering.ts';
import { sortKeyOf } from './sort-key.ts';
import { bucketOf } from './spread.ts';

/** Partitions of a minute: many profiles are due at midnight. */
export const PARTS = 4;
const MINUTE_MS = 60_000;
/** Entries that a page has at most: one tick takes them. */
const PAGE = 500;
/** What is due sooner than this is an entry of its own, to be on time. */
const FAR_MS = 1_800_000;
/** What is due within so long is one entry, where it was armed at once: the earliest waits for the last. */
const TOGETHER_MS = 30_000;
/** Bytes of keys that an entry holds at most: about what one write unit takes. */
const MAX_KEYS_BYTES = 800;
/** Unswept entries go by themselves after this; no outage that ends lasts as long. */
const LIFE_MS = 30 * 86_400_000;

/**
 * An entry is swept no sooner than this after it was armed, in milliseconds: the profile that is due must have been
 * written, or the tick finds nothing to do. A writer that took longer from arming to having written arms again.
 */
export const SETTLE_MS = 5_000;

/** That a profile is due at a moment. Several may be of one entry. */
export interface DueEntry {
  readonly bucket: string;
  /** Sort key: the moment, the first profile, and when it was armed. */
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
  /** What is due and settled at `now` of a part of a minute: those due longest first, about 500 at most. */
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
  let armed = 0;
  const itemOf = (group: readonly Armed[], now: number): Item => {
    const keys = group.map(({ key }) => key);
    const [first = ''] = keys;
    const at = Math.max(...group.map((one) => one.at));
    armed += 1;
    return {
      bucket: { S: `${minuteOf(at)}#${bucketOf(first, PARTS)}` },
      // The time of arming makes it another entry than one that is being swept, and deleted, at this moment.
      due: { S: `${digits(at)}#${sortKeyOf(first)}#${now.toString(36)}.${armed.toString(36)}` },
      ...(keys.length === 1 ? { key: { S: first } } : { keys: { L: keys.map((S) => ({ S })) } }),
      armedAt: { N: String(now) },
      expiresAt: secondsOf(at + LIFE_MS),
    };
  };
  const put = gathering<Armed>(async (all) => {
    const now = clock();
    await writeItems(
      dynamoDb,
      table,
      together(all, now).map((group) => itemOf(group, now)),
    );
  });
  return {
    arm: (dueMs, key) => put({ at: Math.max(dueMs, clock()), key }),
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
        for (const item of Items) {
          const { due, armedAt } = item;
          if (due?.S === undefined) continue;
          const since = Math.max(Number.parseInt(due.S, 10), Number(armedAt?.N ?? 0) + SETTLE_MS);
          for (const key of keysOfDue(item)) found.push({ bucket, due: due.S, key, since });
        }
        start = LastEvaluatedKey;
      } while (start && found.length < PAGE);
      return found;
    },
    async remove(entries) {
      const items = new Map(entries.map(({ bucket, due }) => [due, { bucket: { S: bucket }, due: { S: due } }]));
      await deleteItems(dynamoDb, table, [...items.values()]);
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

/** The profiles that an entry is about. */
export const keysOfDue = ({ key, keys }: Item): string[] =>
  [...(key ? [key] : []), ...(keys?.L ?? [])].flatMap(({ S }) => S ?? []);

/** Deletes entries by their keys; those of several profiles that have some left are written anew with these. */
export async function removeDue(dynamoDb: DynamoDb, table: string, items: readonly Item[]): Promise<void> {
  const isLeft = (item: Item) => keysOfDue(item).length > 0;
  await writeItems(dynamoDb, table, items.filter(isLeft));
  await deleteItems(
    dynamoDb,
    table,
    items
      .filter((item) => !isLeft(item))
      .map(({ bucket, due }) => ({ ...(bucket && { bucket }), ...(due && { due }) })),
  );
}

interface Armed {
  readonly at: number;
  readonly key: string;
}

/** Puts together what is due far from now and at nearly the same time. */
function together(all: readonly Armed[], now: number): Armed[][] {
  const groups: { readonly slot: number; bytes: number; readonly armed: Armed[] }[] = [];
  for (const one of all.toSorted((a, b) => a.at - b.at)) {
    const slot = one.at - now < FAR_MS ? -1 : Math.floor(one.at / TOGETHER_MS);
    const bytes = Buffer.byteLength(one.key) + 1;
    const last = groups.at(-1);
    if (slot >= 0 && last?.slot === slot && last.bytes + bytes <= MAX_KEYS_BYTES) {
      last.armed.push(one);
      last.bytes += bytes;
    } else {
      groups.push({ slot, bytes, armed: [one] });
    }
  }
  return groups.map(({ armed }) => armed);
}

/** 13 digits, which sort like the numbers until the year 2286. */
const digits = (ms: number): string => String(ms).padStart(13, '0');
