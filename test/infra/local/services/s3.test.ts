import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { S3 } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fileOfKey, segmentOfName } from '../../../../infra/local/services/s3/keys.ts';
import { createS3Service } from '../../../../infra/local/services/s3.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';

let aws: LocalAws;
let s3: S3;
let Bucket: string;
let number = 0;

beforeAll(async () => {
  aws = await startLocalAws([createS3Service]);
  s3 = new S3(aws.clientConfig());
});
afterAll(async () => {
  s3.destroy();
  await aws[Symbol.asyncDispose]();
});
beforeEach(async () => {
  Bucket = `bucket-${number++}`;
  await s3.createBucket({ Bucket });
});

async function put(...keys: string[]) {
  for (const Key of keys) await s3.putObject({ Bucket, Key, Body: Key });
}

async function text(Key: string): Promise<string | undefined> {
  return (await s3.getObject({ Bucket, Key })).Body?.transformToString();
}

test('gives back what was put, with its type and metadata', async () => {
  const Body = Buffer.from([0, 1, 2, 255]);
  await s3.putObject({ Bucket, Key: 'a/b c+é.bin', Body, ContentType: 'image/gif', Metadata: { source: 'test' } });

  const got = await s3.getObject({ Bucket, Key: 'a/b c+é.bin' });

  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(Body);
  expect(got).toMatchObject({ ContentLength: 4, ContentType: 'image/gif', Metadata: { source: 'test' } });
});

test('takes a large object whole', async () => {
  const Body = Buffer.alloc(6_000_000, 'headwater ');

  await s3.putObject({ Bucket, Key: 'large', Body });

  const got = await s3.getObject({ Bucket, Key: 'large' });
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
});

test('keeps an object as a plain file of the same name', async () => {
  await s3.putObject({ Bucket, Key: 'events/day=2026-01-02/shard-1.parquet', Body: 'PAR1' });

  const file = path.join(aws.dataDir, 's3', Bucket, 'events', 'day=2026-01-02', 'shard-1.parquet');

  expect(await readFile(file, 'utf8')).toBe('PAR1');
  expect(await readdir(path.join(aws.dataDir, 's3', '.tmp'))).toEqual([]);
});

