import { expect, test } from 'vitest';
import { streamEnvelope } from '../../../schemas/event/stream-record.ts';
import { aTrack, DESKTOP_USER_AGENT } from '../../fixtures/events.ts';
import { aCollector, WRITE_KEY } from './a-collector.ts';

test('says when and from where the events came, with the address masked', async () => {
  const collector = aCollector();
  const before = Date.now();
  await collector.send(
    'POST /v1/batch',
    { batch: [aTrack()], sentAt: '2026-03-02T10:00:00.000Z' },
    {
      headers: { 'user-agent': DESKTOP_USER_AGENT },
      sourceIp: '203.0.113.77',
    },
  );
  const [envelope] = collector.envelopes();
  expect(streamEnvelope.parse(envelope)).toMatchObject({
    sourceId: 'local',
    sentAt: '2026-03-02T10:00:00.000Z',
    userAgent: DESKTOP_USER_AGENT,
    ip: '203.0.113.0',
  });
  expect(Date.parse(envelope?.receivedAt ?? '')).toBeGreaterThanOrEqual(before);
});

test('names the request that the access log names', async () => {
  const collector = aCollector();
  await collector.send('POST /v1/track', aTrack());
  expect(streamEnvelope.parse(collector.envelopes()[0]).requestId).toBe('request-1');
});

test.each([
  ['of the body', { sentAt: 'body' }, {}, 'body'],
  ['of the header', {}, { sentat: 'header' }, 'header'],
  ['of the body before that of the header', { sentAt: 'body' }, { sentat: 'header' }, 'body'],
  ['that is a number', { sentAt: 1_772_445_600_000 }, {}, '1772445600000'],
  ['of another type not at all', { sentAt: {} }, {}, undefined],
  ['of endless text not at all', { sentAt: 'x'.repeat(101) }, {}, undefined],
])('takes the sentAt %s', async (_, body, headers, expected) => {
  const collector = aCollector();
  await collector.send('POST /v1/track', { ...aTrack(), ...body }, { headers });
  const [envelope] = collector.envelopes();
  expect(streamEnvelope.parse(envelope).sentAt).toBe(expected);
});

test('cuts a User-Agent header at 2,000 characters', async () => {
  const collector = aCollector();
  await collector.send('POST /v1/track', aTrack(), { headers: { 'user-agent': 'x'.repeat(5000) } });
  expect(streamEnvelope.parse(collector.envelopes()[0]).userAgent).toHaveLength(2000);
});

test.each([undefined, null, ''])('makes a messageId where it is %j', async (messageId) => {
  const collector = aCollector();
  await collector.send('POST /v1/batch', {
    batch: [aTrack({ messageId }), aTrack({ messageId }), aTrack({ messageId: 'm-1' })],
  });
  const ids = collector.events().map((event) => event.messageId);
  expect(ids[2]).toBe('m-1');
  expect(new Set(ids).size).toBe(3);
  for (const id of ids.slice(0, 2)) expect(id).toMatch(/^[0-9a-f-]{36}$/);
});

test('keeps the write key off the stream', async () => {
  const collector = aCollector();
  await collector.send('POST /v1/batch', { writeKey: WRITE_KEY, batch: [aTrack({ writeKey: WRITE_KEY })] });
  await collector.send('POST /v1/track', aTrack({ writeKey: WRITE_KEY }));
  expect(collector.events()).toHaveLength(2);
  expect(JSON.stringify(collector.envelopes())).not.toContain(WRITE_KEY);
});

test('masks the address in the context', async () => {
  const collector = aCollector();
  await collector.send('POST /v1/track', aTrack({ context: { ip: '198.51.100.23', locale: 'de-DE' } }));
  expect(collector.events()).toMatchObject([{ context: { ip: '198.51.100.0', locale: 'de-DE' } }]);
});

test("merges the batch's context and integrations into each event, whose own values win", async () => {
  const collector = aCollector();
  await collector.send('POST /v1/batch', {
    context: { locale: 'en-GB', app: { name: 'Shop' } },
    integrations: { All: false },
    batch: [
      aTrack(),
      aTrack({ context: { locale: 'fr-FR' }, integrations: { Mail: true } }),
      aTrack({ context: 'odd' }),
      7,
    ],
  });
  const events = collector.events();
  expect(events).toContain(7);
  expect(events.filter((event) => event !== 7)).toMatchObject([
    { context: { locale: 'en-GB', app: { name: 'Shop' } }, integrations: { All: false } },
    { context: { locale: 'fr-FR', app: { name: 'Shop' } }, integrations: { All: false, Mail: true } },
    { context: 'odd', integrations: { All: false } },
  ]);
});

test.each(['text', 5, null, [1]])('leaves a context of the batch that is %j aside', async (context) => {
  const collector = aCollector();
  expect((await collector.send('POST /v1/batch', { context, batch: [aTrack()] })).status).toBe(200);
  expect(collector.events()[0]).not.toHaveProperty('context');
});

test.each([
  ['is larger than an event may be', 33_000, 1],
  ['would be copied into too many events', 30_000, 1000],
])('refuses a context of the batch that %s', async (_, size, count) => {
  const collector = aCollector();
  const batch = Array.from({ length: count }, () => ({ userId: 'u' }));
  const answer = await collector.send('POST /v1/batch', { context: { text: 'x'.repeat(size) }, batch });
  expect(answer).toMatchObject({ status: 400, body: { code: 'batch_too_large', errors: [{ path: 'context' }] } });
});

test('keeps keys that objects use themselves as data', async () => {
  const collector = aCollector();
  const text = `{"context":{"__proto__":{"a":1}},"batch":[{"userId":"u","messageId":"m","__proto__":{"type":"x"},"constructor":{"b":2}}],"writeKey":"${WRITE_KEY}"}`;
  const answer = await collector.request('POST /v1/batch', { body: text });
  expect(answer.status).toBe(200);
  const stored = Buffer.from(collector.records[0]?.data ?? []).toString('utf8');
  expect(stored).toContain('"__proto__":{"type":"x"}');
  expect(stored).toContain('"context":{"__proto__":{"a":1}}');
  expect(stored).toContain('"constructor":{"b":2}');
  expect({}).not.toHaveProperty('a');
});

test('stores NUL and lone surrogates as they are', async () => {
  const collector = aCollector();
  const text = `{"userId":"u\\u0000","messageId":"m","properties":{"a":"\\ud800"},"writeKey":"${WRITE_KEY}"}`;
  expect((await collector.request('POST /v1/track', { body: text })).status).toBe(200);
  expect(collector.events()).toMatchObject([{ userId: 'u\u0000', properties: { a: '\ud800' } }]);
});

test('stores events of any depth', async () => {
  const collector = aCollector();
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const text = `{"batch":[{"userId":"u","messageId":"m","properties":${deep}},${deep}],"writeKey":"${WRITE_KEY}"}`;
  expect((await collector.request('POST /v1/batch', { body: text })).status).toBe(200);
  expect(collector.records.map(({ data }) => Buffer.from(data).includes(deep))).toEqual([true, true]);
});

test('stores events whose numbers would grow beyond what a record holds', async () => {
  const collector = aCollector();
  const text = `{"batch":[{"userId":"u","properties":[${'1e20,'.repeat(100_000)}1]}],"writeKey":"${WRITE_KEY}"}`;
  expect((await collector.request('POST /v1/batch', { body: text })).status).toBe(200);
  expect(collector.records[0]?.data.byteLength).toBeLessThan(900_000);
  expect(collector.events()[0].properties[0]).toBe(1e20);
});
