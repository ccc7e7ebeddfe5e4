import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { basic, type Headwater, startHeadwater } from './headwater.ts';

let headwater: Headwater;

beforeAll(async () => {
  headwater = await startHeadwater();
});

afterAll(() => headwater?.stop());

const json = { 'content-type': 'application/json' };
const tooLarge = { userId: 'u', event: 'E', properties: { text: 'x'.repeat(40_000) } };
const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

test.each<[string, string, unknown, Record<string, string>, number, string]>([
  ['broken JSON', '/v1/track', '{"event":', json, 400, 'invalid_json'],
  ['an empty body', '/v1/track', '', json, 400, 'invalid_json'],
  ['a body that is an array', '/v1/track', [], json, 400, 'not_an_object'],
  ['a body that is a number', '/v1/batch', '7', json, 400, 'not_an_object'],
  ['a batch without batch', '/v1/batch', {}, json, 400, 'invalid_batch'],
  ['a batch that is an object', '/v1/batch', { batch: {} }, json, 400, 'invalid_batch'],
  ['a wrong key', '/v1/track', { event: 'E', userId: 'u' }, { authorization: basic('wrong') }, 401, 'key_unknown'],
  ['no key', '/v1/track', { event: 'E', userId: 'u' }, { authorization: '' }, 401, 'key_missing'],
  ['an oversize event', '/v1/track', tooLarge, json, 400, 'event_too_large'],
  ['an oversize batch', '/v1/batch', { batch: Array(20).fill(tooLarge) }, json, 400, 'batch_too_large'],
  ['too many events', '/v1/batch', { batch: Array(2501).fill({}) }, json, 400, 'too_many_events'],
  ['gzip that is none', '/v1/batch', 'no gzip', { ...json, 'content-encoding': 'gzip' }, 400, 'invalid_encoding'],
  [
    'a gzip bomb',
    '/v1/batch',
    gzipSync(Buffer.alloc(50_000_000, 32)),
    { ...json, 'content-encoding': 'gzip' },
    400,
    'batch_too_large',
  ],
])('refuses %s', async (_, path, body, headers, status, code) => {
  const answer = await headwater.post(path, body, headers);
  const problem = (await answer.json()) as Record<string, unknown>;
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect({ status: answer.status, code: problem.code }).toEqual({ status, code });
  expect(String(problem.detail).length).toBeGreaterThan(20);
});

const bad: readonly [name: string, event: unknown, reason: string][] = [
  ['an unknown type', { type: 'sing', userId: 'n' }, 'unknown_type'],
  ['no type', { userId: 'n' }, 'unknown_type'],
  ['no ids', { type: 'track', event: 'E' }, 'missing_ids'],
  ['no event name', { type: 'track', userId: 'n' }, 'missing_event_name'],
  ['traits that are text', { type: 'identify', userId: 'n', traits: 'gold' }, 'wrong_type'],
  ['properties that are a list', { type: 'track', userId: 'n', event: 'E', properties: [1] }, 'wrong_type'],
  ['a userId that is an object', { type: 'track', userId: { id: 1 }, event: 'E' }, 'wrong_type'],
  ['deep nesting', { type: 'track', userId: 'n', event: 'E', properties: nested(100) }, 'too_deep'],
  ['an oversize event', { type: 'track', ...tooLarge }, 'too_large'],
  ['a number', 7, 'not_an_object'],
  ['null', null, 'not_an_object'],
  ['a list', [], 'not_an_object'],
];

