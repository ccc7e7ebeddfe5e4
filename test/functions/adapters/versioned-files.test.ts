import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Held, Lease, LeaseLostError } from '../../../functions/adapters/lease.ts';
import { createHeldObject, createStateObject } from '../../../functions/adapters/state-object.ts';
import {
  createVersionedFiles,
  FileChangedError,
  type VersionedFiles,
} from '../../../functions/adapters/versioned-files.ts';
import type { AwsAnswer, AwsCall } from '../../../infra/local/gateway/types.ts';
import { createS3Service } from '../../../infra/local/services/s3.ts';
import { type LocalAws, startLocalAws } from '../../infra/local/services/local-aws.ts';

let aws: LocalAws;
let files: VersionedFiles;
/** Takes answers of S3 away after they were given. */
let loses: (call: AwsCall) => boolean = () => false;

beforeAll(async () => {
  const losing = async (call: AwsCall, next: (call: AwsCall) => Promise<AwsAnswer>) => {
    const answer = await next(call);
    return loses(call) ? { status: 503, headers: {}, body: Buffer.from('<Code>SlowDown</Code>') } : answer;
  };
  aws = await startLocalAws([createS3Service], { stations: [losing] });
  vi.stubEnv('AWS_ENDPOINT_URL', aws.gateway.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'HWTOOL');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  files = createVersionedFiles('lake', { attempts: 1 });
  await aws.gateway.invoke('tool', 's3', 'CreateBucket', {}).catch(() => undefined);
  await fetch(`${aws.gateway.url}/lake`, {
    method: 'PUT',
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=HWTOOL/20260101/us-east-1/s3/aws4_request' },
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws[Symbol.asyncDispose]();
});
beforeEach(() => {
  loses = () => false;
});

const text = (body: string) => Buffer.from(body);

test('a file is written only over what its writer knows', async () => {
  const first = await files.writeOver('a', undefined, text('1'));
  expect(first).toBeDefined();
  expect(await files.writeOver('a', undefined, text('2'))).toBeUndefined();
  const second = await files.writeOver('a', first, text('3'));
  expect(await files.writeOver('a', first, text('4'))).toBeUndefined();
  expect(await files.writeOver('not-there', first, text('4'))).toBeUndefined();
  expect(await files.read('a')).toMatchObject({ body: text('3'), etag: second });
});

test('a content may stand for what was there before', async () => {
  const etag = await files.writeOver('stands', undefined, text('1'));
  expect((await files.read('stands'))?.since).toBeGreaterThan(0);
  await files.writeOver('stands', etag, text('2'), { since: 1_000 });
  expect((await files.read('stands'))?.since).toBe(1_000);
});

test('a part is one of the file that was asked for', async () => {
  const etag = (await files.writeOver('b', undefined, text('0123456789'))) ?? '';
  expect((await files.readPart('b', etag, 3, 4)).toString()).toBe('3456');
  expect((await files.readPart('b', etag, 8, 4)).toString()).toBe('89');
  expect((await files.readPart('b', etag, 10, 4)).length).toBe(0);
  await files.writeOver('b', etag, text('abcdefghij'));
  await expect(files.readPart('b', etag, 3, 4)).rejects.toThrow(FileChangedError);
  await expect(files.readPart('c', etag, 3, 4)).rejects.toThrow(FileChangedError);
});

test('a file that was replaced is not removed', async () => {
  const etag = (await files.writeOver('d', undefined, text('1'))) ?? '';
  const next = (await files.writeOver('d', etag, text('2'))) ?? '';
  await files.remove('d', etag);
  expect((await files.read('d'))?.body.toString()).toBe('2');
  await files.remove('d', next);
  await files.remove('d', next);
  expect(await files.read('d')).toBeUndefined();
});

interface Counted {
  readonly parts: number;
}

let now = 0;
const heldAt = (key: string, at = files) => createHeldObject(createStateObject<Held & Counted>(at, key));
const take = async (key: string, owner: string, at = files): Promise<Lease<Counted> | undefined> =>
  await Lease.take(heldAt(key, at), () => now, owner, { parts: 0 });

test('of two that take work only one has it, and the other not when its lease is over', async () => {
  const one = await take('state-1', 'one');
  expect(await take('state-1', 'two')).toBeUndefined();
  now += 60_000;
  const two = await take('state-1', 'two');
  await two?.save({ parts: 3 });
  await expect(one?.save({ parts: 9 })).rejects.toThrow(LeaseLostError);
  await expect(one?.renew()).rejects.toThrow(LeaseLostError);
  expect(await heldAt('state-1').read()).toMatchObject({ owner: 'two', parts: 3 });
});

test('of many that take work at one moment only one gets it', async () => {
  const taken = await Promise.all(['a', 'b', 'c', 'd'].map((owner) => take('state-0', owner)));
  expect(taken.filter((lease) => lease !== undefined)).toHaveLength(1);
});

test('a lost answer to a write is no lost lease', async () => {
  const held = await take('state-2', 'one');
  loses = ({ method }) => method === 'PUT';
  await expect(held?.save({ parts: 1 })).rejects.toThrow();
  loses = () => false;
  await held?.save({ parts: 2 });
  await held?.save({ parts: 3 });
  expect(await heldAt('state-2').read()).toMatchObject({ parts: 3 });
});

test('a write that is tried again finds its own', async () => {
  const retrying = createVersionedFiles('lake', { attempts: 3, pauseMs: 1 });
  let lost = 0;
  loses = ({ method }) => method === 'PUT' && ++lost === 1;
  const held = await take('state-3', 'one', retrying);
  lost = 0;
  await held?.save({ parts: 5 });
  expect(await heldAt('state-3').read()).toMatchObject({ parts: 5 });
});
