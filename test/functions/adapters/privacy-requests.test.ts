import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPrivacyRequests, type PrivacyRequests } from '../../../functions/adapters/privacy-requests.ts';
import { createPrivacyWork } from '../../../functions/adapters/privacy-work.ts';
import { walkTable } from '../../../functions/adapters/table-walk.ts';
import { createDynamoDbService } from '../../../infra/local/services/dynamodb.ts';
import type { PrivacyRequest } from '../../../schemas/privacy.ts';
import { type LocalAws, startLocalAws } from '../../infra/local/services/local-aws.ts';
import { dynamoDbOf } from './local-dynamodb.ts';

const TABLE = 'privacy';
let aws: LocalAws;
let requests: PrivacyRequests;

beforeAll(async () => {
  aws = await startLocalAws([createDynamoDbService]);
  await aws.gateway.invoke('tool', 'dynamodb', 'CreateTable', {
    TableName: TABLE,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  requests = createPrivacyRequests(dynamoDbOf(aws), TABLE);
});
afterAll(() => aws[Symbol.asyncDispose]());

const request = (id: string, requestedAt: number): PrivacyRequest => ({
  id,
  type: 'erasure',
  state: 'waiting',
  step: 'waiting',
  keys: ['user:ada'],
  suppress: true,
  requestedAt,
});

test('requests wait in the order in which they came until they are over', async () => {
  await requests.create(request('late', 2));
  await requests.create(request('early', 1));
  expect((await requests.open()).map(({ id }) => id)).toEqual(['early', 'late']);
  await requests.note('early', 'lake');
  expect(await requests.read('early')).toMatchObject({ state: 'running', step: 'lake' });

  const done = { ...request('early', 1), state: 'done', step: 'done', keys: [], completedAt: 3 } as const;
  await requests.finish(done);
  await requests.finish(done);
  await requests.note('early', 'find');
  expect(await requests.read('early')).toEqual(done);
  expect((await requests.open()).map(({ id }) => id)).toEqual(['late']);
  expect(await requests.read('nobody')).toBeUndefined();
});

test('archives are found by any key of the person, and the table names nobody', async () => {
  await requests.finish({ ...request('late', 2), keys: [], completedAt: 4 });
  await requests.noteExport(['user:ada', 'email:ada@x.org'], 'e-1', Date.now());
  await requests.noteExport(['user:ada'], 'e-2', Date.now());
  expect([...(await requests.exportsOf(['user:ada', 'anonymous:x']))].sort()).toEqual(['e-1', 'e-2']);
  expect(await requests.exportsOf(['email:ada@x.org'])).toEqual(['e-1']);
  const { items } = await walkTable(dynamoDbOf(aws), TABLE)(undefined);
  expect(items.length).toBeGreaterThan(3);
  expect(JSON.stringify(items)).not.toContain('ada');
});

test('the work is kept as it was written, and taken by one alone', async () => {
  const work = createPrivacyWork<{ keys: string[] }>(dynamoDbOf(aws), TABLE);
  const held = { version: 1, owner: 'a', leaseUntil: 5, pass: { keys: ['user:ada'] } };
  expect(await work.write(held)).toBe(true);
  expect(await work.write({ ...held, owner: 'b' })).toBe(false);
  expect(await work.read()).toEqual(held);
  expect(await work.write({ ...held, version: 2, pass: undefined })).toBe(true);
  expect((await work.read())?.pass).toBeUndefined();
});
