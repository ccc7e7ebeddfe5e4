import { S3 } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createObjectReader } from '../../../functions/adapters/s3-read.ts';
import { createS3Service } from '../../../infra/local/services/s3.ts';
import { type LocalAws, startLocalAws } from '../../infra/local/services/local-aws.ts';

let aws: LocalAws;
let s3: S3;
beforeEach(async () => {
  aws = await startLocalAws([createS3Service]);
  s3 = new S3(aws.clientConfig());
  await s3.createBucket({ Bucket: 'results' });
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ENDPOINT_URL', aws.gateway.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'HWSegmentBackfill');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a secret');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  s3.destroy();
  await aws[Symbol.asyncDispose]();
});

const put = (Key: string, Body: string) => s3.putObject({ Bucket: 'results', Key, Body: Buffer.from(Body) });

test('reads an object in parts, to its end and not beyond', async () => {
  await put('a b/ü&.csv', '0123456789');
  const { readPart } = createObjectReader();
  const read = async (start: number, length: number) => {
    const { bytes, size } = await readPart('results', 'a b/ü&.csv', start, length);
    return [bytes.toString(), size];
  };
  expect(await read(0, 4)).toEqual(['0123', 10]);
  expect(await read(8, 4)).toEqual(['89', 10]);
  expect((await read(10, 4))[0]).toBe('');
});

test('says by S3’s own code that an object is gone', async () => {
  const read = createObjectReader().readPart('results', 'gone.csv', 0, 10);
  await expect(read).rejects.toMatchObject({ name: 'NoSuchKey', status: 404 });
});

test('lists the keys of a prefix in order, over pages, up to a limit', async () => {
  for (const key of ['b/2', 'b/1', 'b/3', 'c/1', 'b/<&>"\'']) await put(key, 'x');
  const { listKeys } = createObjectReader();
  expect(await listKeys('results', 'b/')).toEqual(['b/1', 'b/2', 'b/3', 'b/<&>"\'']);
  expect(await listKeys('results', 'b/', 1)).toEqual(['b/1']);
  expect(await listKeys('results', 'nothing/')).toEqual([]);
  for (let n = 0; n < 1003; n += 1) await put(`many/${String(n).padStart(4, '0')}`, 'x');
  expect(await listKeys('results', 'many/')).toHaveLength(1003);
});
