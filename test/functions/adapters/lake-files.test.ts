import { S3 } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLakeFiles } from '../../../functions/adapters/lake-files.ts';
import { createStateObject } from '../../../functions/adapters/state-object.ts';
import { createVersionedFiles } from '../../../functions/adapters/versioned-files.ts';
import { createS3Service } from '../../../infra/local/services/s3.ts';
import type { SealingState } from '../../../shared/lake/sealing/sealing-state.ts';
import { type LocalAws, startLocalAws } from '../../infra/local/services/local-aws.ts';
import { aBucket, refused } from './a-bucket.ts';

let aws: LocalAws;
beforeEach(async () => {
  aws = await startLocalAws([createS3Service]);
  const s3 = new S3(aws.clientConfig());
  await s3.createBucket({ Bucket: 'lake' });
  s3.destroy();
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ENDPOINT_URL', aws.gateway.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'HWSealer');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a secret');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws[Symbol.asyncDispose]();
});

describe('files of the lake', () => {
  test('are listed in order, with their sizes and with tags that change with the content', async () => {
    const files = createLakeFiles('lake');
    await files.write('t/day=2026-01-02/b&.parquet', Buffer.from('two'));
    await files.write('t/day=2026-01-02/a.parquet', Buffer.from('one!'));
    await files.write('u/day=2026-01-02/c.parquet', Buffer.from('other'));
    const listed = await files.list('t/');
    expect(listed.map(({ key, size }) => [key, size])).toEqual([
      ['t/day=2026-01-02/a.parquet', 4],
      ['t/day=2026-01-02/b&.parquet', 3],
    ]);
    await files.write('t/day=2026-01-02/a.parquet', Buffer.from('1111'));
    expect((await files.list('t/'))[0]?.etag).not.toBe(listed[0]?.etag);
  });

  test('lie in folders', async () => {
    const files = createLakeFiles('lake');
    for (const day of ['2026-01-03', '2026-01-02']) await files.write(`t/day=${day}/a.parquet`, Buffer.from(day));
    expect(await files.folders('t/')).toEqual(['day=2026-01-02', 'day=2026-01-03']);
    expect(await files.folders('nothing/')).toEqual([]);
  });

  test('are read whole, or are not there', async () => {
    const files = createLakeFiles('lake');
    await files.write('marks/a b.parquet', Buffer.from('content'));
    expect((await files.read('marks/a b.parquet'))?.toString()).toBe('content');
    expect(await files.read('marks/gone.parquet')).toBeUndefined();
    await expect(createLakeFiles('nowhere').read('marks/gone.parquet')).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  test('are deleted, however many, and also when they are gone', async () => {
    const files = createLakeFiles('lake');
    const keys = Array.from({ length: 1_050 }, (_, number) => `t/${number}<&>"'`);
    for (const key of keys) await files.write(key, Buffer.from('x'));
    await files.remove([...keys, 't/gone']);
    expect(await files.list('t/')).toEqual([]);
  });

  test('are asked for until S3 can give them, six times at most', async () => {
    await using bucket = await aBucket();
    vi.stubEnv('AWS_ENDPOINT_URL', bucket.url);
    const files = createLakeFiles('lake', { pauseMs: 1 });
    const slowDown = refused(503, 'SlowDown');
    bucket.answerNext(...Array(5).fill(slowDown), (response) => response.writeHead(200).end('content'));
    expect((await files.read('t/a'))?.toString()).toBe('content');
    bucket.answer(slowDown);
    await expect(files.read('t/a')).rejects.toMatchObject({ name: 'SlowDown' });
    expect(bucket.requests).toHaveLength(12);
  });

  test('say so when some could not be deleted', async () => {
    await using bucket = await aBucket();
    vi.stubEnv('AWS_ENDPOINT_URL', bucket.url);
    const answer = '<DeleteResult><Error><Key>a</Key><Code>AccessDenied</Code></Error></DeleteResult>';
    bucket.answer((response) => response.writeHead(200).end(answer));
    const files = createLakeFiles('lake', { attempts: 1 });
    await expect(files.remove(['a'])).rejects.toMatchObject({ name: 'AccessDenied' });
    bucket.answer(refused(403, 'AccessDenied'));
    await expect(files.list('t/')).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('the state of the sealer', () => {
  const state = (owner: string) => ({ owner, leaseUntil: 1, barriers: [] });

  test('is replaced only by whoever knows what it replaces', async () => {
    const states = createStateObject<SealingState>(createVersionedFiles('lake'), 'sealing/state.json');
    expect(await states.read()).toBeUndefined();
    const first = await states.write(state('one'), undefined);
    expect(await states.read()).toEqual({ state: state('one'), etag: first });
    expect(await states.write(state('two'), undefined)).toBeUndefined();
    const second = await states.write(state('two'), first);
    expect(await states.write(state('three'), first)).toBeUndefined();
    expect(await states.read()).toEqual({ state: state('two'), etag: second });
  });

  test('was written when the answer was lost and the next attempt is refused', async () => {
    const states = createStateObject<SealingState>(createVersionedFiles('lake'), 'sealing/state.json');
    const first = await states.write(state('one'), undefined);
    const again = await states.write(state('one'), undefined);
    expect(again).toBe(first);
  });
});