test('has the MD5 of the content as its ETag', async () => {
  const { ETag } = await s3.putObject({ Bucket, Key: 'a', Body: 'hello' });

  expect(ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
  expect((await s3.headObject({ Bucket, Key: 'a' })).ETag).toBe(ETag);
  expect((await s3.listObjectsV2({ Bucket })).Contents?.[0]?.ETag).toBe(ETag);
});

test('takes the framing off a streamed body', async () => {
  const body = Buffer.alloc(200_000, 'abcdefg');

  await s3.putObject({
    Bucket,
    Key: 'streamed',
    Body: Readable.from([body.subarray(0, 90_000), body.subarray(90_000)]),
    ContentLength: body.length,
  });

  const got = await s3.getObject({ Bucket, Key: 'streamed' });
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
  expect(got.ContentEncoding).toBeUndefined();
});

test('writes only a new object when asked to by If-None-Match', async () => {
  const puts = await Promise.allSettled(
    ['one', 'two', 'three'].map((Body) => s3.putObject({ Bucket, Key: 'once', Body, IfNoneMatch: '*' })),
  );

  const failures = puts.flatMap((put) => (put.status === 'rejected' ? [put.reason] : []));
  expect(failures).toHaveLength(2);
  expect(failures[0]).toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
});

test('overwrites only the version named by If-Match', async () => {
  const { ETag = '' } = await s3.putObject({ Bucket, Key: 'a', Body: 'one' });
  await s3.putObject({ Bucket, Key: 'a', Body: 'two', IfMatch: ETag });

  const late = s3.putObject({ Bucket, Key: 'a', Body: 'three', IfMatch: ETag });

  await expect(late).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(s3.putObject({ Bucket, Key: 'b', Body: 'x', IfMatch: ETag })).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
  expect(await text('a')).toBe('two');
});

test('reads by condition', async () => {
  const { ETag = '' } = await s3.putObject({ Bucket, Key: 'a', Body: 'one' });

  await expect(s3.getObject({ Bucket, Key: 'a', IfNoneMatch: ETag })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 304 },
  });
  await expect(s3.getObject({ Bucket, Key: 'a', IfMatch: '"other"' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
});

test.each([
  ['bytes=2-4', '234', 'bytes 2-4/10'],
  ['bytes=7-', '789', 'bytes 7-9/10'],
  ['bytes=-2', '89', 'bytes 8-9/10'],
  ['bytes=8-99', '89', 'bytes 8-9/10'],
])('reads the range %s', async (Range, expected, contentRange) => {
  await s3.putObject({ Bucket, Key: 'digits', Body: '0123456789' });

  const got = await s3.getObject({ Bucket, Key: 'digits', Range });

  expect(await got.Body?.transformToString()).toBe(expected);
  expect(got.ContentRange).toBe(contentRange);
});

test('refuses a range beyond the end', async () => {
  await s3.putObject({ Bucket, Key: 'digits', Body: '0123456789' });

  await expect(s3.getObject({ Bucket, Key: 'digits', Range: 'bytes=10-' })).rejects.toMatchObject({
    name: 'InvalidRange',
  });
});

test('says what is missing', async () => {
  await expect(s3.getObject({ Bucket, Key: 'none' })).rejects.toMatchObject({
    name: 'NoSuchKey',
    message: 'The key none does not exist',
  });
  await expect(s3.headObject({ Bucket, Key: 'none' })).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  await expect(s3.getObject({ Bucket: 'no-bucket', Key: 'a' })).rejects.toMatchObject({ name: 'NoSuchBucket' });
  await expect(s3.putObject({ Bucket: 'no-bucket', Key: 'a', Body: '' })).rejects.toMatchObject({
    name: 'NoSuchBucket',
  });
  await expect(s3.headBucket({ Bucket: '.tmp' })).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  await expect(s3.getBucketAcl({ Bucket })).rejects.toMatchObject({ name: 'NotImplemented' });
});

test('deletes an object and the folders that it leaves empty', async () => {
  await put('a/b/one', 'a/two');

  await s3.deleteObject({ Bucket, Key: 'a/b/one' });
  await s3.deleteObject({ Bucket, Key: 'a/b/never-was' });

  expect(await readdir(path.join(aws.dataDir, 's3', Bucket, 'a'))).toEqual(['two']);
});

test('deletes many objects at once', async () => {
  await put('a', 'b', 'c & <d>');

  const answer = await s3.deleteObjects({
    Bucket,
    Delete: { Objects: [{ Key: 'a' }, { Key: 'c & <d>' }, { Key: 'x' }] },
  });

  expect(answer.Deleted?.map(({ Key }) => Key)).toEqual(['a', 'c & <d>', 'x']);
  expect((await s3.listObjectsV2({ Bucket })).Contents?.map(({ Key }) => Key)).toEqual(['b']);
});

test('deletes the version named by If-Match only', async () => {
  await put('a');

  await expect(s3.deleteObject({ Bucket, Key: 'a', IfMatch: '"other"' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });

  expect(await text('a')).toBe('a');
});

test('copies an object with its metadata, or with new ones', async () => {
  await s3.putObject({ Bucket, Key: 'a b', Body: 'x', ContentType: 'text/csv', Metadata: { one: '1' } });

  await s3.copyObject({ Bucket, Key: 'copy', CopySource: `${Bucket}/a%20b` });
  await s3.copyObject({
    Bucket,
    Key: 'new',
    CopySource: `${Bucket}/a%20b`,
    MetadataDirective: 'REPLACE',
    Metadata: { two: '2' },
  });

  expect(await s3.headObject({ Bucket, Key: 'copy' })).toMatchObject({
    ContentType: 'text/csv',
    Metadata: { one: '1' },
  });
  expect((await s3.headObject({ Bucket, Key: 'new' })).Metadata).toEqual({ two: '2' });
});

test('forgets the metadata of an object that was overwritten', async () => {
  await s3.putObject({ Bucket, Key: 'a', Body: 'x', Metadata: { one: '1' } });

  await s3.putObject({ Bucket, Key: 'a', Body: 'x' });

  expect((await s3.headObject({ Bucket, Key: 'a' })).Metadata).toEqual({});
});

test('folds keys at the delimiter', async () => {
  await put('events/day=1/a', 'events/day=1/b', 'events/day=2/a', 'events/readme', 'eventual');

  const list = await s3.listObjectsV2({ Bucket, Prefix: 'events/', Delimiter: '/' });

  expect(list.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['events/day=1/', 'events/day=2/']);
  expect(list.Contents?.map(({ Key }) => Key)).toEqual(['events/readme']);
  expect(list).toMatchObject({ KeyCount: 3, IsTruncated: false });
});

test('lists nothing in a bucket without objects', async () => {
  expect(await s3.listObjectsV2({ Bucket })).toMatchObject({ KeyCount: 0, IsTruncated: false });
});

const segment = fc.constantFrom('a', 'b', 'a-b', 'ab', 'a b', '', '..', '%', 'é', 'z=1', '&<');
const keyPath = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `${segments.join('/')}.x`);

test('lists every key once and in order, whatever the page size and the delimiter', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(keyPath, { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom(undefined, '/', '-'),
      fc.constantFrom('', 'a', 'a/', '/'),
      async (keys, MaxKeys, Delimiter, Prefix) => {
        Bucket = `bucket-${number++}`;
        await s3.createBucket({ Bucket });
        await put(...keys);

        const found: string[] = [];
        let ContinuationToken: string | undefined;
        do {
          const page = await s3.listObjectsV2({ Bucket, MaxKeys, Prefix, Delimiter, ContinuationToken });
          const contents = page.Contents?.map(({ Key }) => Key ?? '') ?? [];
          const prefixes = page.CommonPrefixes?.map((common) => common.Prefix ?? '') ?? [];
          found.push(...[...contents, ...prefixes].sort(byCodeUnits));
          ContinuationToken = page.NextContinuationToken;
        } while (ContinuationToken);

        const folded = keys
          .filter((key) => key.startsWith(Prefix))
          .map((key) => {
            const end = Delimiter ? key.indexOf(Delimiter, Prefix.length) : -1;
            return end < 0 ? key : key.slice(0, end + 1);
          });
        expect(found).toEqual([...new Set(folded)].sort(byCodeUnits));
      },
    ),
    { numRuns: 40 },
  );
});

function byCodeUnits(one: string, other: string): number {
  return one < other ? -1 : 1;
}

test('lets no key leave its bucket', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(segment, fc.string(), fc.constant('\0')), { minLength: 1 }), (segments) => {
      const key = segments.join('/');
      fc.pre(key !== '' && Buffer.byteLength(key) < 200);

      const file = path.resolve('/root', fileOfKey(key));

      expect(file.startsWith('/root/')).toBe(true);
      expect(file).not.toContain('\0');
      expect(fileOfKey(key).split('/').map(segmentOfName).join('/')).toBe(key);
    }),
  );
});

