import { type Purpose, purposes } from '../../schemas/event/vocabulary.ts';
import type { Key } from '../../schemas/stream/control.ts';
import {
  type Choice,
  type Choices,
  mergeChoices,
  type RegisterEntry,
  registerId,
  type Tombstone,
} from '../../shared/privacy/register.ts';
import { type DynamoDb, type Item, isConditionFailed } from './dynamodb.ts';
import { readItems } from './dynamodb-batches.ts';
import { tombstoneOf } from './privacy-items.ts';

/** Who was erased, and who consented to what: asked of each event before it is stored. */
export interface PrivacyRegister {
  /** What is known of the keys, as of the latest write; nothing of most. Keys may repeat. */
  read(keys: readonly Key[]): Promise<Map<Key, RegisterEntry>>;
  /** Notes that keys were erased, and forgets what they chose. May be done again; an earlier erasure changes nothing. */
  erase(keys: readonly Key[], tombstone: Tombstone): Promise<void>;
  /** Takes events of erased keys again, but for those from before the erasure. */
  lift(keys: readonly Key[]): Promise<void>;
  /** Adds choices to those of a key. May be done again. */
  noteConsent(key: Key, choices: Choices): Promise<void>;
}

/** Somebody else wrote the choices of a key each time between reading and writing. */
export class RegisterConflictError extends Error {
  override readonly name = 'RegisterConflictError';
}

const MAX_CONFLICTS = 10;
const IN_FLIGHT = 16;

export function createPrivacyRegister(dynamoDb: DynamoDb, table: string): PrivacyRegister {
  const placeOf = (key: Key) => ({ TableName: table, Key: { id: { S: registerId(key) } } });

  /** Whether the choices were written; not if they are no longer those of `before`. */
  const replaced = async (key: Key, before: string | undefined, after: string): Promise<boolean> => {
    try {
      await dynamoDb('UpdateItem', {
        ...placeOf(key),
        UpdateExpression: 'SET consent = :after',
        ConditionExpression: before === undefined ? 'attribute_not_exists(consent)' : 'consent = :before',
        ExpressionAttributeValues: {
          ':after': { S: after },
          ...(before !== undefined && { ':before': { S: before } }),
        },
      });
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  };

  return {
    async read(keys) {
      const ids = new Map(keys.map((key) => [registerId(key), key]));
      const items = await readItems(
        dynamoDb,
        table,
        Array.from(ids.keys(), (id) => ({ id: { S: id } })),
      );
      return new Map(items.map((item) => [ids.get(item.id?.S ?? '') ?? '', entryOf(item)]));
    },

    async erase(keys, { requestId, at, suppress }) {
      await each(keys, async (key) => {
        await unlessConditionFails(
          dynamoDb('UpdateItem', {
            ...placeOf(key),
            UpdateExpression: 'SET erasedAt = :at, erasedBy = :by, suppress = :suppress REMOVE consent',
            ConditionExpression: 'attribute_not_exists(erasedAt) OR erasedAt < :at',
            ExpressionAttributeValues: {
              ':at': { N: String(at) },
              ':by': { S: requestId },
              ':suppress': { BOOL: suppress },
            },
          }),
        );
      });
    },

    async lift(keys) {
      await each(keys, async (key) => {
        await unlessConditionFails(
          dynamoDb('UpdateItem', {
            ...placeOf(key),
            UpdateExpression: 'SET suppress = :no',
            ConditionExpression: 'attribute_exists(erasedAt)',
            ExpressionAttributeValues: { ':no': { BOOL: false } },
          }),
        );
      });
    },

    async noteConsent(key, choices) {
      for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts += 1) {
        const { Item: item } = await dynamoDb('GetItem', { ...placeOf(key), ConsistentRead: true });
        const before = item?.consent?.S;
        const after = textOf(mergeChoices(choicesOf(before), choices));
        if (after === before || (await replaced(key, before, after))) return;
      }
      throw new RegisterConflictError(
        `The choices of a key were written by others ${MAX_CONFLICTS + 1} times in a row; come again later.`,
      );
    },
  };
}

const entryOf = (item: Item): RegisterEntry => ({ erased: tombstoneOf(item), consent: choicesOf(item.consent?.S) });

/** A choice as it is stored: 1 for granted, its time, and where it arrived. */
type Row = readonly [granted: 0 | 1, time: number, arrivedAt: number, shardId: string, sequenceNumber: string];

function choicesOf(text: string | undefined): Choices {
  const rows: Partial<Record<Purpose, readonly Row[]>> = text === undefined ? {} : JSON.parse(text);
  const choiceOf = ([granted, time, arrivedAt, shardId, sequenceNumber]: Row): Choice => {
    return { granted: granted === 1, time, since: { arrivedAt, shardId, sequenceNumber } };
  };
  return Object.fromEntries(Object.entries(rows).map(([purpose, list]) => [purpose, list.map(choiceOf)]));
}

/** Purposes in an order that stays, so that equal choices are equal texts. */
function textOf(choices: Choices): string {
  const rows = purposes.flatMap((purpose) => {
    const list = choices[purpose];
    return list === undefined ? [] : [[purpose, list.map(rowOf)] as const];
  });
  return JSON.stringify(Object.fromEntries(rows));
}

const rowOf = ({ granted, time, since: { arrivedAt, shardId, sequenceNumber } }: Choice): Row => [
  granted ? 1 : 0,
  time,
  arrivedAt,
  shardId,
  sequenceNumber,
];

async function unlessConditionFails(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
  }
}

async function each(keys: readonly Key[], act: (key: Key) => Promise<void>): Promise<void> {
  const rest = new Set(keys).values();
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (const key of rest) await act(key);
    }),
  );
}
