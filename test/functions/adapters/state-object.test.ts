import { S3 } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStateObject } from '../../../functions/adapters/state-object.ts';
import { createVersionedFiles } from '../../../functions/adapters/versioned-files.ts';
import { createS3Service } from '../../../infra/local/services/s3.ts';
import { type LocalAws, startLocalAws } from '../../infra/local/services/local-aws.ts';
import { aBucket, refused } from './a-bucket.ts';

let aws: LocalAws;
let s3: S3;
beforeEach(async () => {
  aws = await startLocalAws([createS3Service]);
  s3 = new S3(aws.clientConfig());
  await s3.createBucket({ Bucket: 'lake' });
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ENDPOINT_URL', aws.gateway.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'HWWatch');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a secret');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  s3.destroy();
  await aws[Symbol.asyncDispose]();
});

interface State {
  readonly version: number;
}
const anObject = () => createStateObject<State>(createVersionedFiles('lake'), 'watch/state.json');

test('is nothing until it is written, then what was written', async () => {
  const object = anObject();
  expect(await object.read()).toBeUndefined();
  const etag = await object.write({ version: 1 }, undefined);
  expect(await object.read()).toEqual({ state: { version: 1 }, etag });
});

test('of two who change what both have read, one is told that it came late', async () => {
  const object = anObject();
  expect(await object.write({ version: 1 }, undefined)).toBeDefined();
  expect(await object.write({ version: 2 }, undefined)).toBeUndefined();
  const read = await object.read();
  const first = await object.write({ version: 3 }, read?.etag);
  expect(first).toBeDefined();
  expect(await object.write({ version: 4 }, read?.etag)).toBeUndefined();
  expect((await object.read())?.state).toEqual({ version: 3 });
  expect(await object.write({ version: 5 }, first)).toBeDefined();
});

test('is not written where it has gone', async () => {
  const object = anObject();
  const etag = await object.write({ version: 1 }, undefined);
  await s3.deleteObject({ Bucket: 'lake', Key: 'watch/state.json' });
  expect(await object.write({ version: 2 }, etag)).toBeUndefined();
});

test('takes its own write, whose answer was lost, for a success', async () => {
  await using bucket = await aBucket();
  vi.stubEnv('AWS_ENDPOINT_URL', bucket.url);
  const object = anObject();
  bucket.answerNext(
    (response) => response.destroy(),
    refused(412, 'PreconditionFailed'),
    (response) => response.writeHead(200, { etag: '"7"' }).end('{"version":1}'),
  );
  expect(await object.write({ version: 1 }, '"6"')).toBe('"7"');
  bucket.answerNext(refused(412, 'PreconditionFailed'), (response) =>
    response.writeHead(200, { etag: '"8"' }).end('{"version":9}'),
  );
  expect(await object.write({ version: 2 }, '"7"')).toBeUndefined();
  expect(bucket.requests[0]?.headers['if-match']).toBe('"6"');
});

test('throws what S3 refuses for another reason', async () => {
  await using bucket = await aBucket();
  vi.stubEnv('AWS_ENDPOINT_URL', bucket.url);
  bucket.answer(refused(403, 'AccessDenied'));
  await expect(anObject().read()).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(anObject().write({ version: 1 }, undefined)).rejects.toMatchObject({ name: 'AccessDenied' });
});
