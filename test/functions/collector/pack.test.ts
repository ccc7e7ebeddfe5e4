import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventText } from '../../../functions/collector/event-text.ts';
import { MAX_RECORD_BYTES } from '../../../functions/collector/limits.ts';
import { pack } from '../../../functions/collector/pack.ts';
import { streamEnvelope } from '../../../schemas/event/stream-record.ts';

const head = { sourceId: 'local', receivedAt: '2026-03-02T10:00:00.000Z' };
const packed = (events: readonly unknown[]) =>
  pack(
    head,
    events.map((event) => eventText(structuredClone(event), { fields: [] }, () => 'made')),
  ).map(({ partitionKey, data }) => ({
    partitionKey,
    bytes: data.byteLength,
    envelope: streamEnvelope.parse(JSON.parse(Buffer.from(data).toString('utf8'))),
  }));

const id = fc.oneof(
  fc.constantFrom('a', 'b', ' a', '', '  ', 'x'.repeat(300), '\ud800', 7, null, undefined, true, {}),
  fc.string(),
);
const event = fc.record({ n: fc.nat(), userId: id, anonymousId: id }, { requiredKeys: ['n'] });

test('puts every event into exactly one record, and keeps the order within a key', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (generated) => {
      const events = generated.map((one, index) => ({ ...one, n: index, messageId: `m${index}` }));
      const records = packed(events);
      const stored = records.map(({ envelope }) => envelope.events.map((one) => (one as { n: number }).n));
      expect(stored.flat().sort((a, b) => a - b)).toEqual(events.map(({ n }) => n));
      for (const numbers of stored) expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(new Set(records.map(({ partitionKey }) => partitionKey)).size).toBe(records.length);
      for (const { partitionKey } of records) {
        expect(partitionKey.length).toBeGreaterThan(0);
        expect(partitionKey.length).toBeLessThanOrEqual(256);
        expect(partitionKey.isWellFormed()).toBe(true);
      }
    }),
  );
});

test.each([
  [{ userId: 'u', anonymousId: 'a' }, 'u'],
  [{ userId: ' u ' }, 'u'],
  [{ userId: 5 }, '5'],
  [{ userId: 'u\0' }, 'u\ufffd'],
  [{ userId: '\ud800' }, '\ufffd'],
  [{ anonymousId: 'a' }, 'a'],
  [{ userId: null, anonymousId: 'a' }, 'a'],
  [{ userId: '', anonymousId: 'a' }, 'a'],
  [{ userId: {}, anonymousId: 'a' }, 'a'],
  [{ userId: 'null', anonymousId: 'a' }, 'a'],
  [{ userId: ' Undefined ', anonymousId: 'a' }, 'a'],
  [{ userId: 0, anonymousId: 'a' }, 'a'],
])('orders %j by %s', (given, key) => {
  expect(packed([given])[0]?.partitionKey).toBe(key);
});

test('gives events whose ids are all placeholders no key in common with those of other requests', () => {
  const given = { userId: 'null', anonymousId: '00000000-0000-0000-0000-000000000000' };
  const keys = [packed([given]), packed([given])].map(([record]) => record?.partitionKey);
  expect(new Set(keys).size).toBe(2);
});

test('orders an id of more than 256 characters by its hash', () => {
  const [one, two, three] = packed([
    { userId: 'x'.repeat(257) },
    { userId: 'x'.repeat(258) },
    { userId: 'x'.repeat(256) },
  ]);
  expect(one?.partitionKey).toMatch(/^[0-9a-f]{64}$/);
  expect(two?.partitionKey).not.toBe(one?.partitionKey);
  expect(three?.partitionKey).toBe('x'.repeat(256));
});

test('packs events without an id together, under a key that no other request has', () => {
  const events = [{}, 'text', null, { type: 'track' }];
  const [first] = packed(events);
  const [second] = packed(events);
  expect(first?.envelope.events).toHaveLength(4);
  expect(first?.partitionKey).not.toBe(second?.partitionKey);
});

test('splits what one record cannot hold, in order', () => {
  const events = Array.from({ length: 50 }, (_, n) => ({
    userId: 'u',
    messageId: `m${n}`,
    n,
    text: 'ü'.repeat(15_000),
  }));
  const records = packed(events);
  expect(records.length).toBeGreaterThan(1);
  for (const { bytes, partitionKey } of records) {
    expect(bytes).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    expect(partitionKey).toBe('u');
  }
  expect(records.flatMap(({ envelope }) => envelope.events.map((one) => (one as { n: number }).n))).toEqual(
    events.map(({ n }) => n),
  );
});
