import type { Transition } from '../../schemas/stream/control.ts';
import { type Member, memberItem, memberKey, memberOf, placeOf } from './audience-items.ts';
import { type DynamoDb, isConditionFailed } from './dynamodb.ts';
import { readItems, writeItems } from './dynamodb-batches.ts';
import { createSegmentCounts, type SegmentCounts } from './segment-counts.ts';
import { transitionItems } from './transition-items.ts';

export type { Member } from './audience-items.ts';
export { type CountChange, CountConflictError, type ShardCount, type ShardCounts } from './segment-counts.ts';

type Of = Pick<Transition, 'segmentId' | 'key'>;

/** What the audience-writer reads and writes. */
export interface AudienceStore extends SegmentCounts {
  /** The members, and those who have left, that transitions are about, by `memberId`. */
  readMembers(of: readonly Of[]): Promise<ReadonlyMap<string, Member>>;
  /** Adds to the lists of transitions by person. */
  writeTransitions(transitions: readonly Transition[]): Promise<void>;
  /** Writes members; one with a later transition stays. */
  writeMembers(members: readonly Member[]): Promise<void>;
}

const IN_FLIGHT = 32;

/** What tells a person in a segment from every other. */
export const memberId = ({ segmentId, key }: Of): string => `${segmentId}\n${key}`;

/** Members, counts and transitions in a DynamoDB table. */
export function createAudienceStore(dynamoDb: DynamoDb, table: string, clock: () => number): AudienceStore {
  return {
    ...createSegmentCounts(dynamoDb, table),
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
    async writeMembers(members) {
      const now = clock();
      await severally(members, async (member) => {
        await dynamoDb('PutItem', {
          TableName: table,
          Item: memberItem(member, now),
          ConditionExpression: 'attribute_not_exists(pk) OR n < :n',
          ExpressionAttributeValues: { ':n': { N: String(member.n) } },
        }).catch(unlessConditionFailed);
      });
    },
  };
}

/** A member with a later transition stays. */
function unlessConditionFailed(error: unknown): void {
  if (!isConditionFailed(error)) throw error;
}

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
