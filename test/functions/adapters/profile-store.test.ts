import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createProfileStore, itemBytes, type ProfileItem } from '../../../functions/adapters/profile-store.ts';

const dynamodb = mockClient(DynamoDBClient);
const store = createProfileStore(new DynamoDBClient({ region: 'us-east-1' }), 'profiles');

const anItem = (over: Partial<ProfileItem> = {}): ProfileItem => ({
  id: 'user:ann',
  version: 1,
  token: 'token-1',
  lastSeen: 1_772_445_600_000,
  format: 1,
  state: new Uint8Array([1, 2]),
  ids: new Uint8Array([3]),
  ...over,
});

const lastPut = (): PutItemCommandInput =>
  dynamodb.commandCalls(PutItemCommand).at(-1)?.args[0].input as PutItemCommandInput;

beforeEach(() => {
  dynamodb.reset();
});

describe('writing a profile', () => {
  it('creates it only if there is none', async () => {
    dynamodb.on(PutItemCommand).resolves({});
    expect(await store.write(anItem())).toBe('written');
    expect(lastPut()).toMatchObject({ TableName: 'profiles', ConditionExpression: 'attribute_not_exists(id)' });
  });

  it('replaces only the version that was read', async () => {
    dynamodb.on(PutItemCommand).resolves({});
    await store.write(anItem({ version: 8 }));
    expect(lastPut()).toMatchObject({
      ConditionExpression: 'version = :before',
      ExpressionAttributeValues: { ':before': { N: '7' } },
      Item: { version: { N: '8' } },
    });
  });

  it('tells a failed condition from a failure', async () => {
    const failed = new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
    dynamodb.on(PutItemCommand).rejectsOnce(failed).rejectsOnce(new Error('throttled'));
    expect(await store.write(anItem())).toBe('conflict');
    await expect(store.write(anItem())).rejects.toThrow('throttled');
  });

  it('is read back as it was written', async () => {
    dynamodb.on(PutItemCommand).resolves({});
    await store.write(anItem());
    dynamodb.on(BatchGetItemCommand).resolves({ Responses: { profiles: [lastPut().Item ?? {}] } });
    expect([...(await store.read(['user:ann'])).values()]).toEqual([anItem()]);
  });

  it('knows the size that DynamoDB bills', () => {
    const long = anItem({ id: 'user:å', state: new Uint8Array(1000), ids: new Uint8Array(10) });
    // Names 36, three numbers of at most 21, id 7, token 7, binaries 1,010.
    expect(itemBytes(long)).toBe(36 + 63 + 7 + 7 + 1010);
  });
});

describe('reading profiles', () => {
  it('asks for 100 a call, consistently', async () => {
    dynamodb.on(BatchGetItemCommand).resolves({ Responses: { profiles: [] } });
    await store.read(Array.from({ length: 250 }, (_, n) => `user:${n}`));
    const asked = dynamodb.commandCalls(BatchGetItemCommand).map(({ args }) => args[0].input.RequestItems?.profiles);
    expect(asked.map((part) => part?.Keys?.length)).toEqual([100, 100, 50]);
    expect(asked.every((part) => part?.ConsistentRead)).toBe(true);
  });

  it('asks again for what was left unprocessed, and gives up in the end', async () => {
    const item = { id: { S: 'user:b' }, version: { N: '1' }, format: { N: '1' } };
    const unprocessed = { UnprocessedKeys: { profiles: { Keys: [{ id: { S: 'user:b' } }] } } };
    dynamodb
      .on(BatchGetItemCommand)
      .resolvesOnce(unprocessed)
      .resolves({ Responses: { profiles: [item] } });
    expect([...(await store.read(['user:b'])).keys()]).toEqual(['user:b']);
    dynamodb.on(BatchGetItemCommand).resolves(unprocessed);
    await expect(store.read(['user:b'])).rejects.toThrow('throttled');
  });

  it('hands on an item that something else wrote as unreadable, not as a failure of all', async () => {
    dynamodb.on(BatchGetItemCommand).resolves({ Responses: { profiles: [{ id: { S: 'user:x' } }] } });
    expect((await store.read(['user:x'])).get('user:x')).toMatchObject({ version: 0, format: 0 });
  });
});

describe('pages of message ids', () => {
  it('have ids that no profile key can have, and expire', async () => {
    dynamodb.on(PutItemCommand).resolves({});
    await store.writePage({ key: 'user:ann', number: 3, ids: new Uint8Array([9]), expiresAt: 1_500 });
    expect(lastPut().Item).toEqual({
      id: { S: 'dedup:3:user:ann' },
      expiresAt: { N: '2' },
      ids: { B: new Uint8Array([9]) },
    });
    dynamodb.on(BatchGetItemCommand).resolves({ Responses: { profiles: [lastPut().Item ?? {}] } });
    expect(await store.readPages('user:ann', [3])).toEqual([new Uint8Array([9])]);
  });
});
