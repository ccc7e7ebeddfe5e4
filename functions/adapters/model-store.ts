import { decodeNeighbours, encodeNeighbours } from '../../shared/recommender/codec.ts';
import { decodeItems, encodeItems } from '../../shared/recommender/items-codec.ts';
import type { ItemIndex, ItemNeighbours, ModelHead, ModelItems } from '../../shared/recommender/model.ts';
import type { Trained } from '../../shared/recommender/training/plan.ts';
import { type AttributeValue, type DynamoDb, type Item, isConditionFailed, secondsOf } from './dynamodb.ts';
import { readItems, writeItems } from './dynamodb-batches.ts';

/** What is served, and what was served before. */
export interface PublishedModels {
  readonly current: ModelHead;
  /** The latest first, five at most. */
  readonly previous: readonly ModelHead[];
}

/** How a training ended. */
export interface Attempt {
  /** Of the version that it made, or would have made. */
  readonly version: string;
  /**
   * `published`: it is served since. `refused`: it is worse than the version before, which goes on. `nothing`: there were
   * no interactions. `failed`: see `reason`.
   */
  readonly outcome: 'published' | 'refused' | 'nothing' | 'failed';
  /** Why it is not served, in words. */
  readonly reason?: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** The version that was served then. */
  readonly before?: string;
  /** Absent where it came to nothing. */
  readonly trained?: Trained;
}

export interface NeighboursOf {
  readonly item: ItemIndex;
  readonly neighbours: ItemNeighbours;
}

/** Versions of the model in their table. Every call may be repeated, and throws what DynamoDB does. */
export interface ModelStore {
  /** Undefined as long as nothing was published. */
  head(): Promise<PublishedModels | undefined>;
  /** Undefined when the version is not whole, or no longer. Throws `ModelBytesError` for a damaged one. */
  items(version: string): Promise<ModelItems | undefined>;
  /** Of those items that have any. Throws `ModelBytesError` for damaged ones. */
  neighbours(version: string, indexes: readonly ItemIndex[]): Promise<Map<ItemIndex, ItemNeighbours>>;
  writeItems(version: string, items: ModelItems): Promise<void>;
  writeNeighbours(version: string, rows: readonly NeighboursOf[]): Promise<void>;
  /** Has `head` served if what is served is the version `over`, or nothing where that is undefined; tells whether it is. */
  publish(head: ModelHead, over: string | undefined): Promise<boolean>;
  /** Notes how a training ended, in the place of what was noted of that version. */
  record(attempt: Attempt): Promise<void>;
  /** The latest first, a hundred at most. */
  attempts(): Promise<readonly Attempt[]>;
}

/** How long a version is kept. The trainer replaces what is served long before. */
export const VERSION_DAYS = 60;
const DAY_MS = 86_400_000;
/** DynamoDB takes 400 KB; a batch of 25 has to be sent within seconds. */
const CHUNK_BYTES = 100_000;
const MAX_PREVIOUS = 5;
const MAX_ATTEMPTS = 100;
/** Somebody else noted something at the same time: how often another look is taken. */
const MAX_CONFLICTS = 5;

const keyOf = (pk: string): Item => ({ pk: { S: pk } });
const HEAD = 'model';
const ATTEMPTS = 'attempts';
const neighboursKey = (version: string, item: ItemIndex): string => `${version}#${item}`;
const chunkKey = (version: string, chunk: number): string => `${version}#items#${chunk}`;

