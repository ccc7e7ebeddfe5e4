import assert from 'node:assert/strict';
import type { S3 } from '@aws-sdk/client-s3';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { rules } from '../case.ts';
import type { Target } from '../target.ts';

interface Link {
  readonly Bucket: string;
  readonly Key: string;
  /** Of how long ago, in seconds. */
  readonly age?: number;
}

/** The address of an object, good for a minute from when it was signed. */
async function linkTo(s3: S3, { Bucket, Key, age = 0 }: Link): Promise<URL> {
  const region = await s3.config.region();
  const endpoint = (await s3.config.endpoint?.()) ?? {
    protocol: 'https:',
    hostname: `s3.${region}.amazonaws.com`,
    path: '/',
  };
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials: s3.config.credentials,
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  });
  const port = 'port' in endpoint && endpoint.port !== undefined ? `:${endpoint.port}` : '';
  const host = endpoint.hostname + port;
  const path = `${endpoint.path.replace(/\/$/, '')}/${Bucket}/${Key}`;
  const request = { method: 'GET', protocol: endpoint.protocol, hostname: endpoint.hostname, path };
  const signingDate = new Date(Date.now() - age * 1_000);
  const content = 'x-amz-content-sha256';
  const signed = { ...request, headers: { host, [content]: 'UNSIGNED-PAYLOAD' } };
  const { query = {} } = await signer.presign(signed, {
    expiresIn: 60,
    signingDate,
    unhoistableHeaders: new Set([content]),
    unsignableHeaders: new Set([content]),
  });
  const url = new URL(`${endpoint.protocol}//${host}${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url;
}

async function object({ s3, bucket, fresh }: Target, Body: string) {
  const at = { Bucket: await bucket(), Key: fresh() };
  await s3.putObject({ ...at, Body, ContentType: 'application/json' });
  return at;
}

export const links = rules('s3', 'links', 'AmazonS3/latest/API/sigv4-query-string-auth.html', {
  'a link reads its object without a key': async (target) => {
    const answer = await fetch(await linkTo(target.s3, await object(target, '{"a":1}')));
    assert.deepEqual([answer.status, await answer.text()], [200, '{"a":1}']);
    assert.equal(answer.headers.get('content-type'), 'application/json');
  },
  'a link that has expired is refused': async (target) => {
    const answer = await fetch(await linkTo(target.s3, { ...(await object(target, 'x')), age: 61 }));
    assert.equal(answer.status, 403);
    assert.match(await answer.text(), /AccessDenied/);
  },
  'a link reads and does nothing else': async (target) => {
    const at = await object(target, 'x');
    assert.equal((await fetch(await linkTo(target.s3, at), { method: 'DELETE' })).status, 403);
    assert.equal(await (await target.s3.getObject(at)).Body?.transformToString(), 'x');
  },
  'a link to what is not there is 404': async (target) => {
    const at = await object(target, 'x');
    await target.s3.deleteObject(at);
    assert.equal((await fetch(await linkTo(target.s3, at))).status, 404);
  },
  'a link is good for its own object alone': async (target) => {
    const [at, other] = [await object(target, 'x'), await object(target, 'y')];
    const link = await linkTo(target.s3, at);
    link.pathname = link.pathname.replace(at.Key, other.Key);
    assert.equal((await fetch(link)).status, 403);
  },
});
