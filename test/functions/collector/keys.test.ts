import { beforeEach, expect, test } from 'vitest';
import { collector } from '../../../functions/collector/collector.ts';
import { accessKeys } from '../../../functions/middleware/access-keys.ts';
import { createKeyCheck } from '../../../functions/middleware/key-check.ts';
import { KeyUses } from '../../../functions/middleware/key-uses.ts';
import { writeScopes } from '../../../schemas/access-key.ts';
import { openPrivacy } from '../../../schemas/privacy-settings.ts';
import type { StoredKey } from '../../../schemas/stored-key.ts';
import { AnAuditLog } from '../an-audit-log.ts';
import { aContext, anHttpEvent, answerOf } from '../http-event.ts';
import { sha256 } from '../settings-keys.ts';
import { basic } from './a-collector.ts';

const text = (name: string, prefix = 'wk_') => `${prefix}${name.padStart(43, '-')}`;
const stored: readonly (readonly [string, Partial<StoredKey>])[] = [
  [text('shop'), { id: 'shop-web', scopes: ['ingest'], source: 'shop' }],
  [text('slow'), { id: 'slow', scopes: ['ingest'], source: 'slow', limit: { perSecond: 1, burst: 1 } }],
  [text('app', 'sk_'), { id: 'app', scopes: ['read', 'manage'] }],
];

let reads: number;
let left: number;
let sources: string[];
let audit: AnAuditLog;
let handler: ReturnType<typeof collector>;

beforeEach(() => {
  audit = new AnAuditLog();
  reads = 0;
  left = 1;
  sources = [];
  handler = collector({
    keys: createKeyCheck({
      find: accessKeys([{ id: 'local', sha256: sha256('wk_local') }], writeScopes),
      read: async (hash) => {
        reads += 1;
        const found = stored.find(([key]) => sha256(key) === hash);
        return found && { sha256: hash, id: '', scopes: [], createdAt: 0, ...found[1] };
      },
      take: async (_, __, second) => ({ second, requests: left-- > 0 ? 1 : 0 }),
      uses: new KeyUses(audit, 'collector'),
      clock: () => 1_800_000_000_000,
    }),
    privacy: openPrivacy,
    put: async (records) => {
      sources.push(...records.map(({ data }) => JSON.parse(Buffer.from(data).toString()).sourceId));
      return records.map(() => undefined);
    },
  });
});

const body = JSON.stringify({ event: 'Seen', userId: 'u' });
const track = async (headers: Record<string, string>, given = body) =>
  answerOf(await handler(anHttpEvent('POST /v1/track', { headers, body: given }), aContext()));

test('takes events of a key of the settings, and asks no table', async () => {
  expect((await track(basic('wk_local'))).status).toBe(200);
  expect([sources, reads]).toEqual([['local'], 0]);
});

test('takes events of a key of the table, for its source, wherever it stands', async () => {
  expect((await track(basic(text('shop')))).status).toBe(200);
  expect((await track({ authorization: `Bearer ${text('shop')}` })).status).toBe(200);
  expect((await track({}, JSON.stringify({ event: 'Seen', userId: 'u', writeKey: text('shop') }))).status).toBe(200);
  expect([sources, reads]).toEqual([['shop', 'shop', 'shop'], 1]);
});

test('tells the RudderStack SDK the source of a key of the table', async () => {
  const answer = await handler(anHttpEvent('GET /sourceConfig', { headers: basic(text('shop')) }), aContext());
  expect(answerOf(answer).body).toMatchObject({ source: { id: 'shop' } });
});

test('passes over a token that is no key, for the key in the body', async () => {
  const given = JSON.stringify({ event: 'Seen', userId: 'u', writeKey: 'wk_local' });
  expect((await track({ authorization: `Bearer ${text('token', 'sk_')}` }, given)).status).toBe(200);
  expect(sources).toEqual(['local']);
});

test('passes over an API key, for the write key in the body', async () => {
  const given = JSON.stringify({ event: 'Seen', userId: 'u', writeKey: text('shop') });
  expect((await track({ authorization: `Bearer ${text('app', 'sk_')}` }, given)).status).toBe(200);
  expect(sources).toEqual(['shop']);
});

test('takes no events of an API key, and names the scope that they need', async () => {
  expect(await track(basic(text('app', 'sk_')))).toMatchObject({ status: 403, body: { code: 'ingest_scope_missing' } });
  expect(sources).toEqual([]);
});

test('gives an API key no settings of SDKs', async () => {
  const params = { writeKey: text('app', 'sk_') };
  const answer = await handler(anHttpEvent('GET /v1/projects/{writeKey}/settings', { params }), aContext());
  expect(answerOf(answer)).toMatchObject({ status: 403, body: { code: 'ingest_scope_missing' } });
});

test('refuses with 429 and Retry-After what is above the limit of a key, and stores none of it', async () => {
  expect((await track(basic(text('slow')))).status).toBe(200);
  const { status, headers } = await track(basic(text('slow')));
  expect([status, headers['retry-after']]).toEqual([429, '1']);
  expect(sources).toEqual(['slow']);
});

test('browsers may read a refusal', async () => {
  const { headers } = await track(basic(text('nobody')));
  expect(headers['access-control-allow-origin']).toBe('*');
});

test.each<[string, Record<string, string>, string, string]>([
  ['no key', {}, 'nobody', 'key_missing'],
  ['a made-up key', basic(text('made-up')), 'nobody', 'key_unknown'],
  ['a key that may not send events', basic(text('app', 'sk_')), 'app', 'ingest_scope_missing'],
])('writes down that events with %s were refused', async (_, headers, actor, outcome) => {
  await track(headers);
  await track(headers);
  expect(audit.entries).toEqual([
    expect.objectContaining({ action: 'key.refuse', actor, outcome, scope: 'ingest', target: 'collector', uses: 1 }),
  ]);
});
