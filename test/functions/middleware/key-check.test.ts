import { expect, test } from 'vitest';
import { accessKeys } from '../../../functions/middleware/access-keys.ts';
import { json } from '../../../functions/middleware/http.ts';
import { httpApi } from '../../../functions/middleware/http-api.ts';
import { createKeyCheck } from '../../../functions/middleware/key-check.ts';
import { apiScopes, type Scope } from '../../../schemas/access-key.ts';
import type { StoredKey } from '../../../schemas/stored-key.ts';
import { aContext, anHttpEvent, answerOf } from '../http-event.ts';
import { sha256 } from '../settings-keys.ts';

const NOW = 1_800_000_000_000;
const text = (name: string) => `sk_${name.padStart(43, '-')}`;

const stored: Record<string, Partial<StoredKey>> = {
  reader: { scopes: ['read'] },
  manager: { scopes: ['manage'] },
  revoked: { scopes: ['read'], revokedAt: NOW - 60_000 },
  expired: { scopes: ['read'], endsAt: NOW },
  slow: { scopes: ['read'], limit: { perSecond: 1, burst: 1 } },
  sender: { scopes: ['ingest'], source: 'shop' },
};

let reads = 0;
let takes = 0;
const keys = createKeyCheck({
  find: accessKeys([{ id: 'local', sha256: sha256('sk_local') }], apiScopes),
  read: async (hash) => {
    reads += 1;
    const [id, key] = Object.entries(stored).find(([name]) => sha256(text(name)) === hash) ?? [];
    return id && key ? { sha256: hash, id, scopes: [], createdAt: 0, ...key } : undefined;
  },
  take: async (_, __, second) => {
    takes += 1;
    return { second, requests: takes === 1 ? 1 : 0 };
  },
  clock: () => NOW,
});
const route = (auth: Scope) =>
  ({ operationId: auth, method: 'GET', path: `/v1/${auth}`, auth, space: 'none' }) as const;
const operation = () => json(200, {});
const handler = httpApi({
  endpoints: apiScopes.map(route),
  operations: Object.fromEntries(apiScopes.map((scope) => [scope, operation])),
  apiKeys: keys,
});

const call = async (scope: Scope, key: string) =>
  answerOf(await handler(anHttpEvent(`GET /v1/${scope}`, { headers: { authorization: `Bearer ${key}` } }), aContext()));

test.each(apiScopes)('a key of the settings may %s, and no table is asked', async (scope) => {
  const before = [reads, takes];
  expect((await call(scope, 'sk_local')).status).toBe(200);
  expect([reads, takes]).toEqual(before);
});

test.each<[string, Scope]>([
  ['reader', 'read'],
  ['manager', 'manage'],
])('a %s may %s, and without a limit no allowance is asked for', async (name, scope) => {
  const before = takes;
  expect((await call(scope, text(name))).status).toBe(200);
  expect(takes).toBe(before);
});

test.each<[string, Scope]>([
  ['reader', 'manage'],
  ['reader', 'privacy'],
  ['manager', 'read'],
  ['manager', 'privacy'],
  ['sender', 'read'],
])('a %s may not %s: 403 by a code that names the scope', async (name, scope) => {
  const { status, headers, body } = await call(scope, text(name));
  expect(status).toBe(403);
  expect(body).toMatchObject({ code: `${scope}_scope_missing`, detail: expect.stringContaining(name) });
  expect(headers['www-authenticate']).toBe(`Bearer realm="headwater", error="insufficient_scope", scope="${scope}"`);
});

test.each(['revoked', 'expired', 'nobody'])('a key that is %s gets 401', async (name) => {
  expect(await call('read', text(name))).toMatchObject({ status: 401, body: { code: 'key_unknown' } });
});

test('a key that is used too often gets 429 with Retry-After', async () => {
  expect((await call('read', text('slow'))).status).toBe(200);
  const { status, headers, body } = await call('read', text('slow'));
  expect(status).toBe(429);
  expect(headers['retry-after']).toBe('1');
  expect(body).toMatchObject({
    code: 'too_many_requests',
    detail: expect.stringContaining('slow is used more often than its limit of 1/s'),
  });
});

test('a scope that is missing costs no allowance', async () => {
  const before = takes;
  await call('manage', text('slow'));
  expect(takes).toBe(before);
});
