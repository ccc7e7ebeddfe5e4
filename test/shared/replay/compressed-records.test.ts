import { expect, test } from 'vitest';
import { anotherTry } from '../../../shared/replay/another-try.ts';
import type { FailedRow } from '../../../shared/replay/result-rows.ts';
import { compressRecord } from '../../../shared/stream/compressed-record.ts';
import { anEnvelope, aTrack } from '../../fixtures/events.ts';

const events = Array.from({ length: 20 }, (_, n) => aTrack({ userId: 'ann', messageId: `m-${n}` }));
const record = compressRecord(Buffer.from(JSON.stringify(anEnvelope(events))));

/** As code lands it that takes every record for text. */
const unread = (data: Uint8Array): FailedRow => ({
  reason: 'record_unreadable',
  messageId: null,
  sourceId: '',
  sentAt: undefined,
  ip: undefined,
  userAgent: undefined,
  receivedAt: Date.parse('2026-03-02T10:00:00Z'),
  payload: Buffer.from(data).toString('base64'),
  payloadEncoding: 'base64',
  shardId: 'shardId-000000000000',
  sequenceNumber: '1'.padEnd(56, '0'),
  index: 0,
  isKnown: false,
});

test('a record that code from before the compression could not read is read after an upgrade', () => {
  const tried = anotherTry(unread(record), 'replay-1', { fields: [] });
  expect(tried).toMatchObject({ passes: true, profileKey: 'user:ann', envelope: { events } });
});

test('a damaged frame stays a failed event', () => {
  const tried = anotherTry(unread(record.subarray(0, 60)), 'replay-1', { fields: [] });
  expect(tried).toEqual({ passes: false, reason: 'record_unreadable' });
});
