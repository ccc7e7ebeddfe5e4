import { expect, test } from 'vitest';
import { streamEnvelope } from '../../../schemas/event/stream-record.ts';
import { cleanRecord } from '../../../shared/clean/clean-record.ts';
import { checkEvent } from '../../../shared/import/check-event.ts';
import { packEvents } from '../../../shared/import/pack-events.ts';
import { anEnvelope, aRecord, aTrack } from '../../fixtures/events.ts';

const cleaned = (event: object, imported: boolean) => {
  const { items } = cleanRecord(aRecord({ ...anEnvelope([event]), ...(imported && { imported: true }) }));
  const outcome = items[0]?.outcome;
  return outcome?.ok ? { ...outcome.event, reason: undefined } : { reason: outcome?.failed.reason };
};
const ofSize = (bytes: number) => {
  const event = aTrack({ properties: { text: '' } });
  return aTrack({ properties: { text: 'x'.repeat(bytes - Buffer.byteLength(JSON.stringify(event))) } });
};

test.each([
  ['32 KB', 32 * 1024, false, undefined],
  ['a byte more', 32 * 1024 + 1, false, 'too_large'],
  ['a byte more of an import', 32 * 1024 + 1, true, undefined],
  ['256 KB of an import', 256 * 1024, true, undefined],
  ['a byte more of an import than 256 KB', 256 * 1024 + 1, true, 'too_large'],
])('takes or refuses an event of %s', (_, bytes, imported, reason) => {
  expect(cleaned(ofSize(bytes), imported).reason).toBe(reason);
});

test('an imported event keeps its time however old, and is not late; another is set to its arrival', () => {
  const event = aTrack({ timestamp: '1997-01-01T00:00:00.000Z' });
  expect(cleaned(event, true)).toMatchObject({ eventTime: Date.UTC(1997, 0, 1), flags: [] });
  expect(cleaned(event, false)).toMatchObject({ flags: expect.arrayContaining(['time_clamped']) });
  const { reason: _, ...old } = cleaned(aTrack({ timestamp: '2010-12-01T00:00:00.000Z' }), false);
  expect(old).toMatchObject({ eventTime: Date.UTC(2010, 11, 1), flags: ['late'] });
});

test('no client can say that its events are imported', () => {
  const event = { ...ofSize(32 * 1024 + 1), imported: true };
  expect(cleaned(event, false).reason).toBe('too_large');
});

const NOW = Date.parse('2026-03-01T10:00:00Z');
const checked = (userId: string, length = 10) =>
  checkEvent(
    {
      type: 'track',
      event: 'Seen',
      userId,
      timestamp: '2020-01-01',
      messageId: userId,
      properties: { a: 'x'.repeat(length) },
    },
    'shop',
    NOW,
  );

test('events are packed by person, in their order, in records that the stream takes', () => {
  const events = [checked('ada', 200_000), checked('bob'), ...Array.from({ length: 8 }, () => checked('ada', 200_000))];
  const records = packEvents(events, 'shop', NOW);
  const envelopes = records.map(({ data }) => streamEnvelope.parse(JSON.parse(Buffer.from(data).toString())));
  expect(records.map(({ partitionKey }) => partitionKey)).toEqual(['ada', 'ada', 'ada', 'bob']);
  expect(envelopes.map((envelope) => envelope.events.length)).toEqual([4, 4, 1, 1]);
  expect(Math.max(...records.map(({ data }) => data.byteLength))).toBeLessThan(1024 * 1024);
  expect(envelopes[0]).toMatchObject({
    sourceId: 'import:shop',
    imported: true,
    receivedAt: '2026-03-01T10:00:00.000Z',
  });
});
