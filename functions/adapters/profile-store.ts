import {
  type AttributeValue,
  type DynamoDb,
  type Item,
  isConditionFailed,
  type PutItemInput,
  secondsOf,
} from './dynamodb.ts';
import { readItems } from './dynamodb-batches.ts';
import { ServiceError } from './signed-http.ts';

/** What is known of a key, as the table holds it. */
export interface ProfileItem {
  /** A key: `user:<userId>`, `anonymous:<anonymousId>`, or one that only joins others, `email:<address>` for example. */
  readonly id: string;
  /** Number of writes so far. */
  readonly version: number;
  /** Which writer made this version: tells a lost answer from a conflict. */
  readonly token: string;
  /** Milliseconds since 1970, for whoever looks at the table. */
  readonly lastSeen: number;
  readonly format: number;
  readonly state: Uint8Array;
  readonly ids: Uint8Array;
  /** Milliseconds since 1970 after which the table may delete it: of a key that is nobody's. */
  readonly expiresAt?: number;
}

/** Message ids that no longer fit a profile's own item. */
export interface MessageIdPageItem {
  readonly key: string;
  readonly number: number;
  readonly ids: Uint8Array;
  /** Milliseconds since 1970 after which the table may delete it. */
  readonly expiresAt: number;
}

/** `conflict`: the condition failed, somebody else has written in between; or this very write succeeded unheard. */
export type WriteOutcome = 'written' | 'conflict';

export interface ProfileStore {
  /** The profiles that exist, by id, as of the latest write. */
  read(ids: readonly string[]): Promise<ReadonlyMap<string, ProfileItem>>;
  /** Writes a version if the one before is the latest; version 1 if there is none. */
  write(item: ProfileItem): Promise<WriteOutcome>;
  /**
   * Writes a version as `write` does, and deletes up to 99 others in the same transaction, if all are the latest. Throws
   * `PersonTooLargeError`.
   */
  writeAndRemove(item: ProfileItem, others: readonly Pick<ProfileItem, 'id' | 'version'>[]): Promise<WriteOutcome>;
  /** Deletes a version that is the latest; a conflict when another one came, or when it is gone already. */
  remove(item: Pick<ProfileItem, 'id' | 'version'>): Promise<WriteOutcome>;
  /** The ids of pages of one profile; a page that expired is left out. */
  readPages(key: string, numbers: readonly number[]): Promise<readonly Uint8Array[]>;
  /** Writes a page. No condition: whoever writes a number writes the same ids, or ids that have left the window besides. */
  writePage(page: MessageIdPageItem): Promise<void>;
}

/** The items of a person are more than one transaction takes: they can't go together. */
export class PersonTooLargeError extends Error {
  override readonly name = 'PersonTooLargeError';
}

/** DynamoDB's limit of an item. */
export const MAX_ITEM_BYTES = 400 * 1024;

/** Bytes of a profile's item as DynamoDB counts them: names, texts, binaries, and at most 21 bytes a number. */
export function itemBytes(item: ProfileItem): number {
  const names = 'id version token lastSeen format state ids'.length - 6;
  const numbers = 3 * 21;
  return names + numbers + Buffer.byteLength(item.id) + item.token.length + item.state.length + item.ids.length;
}

/** Profiles in a DynamoDB table with the partition key `id`. */
export function createProfileStore(dynamoDb: DynamoDb, table: string): ProfileStore {
  const isVersion = (version: number) => ({
    ConditionExpression: 'version = :version',
    ExpressionAttributeValues: { ':version': { N: String(version) } },
  });
  const putOf = (item: ProfileItem): PutItemInput => ({
    TableName: table,
    Item: {
      id: { S: item.id },
      version: { N: String(item.version) },
      token: { S: item.token },
      lastSeen: { N: String(item.lastSeen) },
      format: { N: String(item.format) },
      state: { B: base64Of(item.state) },
      ids: { B: base64Of(item.ids) },
      ...(item.expiresAt !== undefined && { expiresAt: secondsOf(item.expiresAt) }),
    },
    ...(item.version === 1 ? { ConditionExpression: 'attribute_not_exists(id)' } : isVersion(item.version - 1)),
  });
  const deleteOf = ({ id, version }: Pick<ProfileItem, 'id' | 'version'>) => ({
    TableName: table,
    Key: keyOf(id),
    ...isVersion(version),
  });
  return {
    async read(ids) {
      const items = await readItems(dynamoDb, table, ids.map(keyOf));
      return new Map(items.map(profileOf).map((item) => [item.id, item]));
    },
    write: (item) => unlessConflict(() => dynamoDb('PutItem', putOf(item))),
    async writeAndRemove(item, others) {
      const TransactItems = [{ Put: putOf(item) }, ...others.map((other) => ({ Delete: deleteOf(other) }))];
      try {
        return await unlessConflict(() => dynamoDb('TransactWriteItems', { TransactItems }));
      } catch (error) {
        if (!(error instanceof ServiceError) || error.name !== 'ValidationException') throw error;
        throw new PersonTooLargeError(`A person of ${TransactItems.length} keys is too large to go at once.`, {
          cause: error,
        });
      }
    },
    remove: (item) => unlessConflict(() => dynamoDb('DeleteItem', deleteOf(item))),
    async readPages(key, numbers) {
      const ids = numbers.map((number) => pageId(key, number));
      const items = await readItems(dynamoDb, table, ids.map(keyOf));
      return items.map((item) => bytesOf(item.ids));
    },
    async writePage({ key, number, ids, expiresAt }) {
      const Item: Item = {
        id: { S: pageId(key, number) },
        expiresAt: secondsOf(expiresAt),
        ids: { B: base64Of(ids) },
      };
      await dynamoDb('PutItem', { TableName: table, Item });
    },
  };
}

const keyOf = (id: string): Item => ({ id: { S: id } });

/** Starts unlike any profile key, so that no user id can name the page of somebody else. */
const pageId = (key: string, number: number): string => `dedup:${number}:${key}`;

/** The profile key of a page by its id; undefined for an item of another kind. */
export const keyOfPage = (id: string): string | undefined => /^dedup:\d+:(.*)$/s.exec(id)?.[1];

/** An item that something else wrote gets format 0, which no reader takes: it spoils one profile, not a batch. */
const profileOf = (item: Item): ProfileItem => ({
  id: item.id?.S ?? '',
  version: Number(item.version?.N ?? 0),
  token: item.token?.S ?? '',
  lastSeen: Number(item.lastSeen?.N ?? 0),
  format: Number(item.format?.N ?? 0),
  state: bytesOf(item.state),
  ids: bytesOf(item.ids),
});

async function unlessConflict(write: () => Promise<unknown>): Promise<WriteOutcome> {
  try {
    await write();
    return 'written';
  } catch (error) {
    if (isConditionFailed(error)) return 'conflict';
    throw error;
  }
}

const base64Of = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('base64');

const bytesOf = (value: AttributeValue | undefined): Uint8Array => Buffer.from(value?.B ?? '', 'base64');
