import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanRecord } from '../../../shared/clean/clean-record.ts';
import { compressRecord, uncompressRecord } from '../../../shared/stream/compressed-record.ts';

const envelope = (events: readonly unknown[]) => Buffer.from(JSON.stringify({ v: 1, kind: 'events', events }));
const received = (data: Uint8Array) => ({ data, shardId: 'shardId-000000000000', sequenceNumber: '1', arrivedAt: 0 });

test('an envelope of events is smaller on the stream, and the same when it is taken from it', () => {
  fc.assert(
    fc.property(fc.array(fc.object(), { minLength: 20, maxLength: 50 }), (events) => {
      const data = envelope([{ text: 'word '.repeat(500) }, ...events]);
      const stored = compressRecord(data);
      expect(stored.length).toBeLessThan(data.length);
      expect(Buffer.from(uncompressRecord(stored))).toEqual(data);
    }),
    { numRuns: 50 },
  );
});

test('what other producers write is taken as it is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      expect(Buffer.from(uncompressRecord(bytes))).toEqual(Buffer.from(bytes));
    }),
  );
});

test('a record that a mapping filters by what it says stays text', () => {
  const record = Buffer.from(JSON.stringify({ v: 1, kind: 'transitions', items: ['x'.repeat(5_000)] }));
  expect(compressRecord(record)).toBe(record);
});

test.each([
  ['cut short', compressRecord(envelope(['x'.repeat(5_000)])).subarray(0, 20)],
  ['larger than any record', zstdCompressSync(Buffer.alloc(13_000_000))],
])('a frame that is %s is a failed event', (_, data) => {
  const [item] = cleanRecord(received(uncompressRecord(data))).items;
  expect(item?.outcome).toMatchObject({ ok: false, failed: { reason: 'record_unreadable' } });
});
