import { createHash, createHmac } from 'node:crypto';
import { S3 } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { putObjectTo } from '../../../functions/adapters/s3.ts';
import { createS3Service } from '../../../infra/local/services/s3.ts';
import { startLocalAws } from '../../infra/local/services/local-aws.ts';
import { type Answer, aBucket, type Bucket, type PutRequest, refused, stored } from './a-bucket.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

let bucket: Bucket;
beforeEach(async () => {
  bucket = await aBucket();
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ENDPOINT_URL', bucket.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'HWLakeWriter');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'a token');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await bucket[Symbol.asyncDispose]();
});

const segment = fc.oneof(
  fc.constantFrom('a', '', '..', '.', 'a b', '%', '%2F', 'é', 'day=2026-01-02', "!'()*", '+&?#<>"', '~', '🏕'),
  fc.string({ unit: 'grapheme' }),
);
const anyKey = fc
  .array(segment, { minLength: 1, maxLength: 4 })
  .map((segments) => `x/${segments.join('/')}.parquet`)
  .filter((key) => key.isWellFormed());

test('the local S3 stores what was put, under any key', async () => {
  await using aws = await startLocalAws([createS3Service]);
  const s3 = new S3(aws.clientConfig());
  await s3.createBucket({ Bucket: 'lake' });
  vi.stubEnv('AWS_ENDPOINT_URL', aws.gateway.url);
  const put = putObjectTo('lake');
  for (const Key of ['events/day=2026-01-02/shard-1.parquet', "a b+c&d=e?f#g%2F!'()*~é🏕", '..//x/./y']) {
    const body = bytes(`content of ${Key}`);
    await put(Key, body);
    const got = await s3.getObject({ Bucket: 'lake', Key });
    expect(await got.Body?.transformToByteArray()).toEqual(body);
  }
  s3.destroy();
});

test('overwrites what was there', async () => {
  await using aws = await startLocalAws([createS3Service]);
  const s3 = new S3(aws.clientConfig());
  await s3.createBucket({ Bucket: 'lake' });
  vi.stubEnv('AWS_ENDPOINT_URL', aws.gateway.url);
  const put = putObjectTo('lake');
  await put('a', bytes('one, and longer'));
  await put('a', bytes('two'));
  expect(await (await s3.getObject({ Bucket: 'lake', Key: 'a' })).Body?.transformToString()).toBe('two');
  s3.destroy();
});

test('signs the key, the headers and the hash of the body as S3 checks them', async () => {
  const put = putObjectTo('lake');
  await fc.assert(
    fc.asyncProperty(anyKey, fc.uint8Array({ maxLength: 50 }), async (key, body) => {
      await put(key, body);
      const request = bucket.requests.at(-1) as PutRequest;
      expect(decodeURIComponent(request.path)).toBe(`/lake/${key}`);
      expect(request.body).toEqual(Buffer.from(body));
      expect(request.headers).toMatchObject({
        'x-amz-content-sha256': sha256(body),
        'x-amz-security-token': 'a token',
        'content-length': String(body.length),
      });
      const signed = /SignedHeaders=([^,]+)/.exec(request.headers.authorization ?? '')?.[1]?.split(';');
      expect(signed).toEqual(
        expect.arrayContaining(['host', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token']),
      );
      expect(request.headers.authorization).toMatch(new RegExp(`Signature=${signatureOf(request, signed ?? [])}$`));
    }),
    { numRuns: 60 },
  );
});

test.each<[string, Answer]>([
  ['a throttle', refused(503, 'SlowDown')],
  ['an error of the server', refused(500, 'InternalError')],
  ['an answer of a proxy without a code', (response) => response.writeHead(502).end('<html>')],
  ['too many requests', (response) => response.writeHead(429).end()],
  ['a body that came too slowly', refused(400, 'RequestTimeout')],
  ['a connection that is cut', (response) => response.destroy()],
  ['a silent connection', () => {}],
  ['an error that stops half-way', (response) => response.writeHead(500, { 'content-length': '100' }).write('<Error>')],
])('tries again after %s', async (_, answer) => {
  bucket.answerNext(answer, answer);
  await putObjectTo('lake', { timeoutMs: 200 })('key', bytes('body'));
  expect(bucket.requests.map(({ body }) => body.toString())).toEqual(['body', 'body', 'body']);
});

test('gives up after three attempts, with the error of the last', async () => {
  bucket.answer(refused(503, 'SlowDown'));
  await expect(putObjectTo('lake')('key', bytes('body'))).rejects.toMatchObject({ name: 'SlowDown', status: 503 });
  expect(bucket.requests).toHaveLength(3);
});

test.each<[number, string]>([
  [403, 'AccessDenied'],
  [404, 'NoSuchBucket'],
  [400, 'XAmzContentSHA256Mismatch'],
  [301, 'PermanentRedirect'],
])('takes %i %s as final', async (status, code) => {
  bucket.answer(refused(status, code));
  await expect(putObjectTo('lake')('key', bytes('body'))).rejects.toMatchObject({
    name: code,
    message: `S3 answered ${status} ${code} to a PUT of key.`,
  });
  expect(bucket.requests).toHaveLength(1);
});

test('fails when nobody listens', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
  await expect(putObjectTo('lake', { attempts: 2 })('key', bytes(''))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('keeps its connection from one object to the next', async () => {
  const ports = new Set<number | undefined>();
  bucket.answer((response, request) => {
    ports.add(response.req.socket.remotePort);
    stored(response, request);
  });
  const put = putObjectTo('lake');
  for (const key of ['a', 'b', 'c']) await put(key, bytes(key));
  expect(ports.size).toBe(1);
});

test('names the variable that is missing', async () => {
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');
  await expect(putObjectTo('lake')('key', bytes(''))).rejects.toThrow(/AWS_SECRET_ACCESS_KEY is not set/);
  vi.stubEnv('AWS_REGION', '');
  expect(() => putObjectTo('lake')).toThrow(/AWS_REGION is not set/);
});

/** The signature by AWS's description of Signature Version 4, from what came over the wire. */
function signatureOf({ method, path, headers }: PutRequest, signed: readonly string[]): string {
  const date = String(headers['x-amz-date']);
  const scope = `${date.slice(0, 8)}/eu-central-1/s3/aws4_request`;
  const lines = signed.map((name) => `${name}:${String(headers[name]).trim()}\n`).join('');
  const canonical = [method, path, '', lines, signed.join(';'), headers['x-amz-content-sha256']].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((secret, part) => hmac(secret, part), 'AWS4a secret');
  return hmac(key, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).toString('hex');
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
