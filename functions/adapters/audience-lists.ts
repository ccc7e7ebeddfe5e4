import type { Transition } from '../../schemas/stream/control.ts';
import { MEMBER_BUCKETS, type Member, memberOf, memberPartition, valuePartition } from './audience-items.ts';
import { CursorError, readCursor, writeCursor } from './cursor.ts';
import type { DynamoDb, Item, QueryInput } from './dynamodb.ts';
import { type FoundMembers, membersOf } from './members-of-space.ts';
import { countsOf } from './segment-counts.ts';
import { numberText, TRANSITIONS_AN_ITEM, transitionPartition, transitionsOf } from './transition-items.ts';

export interface PageOf<T> {
  readonly items: readonly T[];
  /** Null after the last item. A page may be short, or even empty, and have one. */
  readonly nextCursor: string | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** What APIs ask about audiences. */
export interface AudienceLists {
  /** Members of a segment, or those of a space, in an order that stays. Throws `CursorError`. */
  listMembers(segmentId: string, page: PageRequest, space?: string): Promise<PageOf<Member>>;
  /** A person's transitions, the newest first. Throws `CursorError`. */
  listTransitions(profileId: string, page: PageRequest): Promise<PageOf<Transition>>;
  /** Exact when nothing is under way. */
  countMembers(segmentId: string): Promise<number>;
  /** The same of several segments, by fewer reads. */
  countEach(segmentIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Values of a segment that has members by value, `<id>:<value>`: those that ever had one. */
  listValues(id: string): Promise<readonly string[]>;
}

/** Pages of one partition that a request looks at: past members who left it may find few. */
const MAX_LOOKS = 10;
const TWELVE_DIGITS = /^\d{12}$/;

/** Lists of an audience table, as of a moment ago. */
export function createAudienceLists(dynamoDb: DynamoDb, table: string): AudienceLists {
  const query = async (input: Omit<QueryInput, 'TableName'>) => await dynamoDb('Query', { TableName: table, ...input });

  const all = async (pk: string): Promise<Item[]> => {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await query({
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ...(start && { ExclusiveStartKey: start }),
      });
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start);
    return items;
  };

  /** Up to `wanted` members of a bucket after a sort key. */
  const members = async (partition: string, after: string, wanted: number): Promise<FoundMembers> => {
    const pk = { S: partition };
    const items: Item[] = [];
    let start: Item | undefined = after === '' ? undefined : { pk, sk: { S: after } };
    for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
      const page = await query({
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'attribute_not_exists(#out)',
        ExpressionAttributeNames: { '#out': 'out' },
        ExpressionAttributeValues: { ':pk': pk },
        Limit: wanted - items.length,
        ...(start && { ExclusiveStartKey: start }),
      });
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
      if (!start || items.length === wanted) break;
    }
    return { items, lookedAt: start?.sk?.S };
  };

  return {
    async listMembers(segmentId, { limit, cursor }, space) {
      const list = `members ${segmentId}${space === undefined ? '' : ` of ${space}`}`;
      const place = cursor === undefined ? { bucket: 0, after: '' } : placeIn(readCursor(list, cursor));
      const found: Member[] = [];
      let { bucket, after } = place;
      for (let width = 1; bucket < MEMBER_BUCKETS; width *= 2) {
        const wave = Array.from({ length: Math.min(width, MEMBER_BUCKETS - bucket) }, (_, at) => bucket + at);
        const wanted = limit - found.length + 1;
        const parts = await Promise.all(
          wave.map((each) => {
            const [pk, from] = [memberPartition(segmentId, each), each === bucket ? after : ''];
            return space === undefined ? members(pk, from, wanted) : membersOf(query, space, pk, from, wanted);
          }),
        );
        for (const [at, { items, lookedAt }] of parts.entries()) {
          for (const item of items) {
            // One more than the page holds shows that there is a next page, which begins with it.
            if (found.length === limit)
              return { items: found, nextCursor: writeCursor(list, placeText(bucket, after)) };
            found.push(memberOf(item, segmentId));
            bucket = wave[at] as number;
            after = item.sk?.S ?? '';
          }
          if (lookedAt !== undefined) {
            return { items: found, nextCursor: writeCursor(list, placeText(wave[at] as number, lookedAt)) };
          }
          bucket = (wave[at] as number) + 1;
          after = '';
        }
      }
      return { items: found, nextCursor: null };
    },

    async listTransitions(profileId, { limit, cursor }) {
      const list = `transitions ${profileId}`;
      const before = cursor === undefined ? undefined : readCursor(list, cursor);
      if (before !== undefined && !TWELVE_DIGITS.test(before)) throw new CursorError();
      const found = new Map<number, Transition>();
      let start: Item | undefined;
      let first = Number.POSITIVE_INFINITY;
      for (let isEnough = false; !isEnough; ) {
        const page = await query({
          KeyConditionExpression: before === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :before',
          ExpressionAttributeValues: {
            ':pk': { S: transitionPartition(profileId) },
            ...(before !== undefined && { ':before': { S: before } }),
          },
          ScanIndexForward: false,
          Limit: limit + TRANSITIONS_AN_ITEM,
          ...(start && { ExclusiveStartKey: start }),
        });
        for (const transition of (page.Items ?? []).flatMap((item) => transitionsOf(item, profileId))) {
          first = transition.n;
          if (before === undefined || transition.n < Number(before)) found.set(transition.n, transition);
        }
        start = page.LastEvaluatedKey;
        // Items that were not read begin before `first`, and reach no further than one item does.
        const whole = [...found.keys()].filter((n) => n >= first + TRANSITIONS_AN_ITEM);
        isEnough = start === undefined || whole.length > limit;
      }
      const items = [...found.values()].sort((one, other) => other.n - one.n).slice(0, limit);
      const last = items.at(-1);
      const hasMore = found.size > limit && last !== undefined;
      return { items, nextCursor: hasMore ? writeCursor(list, numberText(last.n)) : null };
    },

    countMembers: async (segmentId) => (await countsOf(dynamoDb, table, [segmentId])).get(segmentId) ?? 0,

    countEach: (segmentIds) => countsOf(dynamoDb, table, segmentIds),

    async listValues(id) {
      return (await all(valuePartition(id))).map(({ value }) => value?.S ?? '');
    },
  };
}

const placeText = (bucket: number, after: string): string => `${String(bucket).padStart(2, '0')}${after}`;

function placeIn(text: string): { bucket: number; after: string } {
  const bucket = Number(text.slice(0, 2));
  if (!Number.isInteger(bucket) || bucket >= MEMBER_BUCKETS) throw new CursorError();
  return { bucket, after: text.slice(2) };
}
