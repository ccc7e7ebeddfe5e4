import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePath, encodeQuery } from '../../../functions/adapters/encoded-uri.ts';
import { createSigner } from '../../../functions/adapters/signature.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const noBody = new Uint8Array();

test('is that of AWS’s example `get-vanilla`', () => {
  const sign = createSigner('service', 'us-east-1', credentials);
  const parts = { method: 'GET', path: '/', query: '', headers: { host: 'example.amazonaws.com' }, body: noBody };
  expect(sign(parts, new Date('2015-08-30T12:36:00Z')).authorization).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
      'Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  );
});

const text = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a b', "!'()*~", 'é🏕', '+&?#%2F', 'b'))
  .filter((all) => all.isWellFormed());
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).filter((all) => all !== 'host');
/** What cannot be sent in a header, and what the SDK leaves unsigned, stays out. */
const headers = fc.dictionary(
  name.map((all) => `x-${all}`),
  fc.stringMatching(/^[ -~]{0,20}$/),
  { maxKeys: 4 },
);

test('is that of the SDK, whatever is signed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('s3', 'dynamodb', 'lambda'),
      fc.constantFrom('GET', 'POST', 'PUT'),
      fc.array(
        text.filter((each) => !['', '.', '..'].includes(each) && !each.includes('/')),
        { maxLength: 3 },
      ),
      fc.dictionary(name, text, { maxKeys: 4 }),
      headers,
      fc.uint8Array({ maxLength: 30 }),
      fc.option(fc.constant('a token'), { nil: undefined }),
      fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
      async (service, method, segments, query, extra, body, sessionToken, now) => {
        const held = { ...credentials, ...(sessionToken && { sessionToken }) };
        const path = encodePath(`/${segments.join('/')}`);
        const own = { host: 'here.example', ...extra };
        const request = new HttpRequest({ method, hostname: 'here.example', path, query, headers: own, body });
        const settings = { service, region: 'eu-central-1', credentials: held, sha256: Sha256 };
        const theirs = new SignatureV4({
          ...settings,
          uriEscapePath: service !== 's3',
          applyChecksum: service === 's3',
        });
        const expected = await theirs.sign(request, { signingDate: now });
        const signed = createSigner(
          service,
          'eu-central-1',
          held,
        )({ method, path, query: encodeQuery(query), headers: own, body }, now);
        expect(signed).toEqual(expected.headers);
      },
    ),
    { numRuns: 300 },
  );
});

test('takes the key of the next day after midnight', () => {
  const sign = createSigner('dynamodb', 'us-east-1', credentials);
  const parts = { method: 'POST', path: '/', query: '', headers: { host: 'here.example' }, body: noBody };
  for (const now of ['2026-01-01T23:59:59Z', '2026-01-02T00:00:00Z', '2026-01-01T23:59:59Z'].map(
    (at) => new Date(at),
  )) {
    expect(sign(parts, now)).toEqual(createSigner('dynamodb', 'us-east-1', credentials)(parts, now));
  }
});
