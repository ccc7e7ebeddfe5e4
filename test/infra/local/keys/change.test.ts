import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readKeyFrom } from '../../../../functions/adapters/key-store.ts';
import { type Around, create, revoke, rotate } from '../../../../infra/local/keys/change.ts';
import { openKeyTable } from '../../../../infra/local/keys/key-table.ts';
import type { CreateRequest } from '../../../../infra/local/keys/request.ts';
import { asTable, shownKeys } from '../../../../infra/local/keys/show.ts';
import { createDynamoDbService } from '../../../../infra/local/services/dynamodb.ts';
import { isValid } from '../../../../schemas/stored-key.ts';
import { dynamoDbOf } from '../../../functions/adapters/local-dynamodb.ts';
import { createTable } from '../../../functions/adapters/segments-table.ts';
import { sha256 } from '../../../functions/settings-keys.ts';
import { type LocalAws, startLocalAws } from '../services/local-aws.ts';

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;

let aws: LocalAws;
let dynamoDb: DynamoDBClient;
let around: (now?: number) => Around;
/** Whether a function accepts a key. */
let accepts: (text: string, now: number) => Promise<boolean>;

beforeAll(async () => {
  aws = await startLocalAws([createDynamoDbService]);
  await createTable(aws, 'keys', 'pk');
  const read = readKeyFrom(dynamoDbOf(aws), 'keys');
  const credentials = { accessKeyId: 'HWTOOL', secretAccessKey: 'x' };
  dynamoDb = new DynamoDBClient({ endpoint: aws.gateway.url, region: 'us-east-1', credentials });
  const keys = openKeyTable({ dynamoDb, table: 'keys' });
  const settings = [{ id: 'local', sha256: sha256('sk_local') }];
  const spaces = [{ id: 'brand-b', sources: ['brand-b-web'] }];
  around = (now = NOW) => ({ keys, settings, spaces, now, random: () => randomBytes(32) });
  accepts = async (text, now) => {
    const key = await read(sha256(text));
    return key !== undefined && isValid(key, now);
  };
});
afterAll(async () => {
  dynamoDb.destroy();
  await aws[Symbol.asyncDispose]();
});

const wanted = (id: string, changes: Partial<CreateRequest> = {}): CreateRequest => ({
  command: 'create',
  id,
  scopes: ['read'],
  source: undefined,
  space: undefined,
  limit: undefined,
  expiresIn: undefined,
  ...changes,
});

test('a key that was made is accepted, and is nowhere in the table', async () => {
  const { text } = await create(around(), wanted('made', { limit: { perSecond: 5, burst: 9 } }));
  expect(text).toMatch(/^sk_[\w-]{43}$/);
  expect(await accepts(text, NOW)).toBe(true);
  const { Items } = await aws.gateway.invoke<{ Items: object[] }>('tool', 'dynamodb', 'Scan', { TableName: 'keys' });
  expect(JSON.stringify(Items)).toContain(sha256(text));
  expect(JSON.stringify(Items)).not.toContain(text.slice(3));
});

test('a write key is told by its beginning', async () => {
  const { text, key } = await create(around(), wanted('b-web', { scopes: ['ingest'], source: 'shop' }));
  expect(text).toMatch(/^wk_/);
  expect(key).toMatchObject({ source: 'shop', scopes: ['ingest'] });
});

