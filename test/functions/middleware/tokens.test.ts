import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { accessKeys } from '../../../functions/middleware/access-keys.ts';
import { json } from '../../../functions/middleware/http.ts';
import { httpApi, type OperationRequest } from '../../../functions/middleware/http-api.ts';
import { FRESH_MS, PAUSE_MS, STALE_MS } from '../../../functions/middleware/issuer-keys.ts';
import { createKeyCheck } from '../../../functions/middleware/key-check.ts';
import { KeyUses } from '../../../functions/middleware/key-uses.ts';
import { tokenKeys } from '../../../functions/middleware/token-keys.ts';
import { createTokens } from '../../../functions/middleware/tokens.ts';
import { apiScopes, type Scope } from '../../../schemas/access-key.ts';
import type { TokenSettings } from '../../../schemas/token-settings.ts';
import { AnAuditLog } from '../an-audit-log.ts';
import { aContext, anHttpEvent, answerOf } from '../http-event.ts';
import { sha256 } from '../settings-keys.ts';
import {
  type Algorithm,
  AnIssuer,
  aPair,
  ISSUER,
  JWKS_URI,
  signedByPublicKey,
  tokenOf,
  unsigned,
} from './an-issuer.ts';

const NOW = 1_800_000_000;
const pair = aPair('one', 'ES256');
const rsa = aPair('rsa', 'RS256');
const stranger = aPair('one', 'ES256');

const claims = (over: Readonly<Record<string, unknown>> = {}) => ({
  iss: ISSUER,
  aud: 'headwater',
  sub: 'ada@example.com',
  scope: 'openid read manage',
  exp: NOW + 300,
  ...over,
});

/** An API with one endpoint a scope, which takes keys and tokens. */
function anApi(issuer: AnIssuer, over: Partial<TokenSettings> = {}) {
  const settings = {
    issuer: ISSUER,
    audience: ['headwater', 'shop'],
    scopesClaim: 'scope',
    scopePrefix: '',
    keyIdClaim: 'sub',
  };
  const time = { now: NOW * 1000 };
  const clock = () => time.now;
  const audit = new AnAuditLog();
  let loads = 0;
  const tokens = tokenKeys(async () => {
    loads += 1;
    return createTokens({ settings: { ...settings, ...over }, clock, read: issuer.read });
  });
  const apiKeys = createKeyCheck({
    find: accessKeys([{ id: 'local', sha256: sha256('sk_local') }], apiScopes),
    tokens,
    read: async () => undefined,
    take: async () => {
      throw new Error('Tokens have no limit.');
    },
    spaces: ['brand-b'],
    uses: new KeyUses(audit, 'profile-api'),
    clock,
  });
  const handler = httpApi({
    endpoints: apiScopes.map(
      (auth) => ({ operationId: auth, method: 'GET', path: `/v1/${auth}`, auth, space: 'none' }) as const,
    ),
    operations: Object.fromEntries(
      apiScopes.map((scope) => [scope, ({ space }: OperationRequest) => json(200, { space })]),
    ),
    apiKeys,
  });
  const call = async (token: string, scope: Scope = 'read') =>
    answerOf(
      await handler(anHttpEvent(`GET /v1/${scope}`, { headers: { authorization: `Bearer ${token}` } }), aContext()),
    );
  return { call, time, audit, loads: () => loads };
}

const lines: string[] = [];
vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
afterEach(() => void lines.splice(0));

