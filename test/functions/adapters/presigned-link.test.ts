import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterEach, expect, test, vi } from 'vitest';
import { linksTo } from '../../../functions/adapters/presigned-link.ts';
import { identifyLink } from '../../../infra/local/gateway/identity.ts';

afterEach(() => vi.unstubAllEnvs());

const now = Date.parse('2026-03-02T10:00:00Z');

test.each(['', 'a token+/='])(
  'a link is signed as the SDK signs it, with the session token %j',
  async (sessionToken) => {
    const credentials = { accessKeyId: 'HWApi', secretAccessKey: 'secret', ...(sessionToken && { sessionToken }) };
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
    vi.stubEnv('AWS_SESSION_TOKEN', sessionToken);
    vi.stubEnv('AWS_ENDPOINT_URL', '');
    const { url, expiresAt } = linksTo('lake')('privacy/exports/a b.json.gz', 900, now);
    expect(expiresAt).toBe(now + 900_000);

    const { hostname, pathname, searchParams } = new URL(url);
    const signer = new SignatureV4({
      credentials,
      region: 'eu-central-1',
      service: 's3',
      sha256: Sha256,
      uriEscapePath: false,
      applyChecksum: false,
    });
    const request = new HttpRequest({ method: 'GET', hostname, path: pathname, headers: { host: hostname } });
    const signed = await signer.presign(
      Object.assign(request, { headers: { ...request.headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }),
      {
        expiresIn: 900,
        signingDate: new Date(now),
        unhoistableHeaders: new Set(['x-amz-content-sha256']),
        unsignableHeaders: new Set(['x-amz-content-sha256']),
      },
    );
    expect(searchParams.get('X-Amz-Signature')).toBe(signed.query?.['X-Amz-Signature']);
  },
);

test('a link is good for its time, and for reading alone', () => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'HWPrivacyRequestsApi');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  const { url } = linksTo('lake')('key', 900, now);
  const at = (ms: number, method = 'GET') => identifyLink({ method, url }, now + ms);
  expect(at(899_000)).toEqual({ caller: 'PrivacyRequestsApi', service: 's3' });
  expect(() => at(900_000)).toThrow('expired');
  expect(() => at(0, 'PUT')).toThrow('another method');
  expect(identifyLink({ method: 'GET', url: '/lake/key' }, now)).toBeUndefined();
});