test('answers a key that leads out of the bucket with the object of that very name', async () => {
  await put('../../escape');

  expect(await text('../../escape')).toBe('../../escape');
  expect((await s3.listObjectsV2({ Bucket })).Contents?.map(({ Key }) => Key)).toEqual(['../../escape']);
  expect(await readdir(aws.dataDir)).toEqual(['s3']);
});

test('refuses a key that is already a folder', async () => {
  await put('a/b');

  await expect(put('a')).rejects.toThrow(/cannot be both an object and a folder/);
  await expect(put('a/b/c')).rejects.toThrow(/cannot be both an object and a folder/);
});

test('lists and deletes buckets', async () => {
  await put('a');

  await expect(s3.deleteBucket({ Bucket })).rejects.toMatchObject({ name: 'BucketNotEmpty' });
  await s3.deleteObject({ Bucket, Key: 'a' });
  await s3.deleteBucket({ Bucket });

  expect((await s3.listBuckets()).Buckets?.map(({ Name }) => Name)).not.toContain(Bucket);
  await expect(s3.createBucket({ Bucket: 'No_Such_Name' })).rejects.toMatchObject({ name: 'InvalidBucketName' });
});

test('leaves the writes of another process alone', async () => {
  const temporary = path.join(aws.dataDir, 's3', '.tmp');
  await writeFile(path.join(temporary, 'young'), '');
  await writeFile(path.join(temporary, 'old'), '');
  const anHourAgo = Date.now() / 1000 - 3700;
  await utimes(path.join(temporary, 'old'), anHourAgo, anHourAgo);

  createS3Service({ dataDir: aws.dataDir });

  expect(await readdir(temporary)).toEqual(['young']);
  await rm(path.join(temporary, 'young'));
});

test('says which folder it cannot use', async () => {
  await writeFile(path.join(aws.dataDir, 'file'), '');

  expect(() => createS3Service({ dataDir: path.join(aws.dataDir, 'file') })).toThrow(
    /^The data folder .*file.s3 cannot be used/,
  );
  await rm(path.join(aws.dataDir, 'file'));
});

test('keeps objects over a restart', async () => {
  await put('kept');
  await using again = await startLocalAws([createS3Service], { dataDir: aws.dataDir });
  const client = new S3(again.clientConfig());

  expect(await (await client.getObject({ Bucket, Key: 'kept' })).Body?.transformToString()).toBe('kept');
  client.destroy();
});
