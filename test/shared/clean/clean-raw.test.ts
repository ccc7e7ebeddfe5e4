import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cleanRaw } from '../../../shared/clean/clean-raw.ts';
import { cleanRecord } from '../../../shared/clean/clean-record.ts';
import { landedRows } from '../../../shared/lake/landed-rows.ts';
import { readBatch } from '../../../shared/lake/read-batch.ts';
import { anEnvelope, aRecord, aTrack } from '../../fixtures/events.ts';
import { message } from './arbitrary-message.ts';
import { stored } from './clean-one.ts';

/** The row of raw of each message of a record. */
function rawOf(record: ReturnType<typeof aRecord>) {
  const [raw] = landedRows(readBatch([record]));
  return Array.from({ length: raw?.count ?? 0 }, (_, row) => {
    const cell = (name: string) => raw?.columns.find(({ column }) => column.name === name)?.values[row];
    const text = (name: string) => cell(name) as string | undefined;
    const sentAt = text('sent_at');
    return {
      sourceId: text('source_id') as string,
      receivedAt: cell('received_at') as number,
      sentAt: sentAt === undefined ? undefined : Date.parse(sentAt),
      ip: text('ip'),
      userAgent: text('user_agent'),
      shardId: text('shard_id') as string,
      sequenceNumber: text('sequence_number') as string,
      index: cell('record_index') as number,
      messageId: text('message_id'),
      payload: text('payload') as string,
    };
  });
}

const anyEnvelope = fc.record(
  {
    sourceId: fc.constantFrom('web', 'import:orders', 'a\u0000b'),
    sentAt: fc.constantFrom('2026-03-02T10:00:00.500Z', '2026-03-02 09:00:00', 'never'),
    ip: fc.constantFrom('203.0.113.77', '2001:db8::1', 'x'),
    userAgent: fc.constantFrom('curl/8.0', 'Mozilla/5.0 (compatible; Googlebot/2.1)', '\ud800'),
    receivedAt: fc.constantFrom('2026-03-02T10:00:00.123Z', '2026-02-01T00:00:00.000Z'),
  },
  { requiredKeys: [] },
);
const odd = fc.constantFrom(
  aTrack({ messageId: undefined, properties: { a: '\u0000', b: '\ud800', c: 1e21, __proto__: 1 } }),
  aTrack({ context: { ip: '203.0.113.77', page: { url: 'https://shop.example/?utm_source=mail' } } }),
);

it('cleans what the lake holds of a message to what the message was cleaned to', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(message, odd), { minLength: 1, maxLength: 3 }), anyEnvelope, (messages, over) => {
      const imported = over.sourceId?.startsWith('import:') ? ({ imported: true } as const) : {};
      const record = aRecord(anEnvelope(messages, { ...over, ...imported }));
      const again = rawOf(record).map((raw) => cleanRaw(raw));
      const first = cleanRecord(record).items;
      expect(again.map((item) => item?.outcome.ok)).toEqual(first.map(({ outcome }) => outcome.ok));
      const eventsOf = (items: readonly (typeof first)[number][]) =>
        items.flatMap(({ outcome }) => (outcome.ok ? [stored(outcome.event)] : []));
      expect(eventsOf(again.flatMap((item) => item ?? []))).toEqual(eventsOf(first));
    }),
    { numRuns: 500 },
  );
});

it('says of a record that could not be read that there is no message in it', () => {
  const [raw] = rawOf(aRecord('{not json'));
  expect(cleanRaw(raw as NonNullable<typeof raw>)).toBeUndefined();
});
