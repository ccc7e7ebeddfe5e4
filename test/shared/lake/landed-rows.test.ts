import fc from 'fast-check';
import { expect, test } from 'vitest';
import { landedTables } from '../../../schemas/lake/tables.ts';
import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import { auditReaders } from '../../../shared/lake/audit-row.ts';
import type { TableRows } from '../../../shared/lake/column-readers.ts';
import { eventReaders } from '../../../shared/lake/event-row.ts';
import { failedEventReaders } from '../../../shared/lake/failed-event-row.ts';
import { identityReaders } from '../../../shared/lake/identity-row.ts';
import { landedRows } from '../../../shared/lake/landed-rows.ts';
import { mendedReaders } from '../../../shared/lake/mended-row.ts';
import { landedKey } from '../../../shared/lake/object-key.ts';
import { rawReaders } from '../../../shared/lake/raw-row.ts';
import { barriersIn, readBatch } from '../../../shared/lake/read-batch.ts';
import { transitionReaders } from '../../../shared/lake/transition-row.ts';
import { ARRIVAL, aCleanEvent, aMoney, anEnvelope, anOrder, aRecord, aTrack } from '../../fixtures/events.ts';
import { aTransition } from '../../fixtures/transitions.ts';

type Row = Record<string, string | number | boolean | undefined>;

const rowsOf = ({ columns, count }: TableRows): Row[] =>
  Array.from({ length: count }, (_, index) =>
    Object.fromEntries(columns.map(({ column, values }) => [column.name, values[index]])),
  );

/** The rows of each table that records become. */
function land(...records: ReceivedRecord[]) {
  const tables = landedRows(readBatch(records)).map(rowsOf);
  const [raw = [], events = [], failed = [], mended = [], transitions = [], identities = []] = tables;
  return { raw, events, failed, mended, transitions, identities };
}

test.each([
  ['raw_landed', rawReaders],
  ['events_landed', eventReaders],
  ['failed_events_landed', failedEventReaders],
  ['mended_events_landed', mendedReaders],
  ['transitions_landed', transitionReaders],
  ['identities_landed', identityReaders],
  ['audit_log_landed', auditReaders],
])('maps each column of %s and nothing else', (name, readers) => {
  const table = landedTables.find((one) => one.name === name);
  expect(Object.keys(readers).sort()).toEqual(table?.columns.map((column) => column.name).sort());
});

test('makes a row of raw of every message, and a row of events or of failed events', () => {
  const record = aRecord(anEnvelope([aTrack({ messageId: 'good' }), { type: 'track', messageId: 'bad', event: 'E' }]));
  const { raw, events, failed } = land(record);
  expect(raw).toMatchObject([
    { message_id: 'good', source_id: 'local', received_at: ARRIVAL, record_index: 0 },
    { message_id: 'bad', record_index: 1, shard_id: record.shardId, sequence_number: record.sequenceNumber },
  ]);
  expect(raw.map(({ failed_reason }) => failed_reason)).toEqual([undefined, 'missing_ids']);
  expect(events).toMatchObject([{ message_id: 'good', record_index: 0, sequence_number: record.sequenceNumber }]);
  expect(failed).toMatchObject([
    { message_id: 'bad', reason: 'missing_ids', record_index: 1, payload_encoding: 'json' },
  ]);
});

test('keeps the message as it was received, with addresses masked', () => {
  const message = aTrack({ context: { ip: '203.0.113.77' }, properties: { price: '19,90', odd: [1, null] } });
  const { raw } = land(aRecord(anEnvelope([message], { sentAt: '2026-03-02T10:00:00Z', ip: '203.0.113.77' })));
  expect(JSON.parse(String(raw[0]?.payload))).toEqual({ ...message, context: { ip: '203.0.113.0' } });
  expect(raw[0]).toMatchObject({ ip: '203.0.113.0', sent_at: '2026-03-02T10:00:00.000Z' });
});

test.each([
  ['JKJaXmPLvHcESHA=', 'JKJaXmPLvHcESHA='],
  ['5c1d2f6e-8f0a-4a43-9b57-0a3ad5c1c7e0', '5c1d2f6e-8f0a-4a43-9b57-0a3ad5c1c7e0'],
  ['ada@example.org asked', undefined],
  ['x'.repeat(101), undefined],
  [7, undefined],
])('names the request %j of a record in each of its rows of raw as %j', (requestId, expected) => {
  const { raw } = land(aRecord(anEnvelope([aTrack({ messageId: 'good' }), {}], { requestId: requestId as string })));
  expect(raw.map(({ request_id }) => request_id)).toEqual([expected, expected]);
});

test('keeps a record that nobody can read', () => {
  const { raw, events, failed } = land(aRecord('{"broken'), aRecord(Uint8Array.of(0xff, 0)));
  expect(raw.map(({ payload }) => payload)).toEqual(['{"broken', '/wA=']);
  expect(failed.map(({ payload_encoding }) => payload_encoding)).toEqual(['text', 'base64']);
  expect(events).toEqual([]);
});

test('writes products by the names of the columns, with prices in currency units', () => {
  const { events } = land(aRecord(anEnvelope([anOrder()])));
  expect(events[0]).toMatchObject({ order_id: 'order-1', total: aMoney(49.8), currency: 'USD', product_id: undefined });
  expect(JSON.parse(String(events[0]?.products))).toMatchObject([
    { product_id: 'p-1', name: 'Mug', price: 19.9, quantity: 2 },
    { product_id: 'p-2', name: 'Spoon', price: 5, quantity: 1 },
  ]);
});

