import { createHash } from 'node:crypto';
import { type Item, secondsOf } from './dynamodb.ts';
import { sortKeyOf } from './sort-key.ts';
import { bucketOf } from './spread.ts';

/** Partitions over which the members of a segment are spread, so that a large one takes many writes a second. */
export const MEMBER_BUCKETS = 32;

/** Exited members are remembered this long: no copy of an older transition comes later. */
const TOMBSTONE_LIFE_MS = 4 * 86_400_000;

/** A person in a segment, or one who has left it. */
export interface Member {
  readonly segmentId: string;
  /** Home key of the person. */
  readonly key: string;
  readonly profileId: string;
  /** Number of the person's transition that made it so: a lower one is older. */
  readonly n: number;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly hasLeft: boolean;
}

export const memberPartition = (segmentId: string, bucket: number): string =>
  `member#${sortKeyOf(segmentId)}#${String(bucket).padStart(2, '0')}`;

export const memberKey = ({ segmentId, key }: Pick<Member, 'segmentId' | 'key'>): Item => ({
  pk: { S: memberPartition(segmentId, bucketOf(key, MEMBER_BUCKETS)) },
  sk: { S: sortKeyOf(key) },
});

export function memberItem(member: Member, now: number): Item {
  const { key, profileId, n, since, hasLeft } = member;
  const item = memberKey(member);
  return {
    ...item,
    ...(item.sk?.S !== key && { key: { S: key } }),
    profileId: { S: profileId },
    n: { N: String(n) },
    since: { N: String(since) },
    ...(hasLeft && { out: { BOOL: true }, expiresAt: secondsOf(now + TOMBSTONE_LIFE_MS) }),
  };
}

export const memberOf = (item: Item, segmentId: string): Member => ({
  segmentId,
  key: item.key?.S ?? item.sk?.S ?? '',
  profileId: item.profileId?.S ?? '',
  n: Number(item.n?.N ?? 0),
  since: Number(item.since?.N ?? 0),
  hasLeft: item.out?.BOOL === true,
});

export const countPartition = (segmentId: string): string => `count#${sortKeyOf(segmentId)}`;

/** Of a segment that gives each value of a field its own members: `<id>:<value>`. */
export const valuePartition = (id: string): string => `values#${id}`;

/** What tells apart the items of one read. */
export const placeOf = ({ pk, sk }: Item): string => createHash('sha256').update(`${pk?.S}\n${sk?.S}`).digest('base64');
