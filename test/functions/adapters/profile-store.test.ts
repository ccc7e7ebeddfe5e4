import { describe, expect, it } from 'vitest';
import type { PutItemInput, TransactWriteItemsInput } from '../../../functions/adapters/dynamodb.ts';
import {
  createProfileStore,
  itemBytes,
  PersonTooLargeError,
  type ProfileItem,
} from '../../../functions/adapters/profile-store.ts';
import { ServiceError } from '../../../functions/adapters/signed-http.ts';
import { aJsonService } from './a-json-service.ts';

function aStore(told: Parameters<typeof aJsonService>[0] = {}) {
  const { service, inputs } = aJsonService(told);
  const lastPut = () => inputs('PutItem').at(-1) as unknown as PutItemInput;
  return { store: createProfileStore(service, 'profiles'), inputs, lastPut };
}

interface Asked {
  readonly Keys: readonly object[];
  readonly ConsistentRead?: boolean;
}

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

describe('writing a profile and deleting others with it', () => {
  const others = [
    { id: 'anonymous:d-1', version: 3 },
    { id: 'email:ann@x.org', version: 1 },
  ];

  it('is one transaction, each item on the condition of its version', async () => {
    const { store, inputs } = aStore();
    expect(await store.writeAndRemove(anItem({ version: 8 }), others)).toBe('written');
    const [input] = inputs('TransactWriteItems') as unknown as TransactWriteItemsInput[];
    const conditions = input?.TransactItems.map((action) => {
      const [[kind, { ConditionExpression, ExpressionAttributeValues }] = []] = Object.entries(action);
      return [kind, ConditionExpression, ExpressionAttributeValues?.[':version']?.N];
    });
    expect(conditions).toEqual([
      ['Put', 'version = :version', '7'],
      ['Delete', 'version = :version', '3'],
      ['Delete', 'version = :version', '1'],
    ]);
  });

  it('says so where somebody else came first, and where it is too much for one transaction', async () => {
    const conflict = new ServiceError('ConditionalCheckFailedException', 400, 'one of them');
    const { store } = aStore({ TransactWriteItems: [conflict] });
    expect(await store.writeAndRemove(anItem(), others)).toBe('conflict');
    const tooLarge = new ServiceError('ValidationException', 400, 'more than 4 MB');
    const refused = aStore({ TransactWriteItems: [tooLarge] }).store;
    await expect(refused.writeAndRemove(anItem(), others)).rejects.toThrow(PersonTooLargeError);
  });
});

describe('writing a profile', () => {
  it('creates it only if there is none', async () => {
    const { store, lastPut } = aStore();
    expect(await store.write(anItem())).toBe('written');
    expect(lastPut()).toMatchObject({ TableName: 'profiles', ConditionExpression: 'attribute_not_exists(id)' });
  });

  it('replaces only the version that was read', async () => {
    const { store, lastPut } = aStore();
    await store.write(anItem({ version: 8 }));
    expect(lastPut()).toMatchObject({
      ConditionExpression: 'version = :version',
      ExpressionAttributeValues: { ':version': { N: '7' } },
      Item: { version: { N: '8' } },
    });
  });

  it('tells a failed condition from a failure', async () => {
    const failed = new ServiceError('ConditionalCheckFailedException', 400, 'The conditional request failed');
    const { store } = aStore({ PutItem: [failed, new Error('throttled')] });
    expect(await store.write(anItem())).toBe('conflict');
    await expect(store.write(anItem())).rejects.toThrow('throttled');
  });

  it('is read back as it was written', async () => {
    const { store, lastPut } = aStore();
    // A part of a larger buffer, as encoders hand it on.
    const state = new Uint8Array([0, 1, 2, 0]).subarray(1, 3);
    await store.write(anItem({ state }));
    expect(lastPut().Item.state).toEqual({ B: 'AQI=' });
    const { store: after } = aStore({ BatchGetItem: [{ Responses: { profiles: [lastPut().Item] } }] });
    const [found] = (await after.read(['user:ann'])).values();
    expect({ ...found, state: [...(found?.state ?? [])], ids: [...(found?.ids ?? [])] }).toEqual({
      ...anItem(),
      state: [1, 2],
      ids: [3],
    });
  });

  it('knows the size that DynamoDB bills', () => {
    const long = anItem({ id: 'user:å', state: new Uint8Array(1000), ids: new Uint8Array(10) });
    // Names 36, three numbers of at most 21, id 7, token 7, binaries 1,010.
    expect(itemBytes(long)).toBe(36 + 63 + 7 + 7 + 1010);
  });
});

describe('reading profiles', () => {
  it('asks for 100 a call, consistently', async () => {
    const { store, inputs } = aStore();
    await store.read(Array.from({ length: 250 }, (_, n) => `user:${n}`));
    const asked = inputs('BatchGetItem').map(({ RequestItems }) => (RequestItems as Record<string, Asked>).profiles);
    expect(asked.map((part) => part?.Keys.length)).toEqual([100, 100, 50]);
    expect(asked.every((part) => part?.ConsistentRead)).toBe(true);
  });

  it('asks again for what was left unprocessed, and gives up in the end', async () => {
    const item = { id: { S: 'user:b' }, version: { N: '1' }, format: { N: '1' } };
    const unprocessed = { UnprocessedKeys: { profiles: { Keys: [{ id: { S: 'user:b' } }] } } };
    const { store } = aStore({ BatchGetItem: [unprocessed, { Responses: { profiles: [item] } }, unprocessed] });
    expect([...(await store.read(['user:b'])).keys()]).toEqual(['user:b']);
    await expect(store.read(['user:b'])).rejects.toThrow('throttled');
  });

  it('hands on an item that something else wrote as unreadable, not as a failure of all', async () => {
    const { store } = aStore({ BatchGetItem: [{ Responses: { profiles: [{ id: { S: 'user:x' } }] } }] });
    expect((await store.read(['user:x'])).get('user:x')).toMatchObject({ version: 0, format: 0 });
  });
});

describe('pages of message ids', () => {
  it('have ids that no profile key can have, and expire', async () => {
    const { store, lastPut } = aStore();
    await store.writePage({ key: 'user:ann', number: 3, ids: new Uint8Array([9]), expiresAt: 1_500 });
    expect(lastPut().Item).toEqual({
      id: { S: 'dedup:3:user:ann' },
      expiresAt: { N: '2' },
      ids: { B: 'CQ==' },
    });
    const { store: after } = aStore({ BatchGetItem: [{ Responses: { profiles: [lastPut().Item] } }] });
    expect(await after.readPages('user:ann', [3])).toEqual([Buffer.from([9])]);
  });
});