test.each<[string, Parameters<typeof aCleanEvent>[0]]>([
  ['position', { commerce: { product: { productId: 'p', position: 3_000_000_000 } } }],
  ['step', { commerce: { step: 1.5 } }],
  ['price', { commerce: { product: { productId: 'p', price: 0.5 } } }],
  ['total', { commerce: { total: Number.MAX_SAFE_INTEGER + 2 } }],
  ['quantity', { commerce: { product: { productId: 'p', quantity: Number.POSITIVE_INFINITY } } }],
  ['original_timestamp', { originalTimestamp: Date.UTC(12_000, 1) }],
])('leaves %s empty where its type cannot hold the value', (column, parts) => {
  const item = { index: 0, message: {}, outcome: { ok: true, event: aCleanEvent(parts) } } as const;
  const record = aRecord('');
  const [, events] = landedRows([
    { received: record, cleaned: { sourceId: 'local', receivedAt: ARRIVAL, items: [item] } },
  ]).map(rowsOf);
  expect(events?.[0]).toHaveProperty(column, undefined);
});

test('every message has one row of raw and one of events or failed events, whatever the record holds', () => {
  const payload = fc.oneof(
    fc.json(),
    fc.uint8Array(),
    fc
      .array(fc.oneof(fc.jsonValue(), fc.constantFrom(aTrack(), anOrder())), { maxLength: 5 })
      .map((events) => JSON.stringify({ v: 1, kind: 'events', events })),
  );
  fc.assert(
    fc.property(fc.array(payload, { maxLength: 4 }), (payloads) => {
      const { raw, events, failed } = land(...payloads.map((one) => aRecord(one)));
      const place = ({ sequence_number, record_index }: Row) => `${sequence_number}-${record_index}`;
      expect([...events, ...failed].map(place).sort()).toEqual(raw.map(place).sort());
      expect(new Set(raw.map(place)).size).toBe(raw.length);
    }),
  );
});

test('makes a row of each transition, with its cause', () => {
  const transition = aTransition({
    n: 3,
    segmentId: 'buyers',
    cause: { type: 'event', event: 'Order Completed', messageId: 'm', time: 5 },
  });
  const record = aRecord({ v: 1, kind: 'transitions', items: [aTransition(), transition] });
  const { transitions, raw, failed } = land(record);
  expect(transitions[1]).toEqual({
    transition_id: transition.id,
    profile_id: transition.profileId,
    person_key: 'user:ada',
    transition_number: 3,
    segment_id: 'buyers',
    version: 1,
    change: 'entered',
    changed_at: transition.at,
    cause: 'event',
    cause_event: 'Order Completed',
    cause_message_id: 'm',
    cause_time: 5,
    shard_id: record.shardId,
    sequence_number: record.sequenceNumber,
    record_index: 1,
  });
  expect([...raw, ...failed]).toEqual([]);
});

test('makes a row of each join of identifiers, and of each separation', () => {
  const joined = {
    profileKey: 'anonymous:a',
    parentKey: 'user:ada',
    moves: 1,
    time: 7,
    why: 'identify',
    messageId: 'm',
  };
  const parted = { profileKey: 'anonymous:a', parentKey: null, moves: 2, time: 8 };
  const { identities, raw, failed } = land(aRecord({ v: 1, kind: 'identities', items: [joined, parted] }));
  expect(identities).toMatchObject([
    { profile_key: 'anonymous:a', parent_key: 'user:ada', moves: 1, changed_at: 7, why: 'identify', message_id: 'm' },
    { profile_key: 'anonymous:a', parent_key: undefined, moves: 2, changed_at: 8, why: undefined, record_index: 1 },
  ]);
  expect([...raw, ...failed]).toEqual([]);
});

test.each([
  { v: 1, kind: 'tick', at: 1, keys: ['user:ada'] },
  { v: 1, kind: 'barrier', id: 'b' },
  { v: 1, kind: 'backfill', job: 'j', segments: [], items: [] },
])('leaves no row of a $kind record', (record) => {
  expect(Object.values(land(aRecord(record))).flat()).toEqual([]);
});

test('takes what only begins like a record of ours for a failed event', () => {
  const { failed, raw } = land(aRecord({ v: 1, kind: 'transitions', items: 'none' }));
  expect(failed).toMatchObject([{ reason: 'record_invalid', path: 'kind' }]);
  expect(raw).toHaveLength(1);
});

test('names the barriers of a batch once', () => {
  const barrier = { v: 1, kind: 'barrier', id: 'b-1' };
  expect(barriersIn(readBatch([aRecord(barrier), aRecord(anEnvelope([aTrack()])), aRecord(barrier)]))).toEqual(['b-1']);
});

test('names a file after the day of arrival, the shard and the first sequence number', () => {
  const first = aRecord('', {
    arrivedAt: Date.parse('2026-03-02T23:59:59.999Z'),
    shardId: 'shardId-000000000003',
    sequenceNumber: '495',
  });
  expect(landedKey('events_landed', first)).toBe('events_landed/day=2026-03-02/shardId-000000000003-495.parquet');
});