test('lands each bad event of a batch as a failed event, and leaves its neighbours unharmed', async () => {
  const before = await failures();
  for (const [index, [name, event]] of bad.entries()) {
    const answer = await headwater.post('/v1/batch', {
      batch: [
        { type: 'track', userId: 'neighbour', event: 'Before', messageId: `before-${index}` },
        event,
        { type: 'track', userId: 'neighbour', event: 'After', messageId: `after-${index}` },
      ],
    });
    expect(answer.status, name).toBe(200);
  }
  await headwater.settled();

  const expected = new Map<string, number>(before);
  for (const [, , reason] of bad) expected.set(reason, (expected.get(reason) ?? 0) + 1);
  expect(await failures()).toEqual(expected);
  const [row] = await headwater.query(`SELECT count(*) AS n FROM events WHERE user_id = 'neighbour'`);
  expect(row).toEqual({ n: String(2 * bad.length) });
  const { items } = (await (await headwater.get('/v1/profiles/neighbour/events?limit=100')).json()) as { items: [] };
  expect(items).toHaveLength(2 * bad.length);
});

async function failures(): Promise<Map<string, number>> {
  const rows = await headwater.query('SELECT reason, count(*) AS n FROM failed_events GROUP BY 1');
  return new Map(rows.map(({ reason, n }) => [String(reason), Number(n)]));
}

test('keeps hostile but valid events: NUL, lone surrogates, prototype keys, absurd dates', async () => {
  const body = `{"batch":[
    {"type":"track","userId":"odd","event":"Nul\\u0000 Name","properties":{"a":"x\\u0000y"}},
    {"type":"track","userId":"odd","event":"Half \\ud800","properties":{"b":"\\udfff"}},
    {"type":"identify","userId":"odd","traits":{"__proto__":{"admin":true},"constructor":"x","plan":"gold"}},
    {"type":"track","userId":"odd","event":"__proto__","properties":{"__proto__":1}},
    {"type":"track","userId":"odd","event":"Old","timestamp":"0001-01-01T00:00:00Z"},
    {"type":"track","userId":"odd","event":"Far","timestamp":"9999-12-31T23:59:59Z"},
    {"type":"track","userId":"odd","event":"Nonsense","timestamp":"the day after tomorrow"}
  ]}`;
  expect((await headwater.post('/v1/batch', body)).status).toBe(200);
  await headwater.settled();

  const rows = await headwater.query(
    `SELECT event, flags, year(event_time) AS y FROM events WHERE user_id = 'odd' ORDER BY event`,
  );
  expect(rows).toHaveLength(7);
  const now = String(new Date().getUTCFullYear());
  expect(rows.filter(({ y }) => y !== now)).toEqual([]);
  const profile = await headwater.profile('odd');
  expect(profile).toMatchObject({ traits: { plan: 'gold' } });
  expect(Object.keys(profile?.traits as object)).not.toContain('__proto__');
});

test.each([
  ['no API key', '/v1/profiles/u', '', 401, 'key_missing'],
  ['a wrong API key', '/v1/profiles/u', 'Bearer nope', 401, 'key_unknown'],
  ['an unknown person', '/v1/profiles/nobody-knows', 'Bearer sk_local', 404, 'profile_not_found'],
  ['a bad limit', '/v1/profiles/neighbour/events?limit=many', 'Bearer sk_local', 400, 'invalid_parameter'],
  ['a limit out of range', '/v1/profiles/neighbour/events?limit=0', 'Bearer sk_local', 400, 'invalid_parameter'],
  ['a made-up cursor', '/v1/profiles/neighbour/events?cursor=zzz', 'Bearer sk_local', 400, 'invalid_parameter'],
])('answers %s with a problem', async (_, path, authorization, status, code) => {
  const answer = await fetch(headwater.url + path, { headers: authorization ? { authorization } : {} });
  expect({ status: answer.status, code: ((await answer.json()) as { code: string }).code }).toEqual({ status, code });
});

test('the pixel answers with a picture whatever it is given', async () => {
  for (const path of [
    '/v1/pixel/track',
    '/v1/pixel/track?data=%%%',
    '/v1/pixel/sing?data=e30=',
    '/v1/pixel/t?data=bm8=',
  ]) {
    const answer = await fetch(headwater.url + path);
    expect([answer.status, answer.headers.get('content-type')], path).toEqual([200, 'image/gif']);
  }
});