test('a name is given once, also when two ask at the same moment', async () => {
  const outcomes = await Promise.allSettled([create(around(), wanted('twin')), create(around(), wanted('twin'))]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(create(around(), wanted('twin'))).rejects.toThrow('There is a key of the name twin: rotate it');
  await expect(create(around(), wanted('local'))).rejects.toThrow('The settings in infra/config.ts have a key');
});

test('a key that was rotated works until its overlap is over, beside the new one', async () => {
  const limit = { perSecond: 5, burst: 9 };
  const before = await create(around(), wanted('app', { scopes: ['read', 'manage'], limit }));
  const after = await rotate(around(NOW + DAY), 'app', 7 * DAY);
  expect(after.until).toBe(NOW + 8 * DAY);
  expect(after.key).toMatchObject({ scopes: ['read', 'manage'], limit });
  for (const { text } of [before, after]) expect(await accepts(text, NOW + 2 * DAY)).toBe(true);
  expect(await accepts(before.text, NOW + 8 * DAY)).toBe(false);
  expect(await accepts(after.text, NOW + 800 * DAY)).toBe(true);
});

test('a rotation never lets a key live longer than it was to', async () => {
  const before = await create(around(), wanted('short', { expiresIn: 2 * DAY }));
  const after = await rotate(around(NOW + DAY), 'short', 7 * DAY);
  expect(await accepts(before.text, NOW + 2 * DAY)).toBe(false);
  expect([await accepts(after.text, NOW + 3 * DAY - 1), await accepts(after.text, NOW + 3 * DAY)]).toEqual([
    true,
    false,
  ]);
});

test('rotated twice, all before the last end', async () => {
  const first = await create(around(), wanted('twice'));
  const second = await rotate(around(NOW + 1), 'twice', 7 * DAY);
  const third = await rotate(around(NOW + 2), 'twice', 0);
  const valid = [];
  for (const { text } of [first, second, third]) valid.push(await accepts(text, NOW + 2));
  expect(valid).toEqual([false, false, true]);
});

test('a revocation takes every key of a name, and sets the name free', async () => {
  const before = await create(around(), wanted('gone'));
  const after = await rotate(around(NOW + 1), 'gone', DAY);
  expect(await revoke(around(NOW + 2), 'gone')).toBe(2);
  for (const { text } of [before, after]) expect(await accepts(text, NOW + 2)).toBe(false);
  await expect(revoke(around(NOW + 3), 'gone')).rejects.toThrow('The key gone is over since 2027-01-15');
  await expect(rotate(around(NOW + 3), 'gone', 0)).rejects.toThrow('The key gone is over since');
  expect(await accepts((await create(around(NOW + 4), wanted('gone'))).text, NOW + 5)).toBe(true);
});

test('nothing brings a revoked key back', async () => {
  const { text, key } = await create(around(), wanted('dead'));
  await revoke(around(NOW + 1), 'dead');
  await around().keys.put({ ...key, endsAt: NOW + DAY });
  expect(await accepts(text, NOW + 2)).toBe(false);
});

test('a name whose key was never stored is set free', async () => {
  const { keys } = around();
  await expect(
    create({ ...around(), keys: { ...keys, put: () => Promise.reject(new Error('cut off')) } }, wanted('half')),
  ).rejects.toThrow('cut off');
  await expect(create(around(), wanted('half'))).rejects.toThrow('rotate it, revoke it');
  expect(await revoke(around(), 'half')).toBe(0);
  expect(await accepts((await create(around(), wanted('half'))).text, NOW)).toBe(true);
});

test('says where keys are that the command does not know', async () => {
  await expect(revoke(around(), 'nobody')).rejects.toThrow('There is no key nobody');
  await expect(rotate(around(), 'local', 0)).rejects.toThrow(
    'is in the settings, infra/config.ts: it is rotated there',
  );
});

test('the list shows each key with its state, and none of the keys themselves', async () => {
  const { text } = await create(
    around(NOW + 9),
    wanted('shown', { limit: { perSecond: 5, burst: 9 }, expiresIn: DAY }),
  );
  const settings = { writeKeys: [{ id: 'local', sha256: sha256('wk_local') }], apiKeys: [] };
  const shown = shownKeys(settings, await around().keys.list(), NOW + 10);
  expect(shown[0]).toEqual({
    id: 'local',
    scopes: ['ingest'],
    source: 'local',
    state: 'valid',
    sha256: sha256('wk_local').slice(0, 8),
    from: 'settings',
  });
  expect(shown.find(({ id }) => id === 'shown')).toMatchObject({
    id: 'shown',
    rate: '5/s, at most 9',
    state: 'ends',
    until: '2027-01-16T08:00:00.009Z',
  });
  expect(shown.filter(({ id }) => id === 'dead')).toMatchObject([{ state: 'revoked' }]);
  expect(shown.filter(({ id }) => id === 'twice').map(({ state }) => state)).toEqual(['expired', 'expired', 'valid']);
  const table = asTable(shown);
  expect(table).toMatch(/shown .*read .*ends 2027-01-16 08:00 UTC/);
  expect(JSON.stringify(shown) + table).not.toContain(text.slice(3, 20));
});

test('a key that is limited to a space is one of which versions without spaces know no scope', async () => {
  const { text, key } = await create(around(), wanted('b-app', { scopes: ['read'], space: 'brand-b' }));
  expect(key).toMatchObject({ space: 'brand-b', scopes: ['read'] });
  const place = { pk: { S: `sha256:${sha256(text)}` } };
  const { Item } = await aws.gateway.invoke<{ Item: Record<string, unknown> }>('tool', 'dynamodb', 'GetItem', {
    TableName: 'keys',
    Key: place,
  });
  expect(Item).toMatchObject({ space: { S: 'brand-b' }, scopesWithin: { SS: ['read'] } });
  expect(Item.scopes).toBeUndefined();
  const rotated = await rotate(around(NOW + DAY), 'b-app', DAY);
  expect(rotated.key).toMatchObject({ space: 'brand-b', scopes: ['read'] });
});

test('a key of a space that there is not, or of a source that is none of its space, is not made', async () => {
  await expect(create(around(), wanted('lost', { space: 'brand-c' }))).rejects.toThrow('There is no space brand-c');
  const ingest = { scopes: ['ingest'], space: 'brand-b' } as const;
  await expect(create(around(), wanted('b-shop', { ...ingest, source: 'web' }))).rejects.toThrow(
    'The source web is not of the space brand-b, which has brand-b-web',
  );
  const { key } = await create(around(), wanted('b-shop', { ...ingest, source: 'brand-b-web' }));
  expect(key).toMatchObject({ source: 'brand-b-web' });
  expect(key.space).toBeUndefined();
});
