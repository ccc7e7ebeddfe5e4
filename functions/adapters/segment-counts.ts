import { compareSequence } from '../../shared/profile/positions.ts';
import { countPartition, valuePartition } from './audience-items.ts';
import { type DynamoDb, type Item, isConditionFailed } from './dynamodb.ts';
import { readItems, writeItems } from './dynamodb-batches.ts';
import { sortKeyOf } from './sort-key.ts';
import { bucketOf } from './spread.ts';

/** Members of a segment that the transitions of one shard made, and how far the shard is counted. */
export interface ShardCount {
  /** May be negative: who entered by another shard may leave by this one. */
  readonly count: number;
  readonly sequenceNumber: string;
}

export interface CountChange {
  readonly segmentId: string;
  readonly by: number;
  /** How far the shard is counted with this change. */
  readonly sequenceNumber: string;
}

/** Counts that are one item: those of all its segments have come to the same place of the shard. */
interface Tally {
  readonly pk: string;
  readonly number: number;
  /** By segment. */
  readonly counts: ReadonlyMap<string, number>;
  readonly sequenceNumber: string;
  readonly bytes: number;
}

/** Counts of one shard as they were read. */
export interface ShardCounts {
  readonly shardId: string;
  readonly bySegment: ReadonlyMap<string, ShardCount>;
  readonly tallies: readonly Tally[];
}

/** A count was written by somebody else, who has not come as far: plan anew. */
export class CountConflictError extends Error {
  override readonly name = 'CountConflictError';

  constructor() {
    super('The count of a segment was changed in between; the batch comes again.');
  }
}

export interface SegmentCounts {
  /** Counts of a shard, of those segments at least. */
  readCounts(shardId: string, segmentIds: ReadonlySet<string>): Promise<ShardCounts>;
  /** Writes counts that nobody changed since they were read; one that has come as far already stays. Throws `CountConflictError`. */
  writeCounts(read: ShardCounts, changes: readonly CountChange[]): Promise<void>;
}

/** A tally that has so many bytes takes in no further segment: it stays within a write unit, or two. */
const FULL_BYTES = 800;
/** Partitions of the values of a segment that gives each value its own members: there may be many. */
const VALUE_BUCKETS = 16;
/** About what a count takes beside its segment's id. */
const NUMBER_BYTES = 10;

/**
 * Counts of segments by shard, as many in one item as a write unit holds, because every item that a batch changes is charged.
 *
 * `pk` is `counts`, or `counts#<id>#<bucket>` for members by value; `sk` is `<shardId>#<number of the tally>`; `counts` is a
 * JSON object by segment. A segment is in the tally that had room when it was first counted on the shard. Until then its count
 * may be in an item of version 0.1 of its own, `count#<id>`, which is read and then left alone.
 */
export function createSegmentCounts(dynamoDb: DynamoDb, table: string): SegmentCounts {
  const talliesOf = async (shardId: string, pk: string): Promise<Tally[]> => {
    const items = await queryAll(dynamoDb, table, pk, `${shardId}#`);
    return items.map(tallyOf);
  };

  const readCounts: SegmentCounts['readCounts'] = async (shardId, segmentIds) => {
    const partitions = [...new Set(Array.from(segmentIds, partitionOf))];
    const tallies = (await Promise.all(partitions.map((pk) => talliesOf(shardId, pk)))).flat();
    const bySegment = new Map<string, ShardCount>();
    for (const { counts, sequenceNumber } of tallies) {
      for (const [segmentId, count] of counts) bySegment.set(segmentId, { count, sequenceNumber });
    }
    const others = new Map([...segmentIds].filter((id) => !bySegment.has(id)).map((id) => [countPartition(id), id]));
    const keys = Array.from(others.keys(), (pk): Item => ({ pk: { S: pk }, sk: { S: shardId } }));
    for (const item of await readItems(dynamoDb, table, keys)) {
      const segmentId = others.get(item.pk?.S ?? '');
      if (segmentId !== undefined) bySegment.set(segmentId, ownCountOf(item));
    }
    return { shardId, bySegment, tallies };
  };

  /** Remembers the value of a segment `<id>:<value>`, of which nobody knows beforehand which there are. */
  const listValue = async (segmentId: string): Promise<void> => {
    const at = segmentId.indexOf(':');
    if (at < 0) return;
    const value = segmentId.slice(at + 1);
    const item: Item = { pk: { S: valuePartition(segmentId.slice(0, at)) }, sk: { S: sortKeyOf(value) } };
    await writeItems(dynamoDb, table, [{ ...item, value: { S: value } }]);
  };

  const writeTally = async (shardId: string, next: Tally, before: Tally | undefined): Promise<void> => {
    const item: Item = {
      pk: { S: next.pk },
      sk: { S: `${shardId}#${String(next.number).padStart(4, '0')}` },
      counts: { S: JSON.stringify(Object.fromEntries(next.counts)) },
      sequenceNumber: { S: next.sequenceNumber },
    };
    try {
      await dynamoDb('PutItem', {
        TableName: table,
        Item: item,
        ...(before === undefined
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: 'sequenceNumber = :before',
              ExpressionAttributeValues: { ':before': { S: before.sequenceNumber } },
            }),
      });
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      // This very write may have succeeded and its answer was lost; or the same batch is written by another sandbox.
      const now = (await talliesOf(shardId, next.pk)).find(({ number }) => number === next.number);
      const hasAll = next.counts.keys().every((id) => now?.counts.has(id));
      if (!now || !hasAll || compareSequence(now.sequenceNumber, next.sequenceNumber) < 0)
        throw new CountConflictError();
    }
  };

  return {
    readCounts,
    async writeCounts(read, changes) {
      const fresh = changes.filter(({ segmentId }) => !read.bySegment.has(segmentId));
      await Promise.all(fresh.map(({ segmentId }) => listValue(segmentId)));
      await Promise.all(plan(read, changes).map(([next, before]) => writeTally(read.shardId, next, before)));
    },
  };
}