/** The table's one key is `pk`; `clock` is now, in milliseconds since 1970. */
export function createModelStore(dynamoDb: DynamoDb, table: string, clock: () => number): ModelStore {
  const read = async (pk: string): Promise<Item | undefined> => {
    const { Item } = await dynamoDb('GetItem', { TableName: table, Key: keyOf(pk), ConsistentRead: true });
    return Item;
  };

  /** Whether the item was as expected: without `attribute`, or with this value of it. */
  const putOver = async (item: Item, attribute: string, expected: AttributeValue | undefined): Promise<boolean> => {
    try {
      await dynamoDb('PutItem', {
        TableName: table,
        Item: item,
        ConditionExpression: expected === undefined ? 'attribute_not_exists(pk)' : `${attribute} = :expected`,
        ...(expected && { ExpressionAttributeValues: { ':expected': expected } }),
      });
      return true;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      return false;
    }
  };

  const head = async (): Promise<PublishedModels | undefined> => {
    const text = (await read(HEAD))?.models?.S;
    return text === undefined ? undefined : JSON.parse(text);
  };

  const attempts = async () => {
    const item = await read(ATTEMPTS);
    const noted: readonly Attempt[] = JSON.parse(item?.attempts?.S ?? '[]');
    return { noted, revision: Number(item?.revision?.N ?? 0) };
  };

  const ofVersion = (items: readonly Item[]): Item[] => {
    const expiresAt = secondsOf(clock() + VERSION_DAYS * DAY_MS);
    return items.map((item) => ({ ...item, expiresAt }));
  };

  return {
    head,
    items: async (version) => {
      const first = await read(chunkKey(version, 0));
      // DynamoDB removes what has expired hours later, in no order.
      if (first === undefined || Number(first.expiresAt?.N) * 1000 <= clock()) return undefined;
      const count = Number(first.chunks?.N);
      const keys = Array.from({ length: count - 1 }, (_, n) => keyOf(chunkKey(version, n + 1)));
      const others = await readItems(dynamoDb, table, keys);
      const chunks = [first, ...others].map(({ items }) => bytesOf(items));
      return chunks.length === count ? decodeItems(chunks) : undefined;
    },
    neighbours: async (version, indexes) => {
      const keys = [...new Set(indexes)].map((index) => keyOf(neighboursKey(version, index)));
      const items = await readItems(dynamoDb, table, keys, { consistent: false });
      return new Map(items.map((item) => [indexOf(item), decodeNeighbours(bytesOf(item.neighbours))]));
    },
    writeItems: async (version, items) => {
      const chunks = encodeItems(items, CHUNK_BYTES);
      const written = chunks.map((chunk, number) => ({
        ...keyOf(chunkKey(version, number)),
        chunks: { N: String(chunks.length) },
        items: binary(chunk),
      }));
      await writeItems(dynamoDb, table, ofVersion(written));
    },
    writeNeighbours: async (version, rows) => {
      const items = rows.map(({ item, neighbours }) => ({
        ...keyOf(neighboursKey(version, item)),
        neighbours: binary(encodeNeighbours(neighbours)),
      }));
      await writeItems(dynamoDb, table, ofVersion(items));
    },
    publish: async (next, over) => {
      const before = await head();
      if (before?.current.version === next.version) return true;
      if (before?.current.version !== over) return false;
      const previous = before ? [before.current, ...before.previous].slice(0, MAX_PREVIOUS) : [];
      const models: PublishedModels = { current: next, previous };
      const item = { ...keyOf(HEAD), version: { S: next.version }, models: { S: JSON.stringify(models) } };
      if (await putOver(item, 'version', over === undefined ? undefined : { S: over })) return true;
      // Our own version stands there: the write had succeeded, its answer was lost.
      return (await head())?.current.version === next.version;
    },
    record: async (attempt) => {
      for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
        const { noted, revision } = await attempts();
        const others = noted.filter(({ version }) => version !== attempt.version);
        const next = [attempt, ...others].sort((one, other) => other.startedAt - one.startedAt).slice(0, MAX_ATTEMPTS);
        const item: Item = {
          ...keyOf(ATTEMPTS),
          revision: { N: String(revision + 1) },
          attempts: { S: JSON.stringify(next) },
        };
        if (await putOver(item, 'revision', revision === 0 ? undefined : { N: String(revision) })) return;
      }
      throw new Error(
        `Others noted trainings ${MAX_CONFLICTS} times at the same moment: note ${attempt.version} again.`,
      );
    },
    attempts: async () => (await attempts()).noted,
  };
}

const binary = (bytes: Uint8Array): AttributeValue => ({
  B: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
});

const bytesOf = (value: AttributeValue | undefined): Buffer => Buffer.from(value?.B ?? '', 'base64');

const indexOf = (item: Item): ItemIndex => Number(item.pk?.S?.split('#')[1]);
