import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DynamoDb, Item } from '../../../functions/adapters/dynamodb.ts';
import { scanProfilesOf } from '../../../functions/adapters/profile-scan.ts';
import { createProfileStore } from '../../../functions/adapters/profile-store.ts';
import { createDynamoDbService } from '../../../infra/local/services/dynamodb.ts';
import { type LocalAws, startLocalAws } from '../../infra/local/services/local-aws.ts';
import { dynamoDbOf } from './local-dynamodb.ts';

let aws: LocalAws;
let dynamoDb: DynamoDb;
beforeAll(async () => {
  aws = await startLocalAws([createDynamoDbService]);
  dynamoDb = dynamoDbOf(aws);
  await aws.gateway.invoke('tool', 'dynamodb', 'CreateTable', {
    TableName: 'profiles',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  });
});
afterAll(() => aws[Symbol.asyncDispose]());

test('finds each profile once, over segments and pages, and no page of message ids', async () => {
  const store = createProfileStore(dynamoDb, 'profiles');
  const ids = Array.from({ length: 1_100 }, (_, n) => `user:${n}`);
  const common = { version: 1, token: 't', lastSeen: 0, format: 2, ids: Buffer.from('hash') };
  for (let at = 0; at < ids.length; at += 50) {
    await Promise.all(ids.slice(at, at + 50).map((id) => store.write({ ...common, id, state: Buffer.from(id) })));
  }
  await store.writePage({ key: 'user:1', number: 1, ids: Buffer.from('hash'), expiresAt: Date.now() + 1e9 });

  const scan = scanProfilesOf(dynamoDb, 'profiles');
  const found: string[] = [];
  for (let segment = 0; segment < 2; segment += 1) {
    let after: Item | undefined;
    do {
      const page = await scan({ segment, of: 2 }, after);
      expect(page.profiles.length).toBeLessThanOrEqual(500);
      for (const profile of page.profiles) {
        expect(Buffer.from(profile.state).toString()).toBe(profile.id);
        expect(profile).toMatchObject({ format: 2, ids: new Uint8Array() });
        found.push(profile.id);
      }
      after = page.after;
    } while (after !== undefined);
  }
  expect(found.sort()).toEqual(ids.sort());
});
