import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { aCollector, basic, WRITE_KEY } from './a-collector.ts';

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => vi.restoreAllMocks());

describe('pixel', () => {
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
  const opened = { writeKey: WRITE_KEY, event: 'Email Opened', userId: 'u-1', properties: { subject: 'Öffnen? >>>' } };
  const view = (collector: ReturnType<typeof aCollector>, data: string | undefined, type = 'track') =>
    collector.request('GET /v1/pixel/{type}', { params: { type }, ...(data !== undefined && { query: { data } }) });

  const expectGif = (answer: Awaited<ReturnType<typeof view>>) => {
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': 'image/gif', 'cache-control': 'no-store' });
    expect([...Buffer.from(answer.body, 'base64').subarray(0, 10)]).toEqual([...Buffer.from('GIF89a'), 1, 0, 1, 0]);
  };

  test.each([
    ['base64', base64(opened)],
    ['base64 whose plus signs became spaces', base64(opened).replaceAll('+', ' ')],
    ['base64 for URLs', Buffer.from(JSON.stringify(opened)).toString('base64url')],
  ])('delivers an event in %s', async (_, data) => {
    const collector = aCollector();
    expectGif(await view(collector, data));
    const { writeKey, ...event } = opened;
    expect(collector.events()).toMatchObject([{ ...event, type: 'track' }]);
  });

  test.each([
    ['page', 'page'],
    ['p', 'page'],
    ['odd', 'odd'],
  ])('takes the type of the path: %s', async (type, expected) => {
    const collector = aCollector();
    expectGif(await view(collector, base64(opened), type));
    expect(collector.events()).toMatchObject([{ type: expected }]);
  });

  test.each([
    ['no data', undefined],
    ['empty data', ''],
    ['no base64', '%%%%'],
    ['no JSON', Buffer.from('{"a":').toString('base64')],
    ['no object', base64('text')],
    ['no write key', base64({ userId: 'u' })],
    ['an unknown write key', base64({ ...opened, writeKey: 'wk_other' })],
  ])('answers an image to %s, and delivers nothing', async (_, data) => {
    const collector = aCollector();
    expectGif(await view(collector, data));
    expect(collector.records).toEqual([]);
  });

  test('answers an image when nothing can be stored, and logs that', async () => {
    const collector = aCollector(() => 'InternalFailure');
    const answer = await collector.request(
      'GET /v1/pixel/{type}',
      { params: { type: 'track' }, query: { data: base64(opened) } },
      { getRemainingTimeInMillis: () => 600 },
    );
    expectGif(answer);
    expect(lines.join()).toContain('not_stored');
  });
});

describe('Segment settings', () => {
  const route = 'GET /v1/projects/{writeKey}/settings';

  test('name this API as the place to send to', async () => {
    const answer = await aCollector().request(route, { params: { writeKey: WRITE_KEY } });
    expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': '*' } });
    expect(answer.body).toEqual({
      integrations: { 'Segment.io': { apiKey: WRITE_KEY, apiHost: 'api.example/v1' } },
      metrics: { sampleRate: 0 },
    });
  });

  test('name the protocol when they were asked for by plain http', async () => {
    const headers = { host: '127.0.0.1:3000', 'x-forwarded-proto': 'http' };
    const { body } = await aCollector().request(route, { params: { writeKey: WRITE_KEY }, headers });
    expect(body.integrations['Segment.io']).toEqual({
      apiKey: WRITE_KEY,
      apiHost: '127.0.0.1:3000/v1',
      protocol: 'http',
    });
  });

  test('are refused for an unknown key, whatever else the request carries', async () => {
    const answer = await aCollector().request(route, { params: { writeKey: 'wk_other' }, headers: basic(WRITE_KEY) });
    expect(answer).toMatchObject({ status: 401, body: { code: 'key_unknown' } });
  });
});

describe('RudderStack source config', () => {
  test.each([
    ['Basic', { headers: basic(WRITE_KEY) }],
    ['query', { query: { writeKey: WRITE_KEY } }],
  ])('describes the source of a key by %s', async (_, parts) => {
    const answer = await aCollector().request('GET /sourceConfig', parts);
    expect(answer).toMatchObject({ status: 200, body: { source: { id: 'local', config: {}, destinations: [] } } });
  });

  test('is refused without a key', async () => {
    expect((await aCollector().request('GET /sourceConfig')).status).toBe(401);
  });
});
