import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { routes } from '../../../functions/collector/routes.ts';
import { endpoints, routeKeyOf } from '../../../schemas/api/endpoints.ts';
import { messageTypes } from '../../../schemas/event/vocabulary.ts';
import { aTrack } from '../../fixtures/events.ts';
import type { HttpEventParts } from '../http-event.ts';
import { aCollector, basic, WRITE_KEY } from './a-collector.ts';

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => vi.restoreAllMocks());

/** 100 MB in 100 KB. */
const bomb = gzipSync(Buffer.alloc(100_000_000, ' '));

const batchRoutes = ['POST /v1/batch', 'POST /v1/b', 'POST /beacon/v1/batch'];
const messageRoutes = messageTypes.flatMap((type) => [
  [`POST /v1/${type}`, type],
  [`POST /v1/${type.charAt(0)}`, type],
]) as [string, string][];
const eventRoutes = [...messageRoutes.map(([route]) => route), ...batchRoutes];
const isBatch = (route: string) => batchRoutes.includes(route);

test('serves exactly the endpoints that the API describes', () => {
  const described = endpoints.filter(({ handler }) => handler === 'collector').map(routeKeyOf);
  expect([...routes.keys()].sort()).toEqual(described.sort());
});

describe.each(messageRoutes)('%s', (route, type) => {
  test('stores the message with the type of the route', async () => {
    const collector = aCollector();
    const answer = await collector.send(route, { userId: 'u-1', messageId: 'm-1' });
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    expect(collector.events()).toEqual([{ userId: 'u-1', messageId: 'm-1', type }]);
  });

  test('leaves the type that the message names', async () => {
    const collector = aCollector();
    await collector.send(route, { userId: 'u-1', type: 'other' });
    expect(collector.events()).toMatchObject([{ type: 'other' }]);
  });
});

