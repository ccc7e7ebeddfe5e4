import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DynamoDb } from '../../../functions/adapters/dynamodb.ts';
import { createPrivacyRegister, type PrivacyRegister } from '../../../functions/adapters/privacy-register.ts';
import { createDynamoDbService } from '../../../infra/local/services/dynamodb.ts';
import type { Choice, RegisterEntry } from '../../../shared/privacy/register.ts';
import { MemoryRegister } from '../../fixtures/a-register.ts';
import { type LocalAws, startLocalAws } from '../../infra/local/services/local-aws.ts';
import { dynamoDbOf } from './local-dynamodb.ts';
import { createTable } from './segments-table.ts';

let aws: LocalAws;
let dynamoDb: DynamoDb;

beforeAll(async () => {
  aws = await startLocalAws([createDynamoDbService]);
  dynamoDb = dynamoDbOf(aws);
  await createTable(aws, 'privacy', 'id');
});
afterAll(() => aws[Symbol.asyncDispose]());

const choice = (granted: boolean, time: number): Choice => ({
  granted,
  time,
  since: { arrivedAt: time + 1, shardId: 'shardId-000000000000', sequenceNumber: `49${time}` },
});
const none: RegisterEntry = { consent: {} };

describe.each<[string, () => PrivacyRegister]>([
  ['in DynamoDB', () => createPrivacyRegister(dynamoDb, 'privacy')],
  ['in memory', () => new MemoryRegister()],
])('a register %s', (where, create) => {
  const key = (name: string) => `user:${where} ${name}`;

  test('knows nothing of most keys, however many and however often they are named', async () => {
    const register = create();
    await register.erase([key('gone')], { requestId: 'r-1', at: 5, suppress: true });
    const keys = Array.from({ length: 130 }, (_, n) => key(`${n}`));
    const found = await register.read([...keys, key('gone'), ...keys]);
    expect([...found]).toEqual([[key('gone'), { erased: { requestId: 'r-1', at: 5, suppress: true }, consent: {} }]]);
  });

  test('the last erasure stands, in whatever order they are written', async () => {
    const register = create();
    const [first, last] = [
      { requestId: 'r-1', at: 5, suppress: true },
      { requestId: 'r-2', at: 9, suppress: false },
    ];
    for (const tombstone of [first, last, first, last]) await register.erase([key('twice')], tombstone);
    expect((await register.read([key('twice')])).get(key('twice'))?.erased).toEqual(last);
  });

  test('an erasure forgets what was chosen, and lifting it keeps the tombstone', async () => {
    const register = create();
    await register.noteConsent(key('ada'), { analytics: [choice(false, 1)] });
    await register.erase([key('ada'), key('ada')], { requestId: 'r-1', at: 5, suppress: true });
    await register.lift([key('ada'), key('never erased')]);
    const found = await register.read([key('ada'), key('never erased')]);
    expect([...found]).toEqual([[key('ada'), { erased: { requestId: 'r-1', at: 5, suppress: false }, consent: {} }]]);
  });

  test('keeps the changes of mind of several writers at once, each once', async () => {
    const register = create();
    const notes = [1, 2, 3, 4, 5, 1, 2, 3].map((time) =>
      register.noteConsent(key('many'), { analytics: [choice(time % 2 === 0, time)] }),
    );
    await Promise.all(notes);
    await register.noteConsent(key('many'), { marketing: [choice(true, 7)] });
    const { consent } = (await register.read([key('many')])).get(key('many')) ?? none;
    expect(consent).toEqual({
      analytics: [1, 2, 3, 4, 5].map((time) => choice(time % 2 === 0, time)),
      marketing: [choice(true, 7)],
    });
  });

  test('keeps the last ten changes of a purpose', async () => {
    const register = create();
    for (let time = 1; time <= 13; time += 1) {
      await register.noteConsent(key('fickle'), { analytics: [choice(true, time)] });
    }
    const { consent } = (await register.read([key('fickle')])).get(key('fickle')) ?? none;
    expect(consent.analytics?.map(({ time }) => time)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });
});

test('holds no key in clear', async () => {
  const register = createPrivacyRegister(dynamoDb, 'privacy');
  await register.erase(['email:canary@shop.example'], { requestId: 'r-1', at: 5, suppress: true });
  await register.noteConsent('user:canary-2', { analytics: [choice(true, 1)] });
  expect(JSON.stringify(await dynamoDb('Scan', { TableName: 'privacy' }))).not.toContain('canary');
});