describe('a good token', () => {
  test.each<Algorithm>(['RS256', 'PS256', 'ES256', 'EdDSA'])(
    'signed by %s is let through with its scopes',
    async (alg) => {
      const mine = aPair('mine', alg);
      const { call } = anApi(new AnIssuer(pair, mine, rsa));
      const token = tokenOf(mine, claims());
      expect((await call(token)).status).toBe(200);
      expect((await call(token, 'manage')).status).toBe(200);
      expect(await call(token, 'privacy')).toMatchObject({ status: 403, body: { code: 'privacy_scope_missing' } });
    },
  );

  test.each<[string, Partial<TokenSettings>, object, Scope[]]>([
    ['a text', {}, { scope: 'privacy read' }, ['read', 'privacy']],
    ['a list', { scopesClaim: 'permissions' }, { permissions: ['manage'] }, ['manage']],
    ['names with a prefix', { scopePrefix: 'headwater:' }, { scope: 'read headwater:manage' }, ['manage']],
    ['no scope that is known', {}, { scope: 'reader unread READ read,manage ingest' }, []],
    ['something else', {}, { scope: { read: true } }, []],
    ['nothing', {}, { scope: undefined }, []],
  ])('may do what its claim says by %s', async (_, settings, over, expected) => {
    const { call } = anApi(new AnIssuer(pair), settings);
    const token = tokenOf(pair, claims(over as Record<string, unknown>));
    for (const scope of apiScopes) expect((await call(token, scope)).status).toBe(expected.includes(scope) ? 200 : 403);
  });

  test.each<[string, object]>([
    ['one of several audiences', { aud: ['other', 'shop'] }],
    ['an end by another clock, 4 seconds ago', { exp: NOW - 4 }],
    ['a beginning by another clock, in 4 seconds', { nbf: NOW + 4 }],
  ])('may have %s', async (_, over) => {
    const { call } = anApi(new AnIssuer(pair));
    expect((await call(tokenOf(pair, claims(over as Record<string, unknown>)))).status).toBe(200);
  });

  test('may be as long as API Gateway lets headers be, and no longer', async () => {
    const { call } = anApi(new AnIssuer(pair));
    expect((await call(tokenOf(pair, claims({ groups: 'g'.repeat(5_500) })))).status).toBe(200);
    expect(await call(tokenOf(pair, claims({ groups: 'g'.repeat(6_500) })))).toMatchObject({
      status: 401,
      body: { code: 'key_unknown' },
    });
  });
});