describe.each(batchRoutes)('%s', (route) => {
  test('stores every event as it was received', async () => {
    const collector = aCollector();
    const batch = [aTrack(), aTrack({ properties: { nested: [{ price: 1.5 }, null, true] } })];
    expect((await collector.send(route, { batch })).status).toBe(200);
    expect(collector.events()).toEqual(batch);
  });

  test('stores bad events beside good ones', async () => {
    const collector = aCollector();
    const batch = [null, 5, 'text', [1], {}, { type: 'nope' }, { userId: {}, properties: 3 }, aTrack()];
    expect((await collector.send(route, { batch })).status).toBe(200);
    expect(collector.events()).toHaveLength(batch.length);
  });

  test('takes an empty batch, and stores nothing', async () => {
    const collector = aCollector();
    expect((await collector.send(route, { batch: [] })).status).toBe(200);
    expect(collector.records).toEqual([]);
  });

  test.each([
    [{}, 'nothing'],
    [{ batch: null }, 'null'],
    [{ batch: { 0: {} } }, 'object'],
    [{ batch: '[]' }, 'string'],
  ])('refuses %j, which has no array of events', async (body, found) => {
    const answer = await aCollector().send(route, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_batch', errors: [{ path: 'batch' }] } });
    expect(answer.body.detail).toContain(found);
  });

  test('refuses more than 2,500 events, and takes 2,500', async () => {
    const collector = aCollector();
    const answer = await collector.send(route, { batch: Array.from({ length: 2501 }, () => ({})) });
    expect(answer).toMatchObject({ status: 400, body: { code: 'too_many_events', errors: [{ path: 'batch' }] } });
    expect(answer.body.detail).toContain('2501');
    expect((await collector.send(route, { batch: Array.from({ length: 2500 }, () => ({})) })).status).toBe(200);
    expect(collector.events()).toHaveLength(2500);
  });

  test('stores an event of more than 32 KB, for cleaning to reject it alone', async () => {
    const collector = aCollector();
    const batch = [{ userId: 'u', properties: { text: 'x'.repeat(40_000) } }, aTrack()];
    expect((await collector.send(route, { batch })).status).toBe(200);
    expect(collector.events()).toHaveLength(2);
  });
});

describe.each(eventRoutes)('%s', (route) => {
  const body = (over: object = {}) =>
    JSON.stringify(isBatch(route) ? { batch: [aTrack()], ...over } : { ...aTrack(), ...over });

  test.each<[string, HttpEventParts]>([
    ['by HTTP Basic', { headers: basic(WRITE_KEY), body: body() }],
    ['by Basic without a colon', { headers: { authorization: `Basic ${btoa(WRITE_KEY)}` }, body: body() }],
    ['as Bearer token', { headers: { authorization: `Bearer ${WRITE_KEY}` }, body: body() }],
    ['in the body', { body: body({ writeKey: WRITE_KEY }) }],
    ['in the query', { query: { writeKey: WRITE_KEY }, body: body() }],
    [
      'in the body, beside an OAuth token',
      { headers: { authorization: 'Bearer token' }, body: body({ writeKey: WRITE_KEY }) },
    ],
  ])('takes the write key %s', async (_, parts) => {
    const collector = aCollector();
    expect((await collector.request(route, parts)).status).toBe(200);
    expect(collector.envelopes()).toMatchObject([{ sourceId: 'local' }]);
  });

  test.each<[string, HttpEventParts, string]>([
    ['no key', { body: body() }, 'key_missing'],
    ['an unknown key', { headers: basic('wk_other'), body: body() }, 'key_unknown'],
    ['an unknown key in the body', { body: body({ writeKey: 'wk_other' }) }, 'key_unknown'],
    ['a key of another type', { body: body({ writeKey: { a: 1 } }) }, 'key_missing'],
    ['an endless key', { body: body({ writeKey: WRITE_KEY.repeat(500) }) }, 'key_unknown'],
    ['garbage as authorization', { headers: { authorization: 'Basic %%%' }, body: body() }, 'key_missing'],
  ])('refuses %s with 401', async (_, parts, code) => {
    const collector = aCollector();
    const answer = await collector.request(route, parts);
    expect(answer).toMatchObject({ status: 401, body: { code } });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(collector.records).toEqual([]);
  });

  test.each([
    'application/json',
    'text/plain',
    'text/plain;charset=UTF-8',
    'application/x-www-form-urlencoded',
    'nonsense',
  ])('takes JSON as %s', async (type) => {
    const collector = aCollector();
    const headers = { ...basic(WRITE_KEY), 'content-type': type };
    expect((await collector.request(route, { headers, body: body() })).status).toBe(200);
    expect((await collector.request(route, { headers, body: Buffer.from(body()) })).status).toBe(200);
    expect(collector.events()).toHaveLength(2);
  });

  test.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['identity', Buffer.from],
  ])('takes a body in %s', async (encoding, encode) => {
    const collector = aCollector();
    const headers = { ...basic(WRITE_KEY), 'content-encoding': encoding };
    expect((await collector.request(route, { headers, body: encode(Buffer.from(body())) })).status).toBe(200);
    expect(collector.events()).toHaveLength(1);
  });

  test('takes a byte order mark', async () => {
    const collector = aCollector();
    expect((await collector.request(route, { headers: basic(WRITE_KEY), body: `\ufeff${body()}` })).status).toBe(200);
  });

  test.each<[string, HttpEventParts, string]>([
    ['no body', {}, 'invalid_json'],
    ['an empty body', { body: '' }, 'invalid_json'],
    ['broken JSON', { body: '{"event": "Order' }, 'invalid_json'],
    ['form fields', { body: 'event=Order&userId=1' }, 'invalid_json'],
    ['bytes that are no text', { body: Uint8Array.of(0xff, 0xfe, 0, 1) }, 'invalid_json'],
    ['a string', { body: '"text"' }, 'not_an_object'],
    ['a number', { body: '5' }, 'not_an_object'],
    ['null', { body: 'null' }, 'not_an_object'],
    ['an array', { body: '[{}]' }, 'not_an_object'],
    ['gzip that is none', { headers: { 'content-encoding': 'gzip' }, body: Buffer.from('{}') }, 'invalid_encoding'],
    [
      'cut gzip',
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync('{"a":1}').subarray(0, 15) },
      'invalid_encoding',
    ],
    ['an unknown encoding', { headers: { 'content-encoding': 'zip' }, body: '{}' }, 'invalid_encoding'],
    ['an encoding that objects know', { headers: { 'content-encoding': '__proto__' }, body: '{}' }, 'invalid_encoding'],
  ])('refuses %s with 400', async (_, parts, code) => {
    const collector = aCollector();
    const answer = await collector.request(route, { ...parts, headers: { ...basic(WRITE_KEY), ...parts.headers } });
    expect(answer).toMatchObject({ status: 400, body: { code, status: 400, detail: expect.any(String) } });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(collector.records).toEqual([]);
  });

  const limit = isBatch(route) ? 512_000 : 32_768;
  const code = isBatch(route) ? 'batch_too_large' : 'event_too_large';
  const bodyOf = (bytes: number) => {
    const empty = JSON.stringify(isBatch(route) ? { batch: [], pad: '' } : { userId: 'u', pad: '' });
    return empty.replace('"pad":""', `"pad":"${'x'.repeat(bytes - empty.length)}"`);
  };

  test(`takes a body of ${limit} bytes, and refuses one byte more`, async () => {
    const collector = aCollector();
    const headers = basic(WRITE_KEY);
    expect((await collector.request(route, { headers, body: bodyOf(limit) })).status).toBe(200);
    const answer = await collector.request(route, { headers, body: bodyOf(limit + 1) });
    expect(answer).toMatchObject({ status: 400, body: { code } });
    expect(answer.body.detail).toContain(String(limit));
    expect(answer.body.detail).toContain(String(limit + 1));
  });

  test('refuses what unpacks to more than the limit, without unpacking it', async () => {
    const before = process.memoryUsage().rss;
    const headers = { ...basic(WRITE_KEY), 'content-encoding': 'gzip' };
    const answer = await aCollector().request(route, { headers, body: bomb });
    expect(answer).toMatchObject({ status: 400, body: { code } });
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
  });

  test('lets browsers of any site read its answers, also errors', async () => {
    const headers = { ...basic(WRITE_KEY), origin: 'https://shop.example' };
    for (const text of [body(), 'broken']) {
      const answer = await aCollector().request(route, { headers, body: text });
      expect(answer.headers).toMatchObject({ 'access-control-allow-origin': 'https://shop.example', vary: 'Origin' });
    }
    expect((await aCollector().request(route)).headers['access-control-allow-origin']).toBe('*');
  });

  test('answers a preflight with what SDKs need and nothing else', async () => {
    const answer = await aCollector().request(route.replace('POST', 'OPTIONS'), {
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers':
          'authorization, Content-Type,x-retry-count,anonymousid,sentat,rsa-version,cookie',
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-headers': 'authorization, content-type, x-retry-count, anonymousid, sentat, rsa-version',
      'access-control-allow-methods': expect.stringContaining('POST'),
    });
  });
});

test('says where the JSON breaks', async () => {
  const collector = aCollector();
  const text = `{"event":"${'x'.repeat(100)}", oops}`;
  const answer = await collector.request('POST /v1/track', { headers: basic(WRITE_KEY), body: text });
  expect(answer.body.detail).toContain(`position ${text.indexOf('oops')}`);
});

test('takes and drops what SDKs measure of themselves', async () => {
  const collector = aCollector();
  expect(await collector.request('POST /v1/m', { body: '{"series":[' })).toMatchObject({
    status: 200,
    body: { success: true },
  });
  expect(collector.records).toEqual([]);
});

test('answers 404 where there is no route', async () => {
  expect(await aCollector().request('GET /v1/nothing')).toMatchObject({ status: 404, body: { code: 'not_found' } });
});

test('logs nothing of what was sent', async () => {
  const collector = aCollector(() => 'InternalFailure');
  const body = JSON.stringify({ userId: 'ada@example.com', event: 'Secret' });
  const parts = { headers: basic(WRITE_KEY), body };
  expect((await collector.request('POST /v1/track', parts, { getRemainingTimeInMillis: () => 600 })).status).toBe(503);
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(/ada|Secret|203\.0\.113|wk_local/);
});
