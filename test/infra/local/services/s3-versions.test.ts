import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeLifecycle } from '../../../../infra/local/services/s3/lifecycle.ts';
import { ObjectStore } from '../../../../infra/local/services/s3/object-store.ts';
import { createS3Service } from '../../../../infra/local/services/s3.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';

const Bucket = 'lake';
const Key = 'events/a b';
let aws: LocalAws;
let s3: S3;

beforeEach(async () => {
  aws = await startLocalAws([createS3Service]);
  s3 = new S3({ ...aws.clientConfig(), forcePathStyle: true });
  await s3.createBucket({ Bucket });
});
afterEach(async () => {
  s3.destroy();
  await aws[Symbol.asyncDispose]();
});

const keepVersions = () => s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } });
const put = async (Body: string) => (await s3.putObject({ Bucket, Key, Body })).VersionId ?? '';
const text = async (VersionId?: string) => {
  const { Body } = await s3.getObject({ Bucket, Key, ...(VersionId && { VersionId }) });
  return Body?.transformToString();
};
const listed = async () => {
  const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket });
  return [...Versions, ...DeleteMarkers].map(({ VersionId }) => VersionId);
};
const file = () => path.join(aws.dataDir, 's3', Bucket, Key);

test('an object from before is a version by the id null, also after it was overwritten', async () => {
  await put('before');
  await keepVersions();
  expect(await listed()).toEqual(['null']);

  const after = await put('after');

  expect(await listed()).toEqual([after, 'null']);
  expect(await text('null')).toBe('before');
});

test('a file that came past the service is the latest, and hides no version', async () => {
  await keepVersions();
  const first = await put('first');
  rmSync(file());
  writeFileSync(file(), 'by hand');

  expect(await text()).toBe('by hand');
  expect(await listed()).toEqual(['null', first]);
});

test('a write that a kill cut off is no version', async () => {
  await keepVersions();
  const first = await put('first');
  const store = new ObjectStore(aws.dataDir);
  const temporary = store.temporaryFile();
  writeFileSync(temporary, 'never acknowledged');
  store.archive.add(Bucket, Key, temporary, {});

  expect(await text()).toBe('first');
  expect(await listed()).toEqual([first]);
});

test('a deletion that a kill cut off is no marker', async () => {
  await keepVersions();
  const first = await put('first');
  new ObjectStore(aws.dataDir).archive.mark(Bucket, Key);

  expect(await text()).toBe('first');
  expect(await listed()).toEqual([first]);
});

test('a version has the metadata that it was put with', async () => {
  await keepVersions();
  const { VersionId } = await s3.putObject({ Bucket, Key, Body: 'x', ContentType: 'text/csv', Metadata: { n: '1' } });
  await put('y');

  expect(await s3.headObject({ Bucket, Key, VersionId })).toMatchObject({
    ContentType: 'text/csv',
    Metadata: { n: '1' },
  });
  expect((await s3.headObject({ Bucket, Key })).Metadata).toEqual({});
});

test('versions go when they are no longer the latest for so many days, by the rules of the bucket', async () => {
  await keepVersions();
  const store = new ObjectStore(aws.dataDir);
  await put('old');
  const kept = await put('latest');
  const gone = 'events/gone';
  await s3.putObject({ Bucket, Key: gone, Body: 'x' });
  await s3.deleteObject({ Bucket, Key: gone });
  const rule = '<Rule><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>';
  const days = '<NoncurrentVersionExpiration><NoncurrentDays>7</NoncurrentDays></NoncurrentVersionExpiration></Rule>';
  const expireAt = (later: number) =>
    writeLifecycle(store, Bucket, Buffer.from(rule + days), Date.now() + later * 86_400_000);

  expireAt(6);
  expect(await listed()).toHaveLength(4);
  expireAt(8);
  expect(await listed()).toEqual([kept]);
});

test('a bucket with versions alone is not empty', async () => {
  await keepVersions();
  const first = await put('first');
  const { VersionId } = await s3.deleteObject({ Bucket, Key });
  await expect(s3.deleteBucket({ Bucket })).rejects.toMatchObject({ name: 'BucketNotEmpty' });

  for (const id of [first, VersionId]) await s3.deleteObject({ Bucket, Key, VersionId: id });

  await s3.deleteBucket({ Bucket });
});

test('the bytes of a deleted version are nowhere in the data folder', async () => {
  await keepVersions();
  const first = await put('a canary');
  await put('another');
  await s3.deleteObject({ Bucket, Key, VersionId: first });

  const files = readdirSync(aws.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const contents = files.map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
  expect(contents.filter((content) => content.includes('another'))).toHaveLength(2);
  expect(contents.filter((content) => content.includes('a canary'))).toEqual([]);
});
