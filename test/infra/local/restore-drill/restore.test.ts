import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { damage } from '../../../../infra/local/restore-drill/damage.ts';
import { differences } from '../../../../infra/local/restore-drill/holdings.ts';
import { restoreObjects } from '../../../../infra/local/restore-drill/restore-objects.ts';
import { backUp, restoreTable } from '../../../../infra/local/restore-drill/restore-tables.ts';
import { openStores, type Stores, tablesOf, versionedBucketsOf } from '../../../../infra/local/restore-drill/stores.ts';
import { createDynamoDbService } from '../../../../infra/local/services/dynamodb.ts';
import { createS3Service } from '../../../../infra/local/services/s3.ts';
import { type LocalAws, startLocalAws } from '../services/local-aws.ts';

const [TableName, Bucket] = ['profiles', 'lake'];
let aws: LocalAws;
let stores: Stores;

beforeEach(async () => {
  aws = await startLocalAws([createDynamoDbService, createS3Service]);
  stores = openStores(aws.gateway.url);
  await stores.dynamodb.createTable({
    TableName,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  await backUp(stores.dynamodb, TableName);
  await stores.s3.createBucket({ Bucket });
  await stores.s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } });
});
afterEach(async () => {
  stores.close();
  await aws[Symbol.asyncDispose]();
});

const write = (Key: string, Body = Key) => stores.s3.putObject({ Bucket, Key, Body });
const person = (id: string) => stores.dynamodb.putItem({ TableName, Item: { id: { S: id }, of: { S: id } } });

/** What table and bucket hold, to the byte. */
async function contents() {
  const { Items = [] } = await stores.dynamodb.scan({ TableName });
  const { Contents = [] } = await stores.s3.listObjectsV2({ Bucket });
  const objects = Contents.map(async ({ Key }) => {
    const { Body } = await stores.s3.getObject({ Bucket, Key });
    return [Key, await Body?.transformToString()];
  });
  return { items: Items.map(({ id, of }) => [id?.S, of?.S]).sort(), objects: await Promise.all(objects) };
}

async function moment(): Promise<Date> {
  await sleep(10);
  const now = new Date();
  await sleep(10);
  return now;
}

test('what was damaged, made and deleted after a moment is as it was at it', async () => {
  for (const id of ['user:a', 'user:b', 'user:c']) await person(id);
  for (const key of ['events_landed/1', 'events_landed/2', 'events_landed/3', 'state/one']) await write(key);
  await stores.s3.deleteObject({ Bucket, Key: 'state/one' });
  await write('a b/ž', 'old');
  const then = await moment();
  const before = await contents();
  await damage(stores, { profilesTable: TableName, lakeBucket: Bucket });
  await person('user:d');
  await write('state/one', 'back too early');
  await write('new');
  await write('a b/ž', 'new');
  expect(await contents()).not.toEqual(before);

  await restoreTable(stores.dynamodb, TableName, then);
  const restored = await restoreObjects(stores.s3, Bucket, then);

  expect(await contents()).toEqual(before);
  expect(restored).toEqual({ back: 3, deleted: 2 });
});

/** Writes a file anew as an erasure does, and deletes what was kept of it for good. */
async function eraseFrom(Key: string, Body: string): Promise<void> {
  const { LastModified, Metadata } = await stores.s3.headObject({ Bucket, Key });
  const since = Metadata?.since ?? LastModified?.toISOString() ?? '';
  await stores.s3.putObject({ Bucket, Key, Body, Metadata: { since } });
  await purge(Key);
}

async function purge(Prefix: string): Promise<void> {
  const { Versions = [], DeleteMarkers = [] } = await stores.s3.listObjectVersions({ Bucket, Prefix });
  for (const { Key, VersionId } of [...Versions.filter(({ IsLatest }) => !IsLatest), ...DeleteMarkers]) {
    await stores.s3.deleteObject({ Bucket, Key, VersionId });
  }
}

test('what an erasure wrote anew stays, and comes back where it was damaged since', async () => {
  for (const key of ['kept', 'damaged', 'gone', 'twice']) await write(key, 'ada and bob');
  const then = new Date(Math.ceil(Date.now() / 1000) * 1000);
  await sleep(then.getTime() - Date.now() + 10);
  for (const key of ['kept', 'damaged', 'gone', 'twice']) await eraseFrom(key, 'bob');
  await eraseFrom('twice', 'b');
  await write('damaged', '?');
  await stores.s3.deleteObject({ Bucket, Key: 'gone' });
  await write('new');

  await restoreObjects(stores.s3, Bucket, then);

  const objects = [['damaged', 'bob'], ['gone', 'bob'], ['kept', 'bob'], ['twice', 'b']]; // biome-ignore format: one line a file
  expect((await contents()).objects).toEqual(objects);
});

test('of a day that was sealed since and has no landed files any more, the rows land again', async () => {
  const [landed, sealed] = ['events_landed/day=2026-01-02', 'events_sealed/day=2026-01-02'];
  await write(`${landed}/shard-1.parquet`, 'ada and bob');
  await write('events_landed/day=2026-01-03/shard-2.parquet', 'bob');
  const then = await moment();
  for (const day of ['02', '03']) await write(`events_sealed/day=2026-01-${day}/part-0.parquet`, 'bob');
  for (const key of [`${landed}/shard-1.parquet`, 'events_landed/day=2026-01-03/shard-2.parquet']) {
    await stores.s3.deleteObject({ Bucket, Key: key });
  }
  await purge(landed);

  await restoreObjects(stores.s3, Bucket, then);

  expect((await contents()).objects).toEqual([
    [`${landed}/sealed-part-0.parquet`, 'bob'],
    ['events_landed/day=2026-01-03/shard-2.parquet', 'bob'],
  ]);
  expect(await stores.s3.headObject({ Bucket, Key: `${sealed}/part-0.parquet` }).catch(({ name }) => name)).toBe(
    'NotFound',
  );
});

test('a restore of objects that was done already is no harm, and what it did can be taken back', async () => {
  await write('one', 'old');
  const then = await moment();
  await write('one', 'new');
  const later = await moment();
  await restoreObjects(stores.s3, Bucket, then);
  const once = await contents();

  await restoreObjects(stores.s3, Bucket, then);
  expect(await contents()).toEqual(once);

  await restoreObjects(stores.s3, Bucket, later);
  expect((await contents()).objects).toEqual([['one', 'new']]);
});

test('a table in its place is recoverable again', async () => {
  await person('user:a');
  await restoreTable(stores.dynamodb, TableName, await moment());
  await person('user:b');
  const then = await moment();
  await person('user:c');

  await restoreTable(stores.dynamodb, TableName, then);

  expect((await contents()).items.map(([id]) => id)).toEqual(['user:a', 'user:b']);
  expect(await tablesOf(stores)).toEqual([TableName]);
});

test('finds the buckets that keep versions', async () => {
  await stores.s3.createBucket({ Bucket: 'plain' });
  expect(await versionedBucketsOf(stores)).toEqual([Bucket]);
});

test('names what differs, and where its texts part', () => {
  const [one, other] = [
    new Map([
      ['a', 'same'],
      ['b', '{"n":1}'],
    ]),
    new Map([
      ['a', 'same'],
      ['c', 'new'],
    ]),
  ];
  expect(differences(one, other)).toEqual(['b: …{"n":1}… is now …none…', 'c: …none… is now …new…']);
});