describe('a bad token is refused', () => {
  const bad: [string, string, string][] = [
    ['without a signature', unsigned(claims()), 'token_invalid'],
    ['with an algorithm None', unsigned(claims(), 'None'), 'token_invalid'],
    ['signed with the public key as a secret', signedByPublicKey(rsa, claims(), 'pem'), 'token_invalid'],
    ['signed with the bytes of the public key', signedByPublicKey(rsa, claims(), 'der'), 'token_invalid'],
    ['signed by a stranger under a known key id', tokenOf(stranger, claims()), 'token_invalid'],
    ['by an unknown key id', tokenOf({ ...stranger, kid: 'two' }, claims()), 'token_invalid'],
    [
      'by a key that it brings',
      tokenOf(stranger, claims(), { jwk: stranger.publicKey.export({ format: 'jwk' }) }),
      'token_invalid',
    ],
    [
      'that names another place of keys',
      tokenOf(stranger, claims(), { jku: 'https://evil.example/jwks' }),
      'token_invalid',
    ],
    ['with an algorithm of another key', tokenOf(pair, claims(), { alg: 'RS256' }), 'token_invalid'],
    ['with an extension nobody knows', tokenOf(pair, claims(), { crit: ['b64'], b64: false }), 'token_invalid'],
    ['that has expired', tokenOf(pair, claims({ exp: NOW - 5 })), 'token_expired'],
    ['that never expires', tokenOf(pair, claims({ exp: undefined })), 'token_invalid'],
    ['that expires at a text', tokenOf(pair, claims({ exp: '2100-01-01' })), 'token_invalid'],
    ['that is not valid yet', tokenOf(pair, claims({ nbf: NOW + 6 })), 'token_invalid'],
    ['for another audience', tokenOf(pair, claims({ aud: 'other' })), 'token_invalid'],
    ['for nobody', tokenOf(pair, claims({ aud: undefined })), 'token_invalid'],
    ['of another issuer', tokenOf(pair, claims({ iss: 'https://login.example.com' })), 'token_invalid'],
    ['of no issuer', tokenOf(pair, claims({ iss: undefined })), 'token_invalid'],
    ['of nobody', tokenOf(pair, claims({ sub: undefined })), 'token_invalid'],
    ['of an empty subject', tokenOf(pair, claims({ sub: '' })), 'token_invalid'],
    ['of a subject that is a list', tokenOf(pair, claims({ sub: ['ada'] })), 'token_invalid'],
    ['whose parts are no JSON', 'e30x.e30x.e30x', 'token_invalid'],
    ['whose claims are a list', tokenOf(pair, [] as never), 'token_invalid'],
    ['of dots', '-.-.-', 'token_invalid'],
    ['of five parts', 'a.b.c.d.e', 'key_unknown'],
    ['that is garbage', '\u00e9~{}', 'key_unknown'],
    ['that is huge', 'a.'.repeat(100_000), 'key_unknown'],
  ];

  test.each(bad)('%s', async (_, token, code) => {
    const { call, audit } = anApi(new AnIssuer(pair, rsa));
    const answer = await call(token);
    expect(answer).toMatchObject({
      status: 401,
      body: { code, status: 401, type: `urn:headwater:problem:${code}` },
      headers: { 'www-authenticate': 'Bearer realm="headwater", error="invalid_token"' },
    });
    expect(JSON.stringify(answer)).not.toContain('ada@');
    if (token.length > 20) expect(JSON.stringify(answer) + lines.join()).not.toContain(token.slice(0, 20));
    expect(audit.entries).toEqual([expect.objectContaining({ action: 'key.refuse', actor: 'nobody' })]);
    if (token.length > 20) expect(JSON.stringify(audit.entries)).not.toContain(token.slice(0, 20));
  });

  test('when one character of it is another', async () => {
    const { call } = anApi(new AnIssuer(pair, rsa));
    const tokens = [tokenOf(pair, claims()), tokenOf(rsa, claims())];
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
    const tampered = fc
      .record({ token: fc.constantFrom(...tokens), at: fc.nat(), by: fc.constantFrom(...alphabet) })
      .map(({ token, at, by }) => {
        const place = at % token.length;
        return { token, other: token.slice(0, place) + by + token.slice(place + 1) };
      })
      // Bits beyond the last byte of a part say nothing: what decodes to the same is the same token.
      .filter(({ token, other }) => !decoded(other).equals(decoded(token)));
    await fc.assert(
      fc.asyncProperty(tampered, async ({ other }) => {
        expect((await call(other)).status).toBe(401);
      }),
      { numRuns: 300 },
    );
  });

  test('when claims or headers of its own are put in, whatever they are', async () => {
    const { call } = anApi(new AnIssuer(pair, rsa));
    const [header = '', payload = '', signature = ''] = tokenOf(pair, claims()).split('.');
    const part = fc.oneof(
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc
        .record({
          alg: fc.constantFrom('none', 'HS256', 'ES256', 'RS256', 'ES384'),
          kid: fc.constantFrom('one', 'rsa', 'x', 1),
        })
        .map((made) => Buffer.from(JSON.stringify(made)).toString('base64url')),
      fc.base64String().map((text) => text.replace(/[+/=]/g, '-')),
    );
    const mixed = fc
      .tuple(fc.option(part), fc.option(part), fc.option(part))
      .filter((parts) => parts.some((each) => each !== null));
    await fc.assert(
      fc.asyncProperty(mixed, async ([h, p, s]) => {
        const made = `${h ?? header}.${p ?? payload}.${s ?? signature}`;
        fc.pre(made !== `${header}.${payload}.${signature}`);
        // A key may be named in a header of its own; what is signed is the header, too.
        expect((await call(made)).status).toBe(401);
      }),
      { numRuns: 300 },
    );
  });

  test('when the key that it is signed with is too weak to be one', async () => {
    const weak = { ...rsa, ...generateKeyPairSync('rsa', { modulusLength: 1024 }) };
    const { call } = anApi(new AnIssuer(weak));
    expect(await call(tokenOf(weak, claims()))).toMatchObject({ status: 401, body: { code: 'token_invalid' } });
  });

  test('when it has just expired, though it was let through before', async () => {
    const { call, time } = anApi(new AnIssuer(pair));
    const token = tokenOf(pair, claims());
    expect((await call(token)).status).toBe(200);
    time.now = (NOW + 306) * 1000;
    expect(await call(token)).toMatchObject({ status: 401, body: { code: 'token_expired' } });
  });
});

