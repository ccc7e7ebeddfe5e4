import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { AgainRecord } from '../../schemas/stream/control.ts';
import type { ReceivedRecord } from '../clean/cleaned-record.ts';

/** No record of Kinesis is larger: what claims to be is damaged. */
const MAX_BYTES = 12_000_000;

/** A record that a consumer had given up, as it goes on the stream once more. */
export const againRecord = (to: AgainRecord['to'], record: ReceivedRecord): AgainRecord => ({
  v: 1,
  kind: 'again',
  to,
  shardId: record.shardId,
  sequenceNumber: record.sequenceNumber,
  arrivedAt: record.arrivedAt,
  data: zstdCompressSync(record.data).toString('base64'),
});

/** The record as it first lay on the stream; undefined when what it carries is damaged. */
export function firstOf({ shardId, sequenceNumber, arrivedAt, data }: AgainRecord): ReceivedRecord | undefined {
  try {
    const bytes = zstdDecompressSync(Buffer.from(data, 'base64'), { maxOutputLength: MAX_BYTES });
    return { data: bytes, shardId, sequenceNumber, arrivedAt };
  } catch {
    return undefined;
  }
}