/** The tallies that changes make, each with what is stored of it. */
function plan({ tallies, bySegment }: ShardCounts, changes: readonly CountChange[]): [Tally, Tally | undefined][] {
  const planned = new Map(tallies.map((tally) => [nameOf(tally), tally]));
  const homes = new Map(tallies.flatMap((tally) => Array.from(tally.counts.keys(), (id) => [id, nameOf(tally)])));
  const last = new Map<string, Tally>();
  for (const tally of tallies) if (tally.number >= (last.get(tally.pk)?.number ?? 0)) last.set(tally.pk, tally);
  for (const { segmentId, by, sequenceNumber } of changes) {
    const pk = partitionOf(segmentId);
    const tally = planned.get(homes.get(segmentId) ?? '') ?? withRoom(pk, last.get(pk));
    const isNew = !tally.counts.has(segmentId);
    const count = (bySegment.get(segmentId)?.count ?? 0) + by;
    const hasComeFarther = compareSequence(sequenceNumber, tally.sequenceNumber) > 0;
    const next = {
      ...tally,
      counts: new Map(tally.counts).set(segmentId, count),
      sequenceNumber: hasComeFarther ? sequenceNumber : tally.sequenceNumber,
      bytes: tally.bytes + (isNew ? Buffer.byteLength(segmentId) + NUMBER_BYTES : 0),
    };
    planned.set(nameOf(next), next);
    if (isNew) last.set(pk, next);
    else if (last.get(pk)?.number === next.number) last.set(pk, next);
  }
  const stored = new Map(tallies.map((tally) => [nameOf(tally), tally]));
  return Array.from(planned, ([name, next]): [Tally, Tally | undefined] => [next, stored.get(name)]).filter(
    ([next, before]) => next !== before,
  );
}

const nameOf = ({ pk, number }: Tally): string => `${pk}\n${number}`;

/** The last tally of a partition, or where that is full the one after it. */
const withRoom = (pk: string, last: Tally | undefined): Tally =>
  last !== undefined && last.bytes < FULL_BYTES ? last : emptyTally(pk, last === undefined ? 0 : last.number + 1);

const emptyTally = (pk: string, number: number): Tally => ({
  pk,
  number,
  counts: new Map(),
  sequenceNumber: '0',
  bytes: 0,
});

/** The partition of the tally that a segment is in. */
function partitionOf(segmentId: string): string {
  const at = segmentId.indexOf(':');
  if (at < 0) return 'counts';
  return `counts#${sortKeyOf(segmentId.slice(0, at))}#${bucketOf(segmentId, VALUE_BUCKETS)}`;
}

/** Members of each segment over all shards; exact when nothing is under way. Reads each tally once. */
export async function countsOf(
  dynamoDb: DynamoDb,
  table: string,
  segmentIds: readonly string[],
): Promise<Map<string, number>> {
  const partitions = [...new Set(segmentIds.map(partitionOf))];
  const [tallies, own] = await Promise.all([
    Promise.all(partitions.map((pk) => queryAll(dynamoDb, table, pk, ''))),
    Promise.all(segmentIds.map((id) => queryAll(dynamoDb, table, countPartition(id), ''))),
  ]);
  const byShard = new Map(
    segmentIds.map((id, at) => [id, new Map(own[at]?.map((item) => [item.sk?.S ?? '', ownCountOf(item).count]))]),
  );
  for (const item of tallies.flat()) {
    const shard = item.sk?.S?.slice(0, item.sk.S.lastIndexOf('#')) ?? '';
    for (const [id, count] of tallyOf(item).counts) byShard.get(id)?.set(shard, count);
  }
  return new Map(Array.from(byShard, ([id, counts]) => [id, counts.values().reduce((sum, each) => sum + each, 0)]));
}

function tallyOf(item: Item): Tally {
  const text = item.counts?.S ?? '{}';
  return {
    pk: item.pk?.S ?? '',
    number: Number(item.sk?.S?.slice(item.sk.S.lastIndexOf('#') + 1) ?? 0),
    counts: new Map(Object.entries(JSON.parse(text) as Record<string, number>)),
    sequenceNumber: item.sequenceNumber?.S ?? '0',
    bytes: Buffer.byteLength(text),
  };
}

const ownCountOf = (item: Item): ShardCount => ({
  count: Number(item.count?.N ?? 0),
  sequenceNumber: item.sequenceNumber?.S ?? '',
});

/** All items of a partition whose sort key begins so, as of the latest write. */
async function queryAll(dynamoDb: DynamoDb, table: string, pk: string, start: string): Promise<Item[]> {
  const items: Item[] = [];
  let after: Item | undefined;
  do {
    const page = await dynamoDb('Query', {
      TableName: table,
      KeyConditionExpression: start === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :start)',
      ExpressionAttributeValues: { ':pk': { S: pk }, ...(start !== '' && { ':start': { S: start } }) },
      ...(start !== '' && { ConsistentRead: true }),
      ...(after && { ExclusiveStartKey: after }),
    });
    items.push(...(page.Items ?? []));
    after = page.LastEvaluatedKey;
  } while (after);
  return items;
}
