import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { PutRecords } from './store-in-order.ts';

/**
 * HTTP/1, because its connections survive a frozen sandbox and local streams speak nothing else. One attempt a call:
 * resending is decided in one place, `storeInOrder`.
 */
export const kinesis = new KinesisClient({
  maxAttempts: 1,
  requestHandler: new NodeHttpHandler({ connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true }),
});

/** Puts records on a stream; answers the error code of each record by position, undefined where it is stored. */
export function putRecordsTo(streamName: string): PutRecords {
  return async (records, signal) => {
    const { Records = [] } = await kinesis.send(
      new PutRecordsCommand({
        StreamName: streamName,
        Records: records.map(({ partitionKey, data }) => ({ PartitionKey: partitionKey, Data: data })),
      }),
      { abortSignal: signal },
    );
    return records.map((_, position) => {
      const result = Records[position];
      return result?.SequenceNumber ? undefined : (result?.ErrorCode ?? 'NoResult');
    });
  };
}
