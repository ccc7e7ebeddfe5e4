import type { Transition } from '../../schemas/stream/control.ts';
import { compareSequence } from '../../shared/profile/positions.ts';
import {
  countPartition,
  type Member,
  memberItem,
  memberKey,
  memberOf,
  placeOf,
  valuePartition,
} from './audience-items.ts';
import { type DynamoDb, type Item, isConditionFailed } from './dynamodb.ts';
import { readItems, writeItems } from './dynamodb-batches.ts';
import { sortKeyOf } from './sort-key.ts';
import { transitionItems } from './transition-items.ts';

export type { Member } from './audience-items.ts';

/** Members of a segment that the transitions of one shard made, and how far the shard is counted. */
export interface ShardCount {
  /** May be negative: who entered by another shard may leave by this one. */
  readonly count: number;
  readonly sequenceNumber: string;
}

export interface CountChange {
  readonly segmentId: string;
  readonly by: number;
  /** The count that this change was made for. */
  readonly before: ShardCount | undefined;
  /** How far the shard is counted with this change. */
  readonly sequenceNumber: string;
}

/** A count was written by somebody else, who has not come as far: plan anew. */
export class CountConflictError extends Error {
  override readonly name = 'CountConflictError';

  constructor() {
    super('The count of a segment was changed in between; the batch comes again.');
  }
}

type Of = Pick<Transition, 'segmentId' | 'key'>;

/** What the audience-writer reads and writes. */
export interface AudienceStore {
  /** The members, and those who have left, that transitions are about, by `memberId`. */
  readMembers(of: readonly Of[]): Promise<ReadonlyMap<string, Member>>;
  /** Counts of a shard by segment. */
  readCounts(shardId: string, segmentIds: ReadonlySet<string>): Promise<ReadonlyMap<string, ShardCount>>;
  /** Adds to the lists of transitions by person. */
  writeTransitions(transitions: readonly Transition[]): Promise<void>;
  /** Writes counts that nobody changed; one that has come as far already stays. Throws `CountConflictError`. */
  writeCounts(shardId: string, changes: readonly CountChange[]): Promise<void>;
  /** Writes members; one with a later transition stays. */
  writeMembers(members: readonly Member[]): Promise<void>;
}

const IN_FLIGHT = 32;

/** What tells a person in a segment from every other. */
export const memberId = ({ segmentId, key }: Of): string => `${segmentId}\n${key}`;

/** Members, counts and transitions in a DynamoDB table. */
export function createAudienceStore(dynamoDb: DynamoDb, table: string, clock: () => number): AudienceStore {
  const put = async (item: Item, condition: string, values: Item): Promise<boolean> => {
    try {
      await dynamoDb('PutItem', {
        TableName: table,
        Item: item,
        ConditionExpression: condition,
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
      });
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  };

  const readCounts: AudienceStore['readCounts'] = async (shardId, segmentIds) => {
    const segments = new Map([...segmentIds].map((id) => [countPartition(id), id]));
    const keys = [...segments.keys()].map((pk): Item => ({ pk: { S: pk }, sk: { S: shardId } }));
    const items = await readItems(dynamoDb, table, keys);
    return new Map(items.map((item) => [segments.get(item.pk?.S ?? '') ?? '', shardCountOf(item)]));
  };

  const writeCount = async (shardId: string, change: CountChange): Promise<void> => {
    const { segmentId, by, before, sequenceNumber } = change;
    if (before === undefined) await listValue(segmentId);
    const item: Item = {
      pk: { S: countPartition(segmentId) },
      sk: { S: shardId },
      count: { N: String((before?.count ?? 0) + by) },
      sequenceNumber: { S: sequenceNumber },
    };
    const isWritten =
      before === undefined
        ? await put(item, 'attribute_not_exists(pk)', {})
        : await put(item, 'sequenceNumber = :before', { ':before': { S: before.sequenceNumber } });
    if (isWritten) return;
    // This very write may have succeeded and its answer was lost; or the same batch is written by another sandbox.
    const now = (await readCounts(shardId, new Set([segmentId]))).get(segmentId);
    if (now === undefined || compareSequence(now.sequenceNumber, sequenceNumber) < 0) throw new CountConflictError();
  };

  /** Remembers the value of a segment `<id>:<value>`, of which nobody knows beforehand which there are. */
  const listValue = async (segmentId: string): Promise<void> => {
    const at = segmentId.indexOf(':');
    if (at < 0) return;
    const value = segmentId.slice(at + 1);
    const item: Item = { pk: { S: valuePartition(segmentId.slice(0, at)) }, sk: { S: sortKeyOf(value) } };
    await writeItems(dynamoDb, table, [{ ...item, value: { S: value } }]);
  };

  return {
    readCounts,
    async readMembers(of) {
      const byPlace = new Map(of.map((each) => [placeOf(memberKey(each)), each]));
      const items = await readItems(dynamoDb, table, [...byPlace.values()].map(memberKey));
      const members = items.map((item) => memberOf(item, byPlace.get(placeOf(item))?.segmentId ?? ''));
      return new Map(members.map((member) => [memberId(member), member]));
    },
    async writeTransitions(transitions) {
      const now = clock();
      await writeItems(dynamoDb, table, transitionItems(transitions, now));
    },
    async writeCounts(shardId, changes) {
      await severally(changes, (change) => writeCount(shardId, change));
    },
    async writeMembers(members) {
      const now = clock();
      await severally(members, async (member) => {
        const n = { N: String(member.n) };
        await put(memberItem(member, now), 'attribute_not_exists(pk) OR n < :n', { ':n': n });
      });
    },
  };
}

const shardCountOf = (item: Item): ShardCount => ({
  count: Number(item.count?.N ?? 0),
  sequenceNumber: item.sequenceNumber?.S ?? '',
});

/** Does each, several at once; begins none after a first failure, and throws that. */
async function severally<T>(all: readonly T[], act: (each: T) => Promise<void>): Promise<void> {
  const remaining = all.values();
  let hasFailed = false;
  const work = async () => {
    for (const each of remaining) {
      if (hasFailed) return;
      await act(each).catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
}