describe('the keys of the issuer', () => {
  test('are found by its description, and read once for many requests at a time', async () => {
    const issuer = new AnIssuer(pair);
    const { call } = anApi(issuer);
    const answers = await Promise.all(Array.from({ length: 20 }, () => call(tokenOf(pair, claims()))));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(issuer.asked).toEqual([`${ISSUER}.well-known/openid-configuration`, JWKS_URI]);
  });

  test('are read where the settings say', async () => {
    const issuer = new AnIssuer(pair);
    const { call } = anApi(issuer, { jwksUri: JWKS_URI });
    expect((await call(tokenOf(pair, claims()))).status).toBe(200);
    expect(issuer.asked).toEqual([JWKS_URI]);
  });

  test.each([
    ['another issuer', { issuer: 'https://evil.example/' }],
    ['keys that anybody on the way may change', { jwks_uri: 'http://keys.example.com/jwks' }],
    ['no keys', { jwks_uri: undefined }],
  ])('are not taken from a description of %s', async (_, over) => {
    const issuer = new AnIssuer(pair);
    Object.assign(issuer.description, over);
    expect((await anApi(issuer).call(tokenOf(pair, claims()))).status).toBe(503);
    expect(issuer.asked).toHaveLength(1);
  });

  test('are asked for again when one is missing, but not by each made-up key id', async () => {
    const issuer = new AnIssuer(pair);
    const { call, time } = anApi(issuer, { jwksUri: JWKS_URI });
    const next = aPair('next', 'ES256');
    expect((await call(tokenOf(pair, claims()))).status).toBe(200);
    time.now += PAUSE_MS;
    issuer.pairs = [pair, next];
    expect((await call(tokenOf(next, claims()))).status).toBe(200);
    for (let n = 0; n < 50; n += 1) {
      expect((await call(tokenOf({ ...stranger, kid: `made-up-${n}` }, claims()))).status).toBe(401);
    }
    expect(issuer.asked).toHaveLength(2);
  });

  test('that were taken back count no longer than until the next look', async () => {
    const issuer = new AnIssuer(pair);
    const { call, time } = anApi(issuer);
    const token = tokenOf(pair, claims({ exp: NOW + 7_200 }));
    expect((await call(token)).status).toBe(200);
    issuer.pairs = [rsa];
    time.now += FRESH_MS - 1;
    expect((await call(token)).status).toBe(200);
    time.now += 1;
    expect((await call(token)).status).toBe(401);
  });

  test('go on counting for a day while the issuer is out of reach, which is asked every half minute', async () => {
    const issuer = new AnIssuer(pair);
    const { call, time } = anApi(issuer, { jwksUri: JWKS_URI });
    const token = tokenOf(pair, claims({ exp: NOW + 200_000 }));
    expect((await call(token)).status).toBe(200);
    issuer.isOut = true;
    time.now += STALE_MS - PAUSE_MS;
    for (let n = 0; n < 5; n += 1) expect((await call(token)).status).toBe(200);
    expect(issuer.asked).toHaveLength(2);
    expect(await call(tokenOf(rsa, claims({ exp: NOW + 200_000 })))).toMatchObject({ status: 503 });
    time.now += PAUSE_MS;
    expect(await call(token)).toMatchObject({ status: 503, body: { code: 'key_not_checked' } });
    issuer.isOut = false;
    time.now += PAUSE_MS;
    expect((await call(token)).status).toBe(200);
    expect((await call(tokenOf(rsa, claims({ exp: NOW + 200_000 })))).status).toBe(401);
  });

  test('are asked for again when the clock was wrong and is put back', async () => {
    const issuer = new AnIssuer(pair);
    const { call, time } = anApi(issuer, { jwksUri: JWKS_URI });
    const token = tokenOf(pair, claims());
    expect((await call(token)).status).toBe(200);
    time.now -= 3_600_000;
    expect((await call(token)).status).toBe(200);
    expect(issuer.asked).toHaveLength(2);
  });

  test('are not asked for again by a token that does not say which of several it is signed with', async () => {
    const issuer = new AnIssuer(pair, aPair('two', 'ES256'));
    const { call, time } = anApi(issuer, { jwksUri: JWKS_URI });
    const token = tokenOf(pair, claims(), { kid: undefined });
    expect((await call(token)).status).toBe(401);
    time.now += PAUSE_MS;
    expect((await call(token)).status).toBe(401);
    expect(issuer.asked).toHaveLength(1);
    issuer.pairs = [pair];
    time.now += FRESH_MS;
    expect((await call(tokenOf(pair, claims({ exp: NOW + 7_200 }), { kid: undefined }))).status).toBe(200);
  });

  test.each<[string, (issuer: AnIssuer) => void]>([
    ['out of reach', (issuer) => Object.assign(issuer, { isOut: true })],
    ['broken', (issuer) => Object.assign(issuer, { keys: () => '<html>' })],
  ])('answer 503 with Retry-After when the issuer is %s and none is known; API keys pass', async (_, breakIt) => {
    const issuer = new AnIssuer(pair);
    breakIt(issuer);
    const { call } = anApi(issuer);
    const token = tokenOf(pair, claims());
    expect(await call(token)).toMatchObject({
      status: 503,
      body: { code: 'key_not_checked' },
      headers: { 'retry-after': '2' },
    });
    expect(lines.map((line) => JSON.parse(line).code)).toEqual(['issuer_unreachable']);
    expect(lines.join()).not.toContain(token.slice(0, 20));
    expect((await call('sk_local')).status).toBe(200);
  });

  test('are not asked for by tokens that no key could have signed', async () => {
    const issuer = new AnIssuer(pair);
    const { call } = anApi(issuer);
    await call(unsigned(claims()));
    await call(signedByPublicKey(rsa, claims(), 'pem'));
    await call('-.-.-');
    expect(issuer.asked).toEqual([]);
  });
});

