import { compressRecord } from '../../shared/stream/compressed-record.ts';
import { type JsonService, jsonService } from './json-service.ts';
import type { PutRecords } from './store-in-order.ts';

export type Kinesis = JsonService;

/** Kinesis without its client. One attempt a call: resending is decided where a repeated record would matter. */
export const createKinesis = (): Kinesis =>
  jsonService(
    { service: 'kinesis', target: 'Kinesis_20131202', version: '1.1', name: 'Kinesis' },
    { attempts: 1, timeoutMs: 3_000 },
  );

interface PutRecordsOutput {
  readonly Records: readonly { readonly SequenceNumber?: string; readonly ErrorCode?: string }[];
}

/** Puts records on a stream, those of events compressed; answers the error code of each record by position, undefined where it is stored. */
export function putRecordsTo(streamName: string, kinesis: Kinesis = createKinesis()): PutRecords {
  return async (records, signal) => {
    const { Records = [] } = await kinesis<PutRecordsOutput>(
      'PutRecords',
      {
        StreamName: streamName,
        Records: records.map(({ partitionKey, data }) => ({ PartitionKey: partitionKey, Data: dataOf(data) })),
      },
      signal,
    );
    return records.map((_, position) => {
      const result = Records[position];
      return result?.SequenceNumber ? undefined : (result?.ErrorCode ?? 'NoResult');
    });
  };
}

function dataOf(data: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = compressRecord(data);
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
