import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAudienceLists } from '../../../functions/adapters/audience-lists.ts';
import { CountConflictError, createAudienceStore } from '../../../functions/adapters/audience-store.ts';
import { createDueStore, minuteOf, PARTS, SETTLE_MS } from '../../../functions/adapters/due-store.ts';
import type { DynamoDb } from '../../../functions/adapters/dynamodb.ts';
import { createDynamoDbService } from '../../../infra/local/services/dynamodb.ts';
import { profileIdOf } from '../../../shared/profile/new-profile.ts';
import { ARRIVAL } from '../../fixtures/events.ts';
import { aTransition } from '../../fixtures/transitions.ts';
import { type LocalAws, startLocalAws } from '../../infra/local/services/local-aws.ts';
import { dynamoDbOf } from './local-dynamodb.ts';
import { createTable } from './segments-table.ts';

/** The same calls before a DynamoDB that checks keys, expressions and limits. */
let aws: LocalAws;
let dynamoDb: DynamoDb;

beforeAll(async () => {
  aws = await startLocalAws([createDynamoDbService]);
  dynamoDb = dynamoDbOf(aws);
  await createTable(aws, 'audience', 'pk', 'sk');
  await createTable(aws, 'due', 'bucket', 'due');
});
afterAll(async () => {
  await aws[Symbol.asyncDispose]();
});

test('members, counts and transitions', async () => {
  const store = createAudienceStore(dynamoDb, 'audience', () => ARRIVAL);
  const lists = createAudienceLists(dynamoDb, 'audience');
  const shard = 'shardId-000000000000';
  const long = `user:${'ü'.repeat(2_000)}`;
  const keys = [...Array.from({ length: 140 }, (_, n) => `user:${n}`), long];
  const member = (key: string, n: number, hasLeft = false) =>
    ({ segmentId: 'buyers', key, profileId: profileIdOf(key), n, since: ARRIVAL, hasLeft }) as const;

  await store.writeMembers(keys.map((key) => member(key, 2)));
  await store.writeMembers([member('user:1', 1, true), member('user:2', 3, true)]);
  const stored = await store.readMembers(keys.map((key) => ({ segmentId: 'buyers', key })));
  expect(stored.size).toBe(141);
  expect(stored.get('buyers\nuser:1')).toEqual(member('user:1', 2));
  expect(stored.get('buyers\nuser:2')).toEqual(member('user:2', 3, true));

  const listed: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await lists.listMembers('buyers', { limit: 20, cursor });
    listed.push(...page.items.map(({ key }) => key));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  expect(listed.sort()).toEqual(keys.filter((key) => key !== 'user:2').sort());

  const readCounts = () => store.readCounts(shard, new Set(['buyers']));
  const none = await readCounts();
  const first = { segmentId: 'buyers', by: 3, sequenceNumber: '9' };
  for (let time = 0; time < 2; time += 1) await store.writeCounts(none, [first]);
  const before = await readCounts();
  for (let time = 0; time < 2; time += 1) await store.writeCounts(before, [{ ...first, by: 2, sequenceNumber: '10' }]);
  const late = store.writeCounts(before, [{ ...first, sequenceNumber: '11' }]);
  await expect(late).rejects.toThrow(CountConflictError);
  expect(await lists.countMembers('buyers')).toBe(5);

  const transitions = Array.from({ length: 60 }, (_, n) => aTransition({ n: n + 1 }));
  await store.writeTransitions([...transitions, ...transitions]);
  const newest = await lists.listTransitions(aTransition().profileId, { limit: 50 });
  expect(newest.items).toEqual(transitions.toReversed().slice(0, 50));
  const rest = await lists.listTransitions(aTransition().profileId, { limit: 50, cursor: newest.nextCursor ?? '' });
  expect(rest).toEqual({ items: transitions.toReversed().slice(50), nextCursor: null });
});

test('due times', async () => {
  const due = createDueStore(dynamoDb, 'due', () => ARRIVAL);
  for (let n = 0; n < 60; n += 1) await due.arm(ARRIVAL + n * 1_000, `user:${n}`);
  const at = ARRIVAL + 29_500;
  const entries = (
    await Promise.all(Array.from({ length: PARTS }, (_, part) => due.page(minuteOf(ARRIVAL), part, at)))
  ).flat();
  expect(entries.map(({ key }) => key).sort()).toEqual(Array.from({ length: 30 }, (_, n) => `user:${n}`).sort());
  await due.remove(entries);
  const left = await Promise.all(Array.from({ length: PARTS }, (_, part) => due.page(minuteOf(ARRIVAL), part, at)));
  expect(left.flat()).toEqual([]);
  expect(SETTLE_MS).toBeLessThan(29_500);
  await due.writeCursor(7);
  expect(await due.readCursor()).toBe(7);
});