describe('the audit log', () => {
  test('has the use of a token by a hash that names nobody, the same each time', async () => {
    const { call, audit } = anApi(new AnIssuer(pair, rsa));
    await call(tokenOf(pair, claims()));
    await call(tokenOf(rsa, claims()), 'manage');
    expect(audit.entries).toMatchObject([
      { action: 'key.use', actorType: 'token', actor: expect.stringMatching(/^t:[0-9a-f]{32}$/), scope: 'read' },
      { action: 'key.use', actorType: 'token', actor: audit.entries[0]?.actor, scope: 'manage' },
    ]);
  });

  test.each([
    ['the name of an application', 'client_id', 'nightly-export', 'nightly-export'],
    ['a hash of what is no such name', 'client_id', 'Ada Lovelace', expect.stringMatching(/^t:/)],
    ['a hash of any other claim', 'name', 'nightly-export', expect.stringMatching(/^t:/)],
  ])('has %s', async (_, keyIdClaim, value, actor) => {
    const { call, audit } = anApi(new AnIssuer(pair), { keyIdClaim });
    await call(tokenOf(pair, claims({ [keyIdClaim]: value })));
    expect(audit.entries).toMatchObject([{ actor, actorType: 'token' }]);
  });

  test('tells a token from a key of the same name', async () => {
    const { call, audit } = anApi(new AnIssuer(pair), { keyIdClaim: 'azp' });
    await call('sk_local');
    await call(tokenOf(pair, claims({ azp: 'local' })));
    expect(audit.entries.map(({ actor, actorType }) => [actor, actorType])).toEqual([
      ['local', 'key'],
      ['local', 'token'],
    ]);
  });
});

test('nothing is loaded for requests with keys, and once for all tokens', async () => {
  const { call, loads } = anApi(new AnIssuer(pair));
  await call('sk_local');
  await call('sk_unknown');
  expect(loads()).toBe(0);
  await call(tokenOf(pair, claims()));
  await call(tokenOf(pair, claims()));
  expect(loads()).toBe(1);
});

const decoded = (token: string): Buffer =>
  Buffer.concat(token.split('.').flatMap((part) => [Buffer.from(part, 'base64url'), Buffer.from('.')]));

describe('the claim of a space', () => {
  const of = (over: object) => tokenOf(pair, claims(over as Record<string, unknown>));
  const { call } = anApi(new AnIssuer(pair), { spaceClaim: 'brand' });

  test.each([
    ['limits the token to it', 'brand-b', { status: 200, body: { space: 'brand-b' } }],
    ['may say that the token is for all', '*', { status: 200, body: {} }],
    ['must be one of the stage', 'brand-c', { status: 403, body: { code: 'space_unknown' } }],
    ['must not be empty', '', { status: 403, body: { code: 'space_unknown' } }],
    ['must be a text', ['brand-b'], { status: 401, body: { code: 'token_invalid' } }],
    ['must not be null', null, { status: 401, body: { code: 'token_invalid' } }],
  ])('%s', async (_, brand, expected) => {
    expect(await call(of({ brand }))).toMatchObject(expected);
  });

  test('must be there', async () => {
    expect(await call(of({}))).toMatchObject({
      status: 401,
      body: { code: 'token_invalid', detail: 'The claim brand of the token is missing.' },
    });
  });

  test('says nothing where the stage names none', async () => {
    const answer = await anApi(new AnIssuer(pair)).call(of({ brand: 'brand-b' }));
    expect(answer).toMatchObject({ status: 200, body: {} });
    expect(answer.body.space).toBeUndefined();
  });
});
