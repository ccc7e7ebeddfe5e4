import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import type { ReceivedRecord } from '../../shared/clean/cleaned-record.ts';
import { uncompressRecord } from '../../shared/stream/compressed-record.ts';

/** Records of an invocation by an event source mapping, in the order of their shard. */
export const receivedRecords = (event: KinesisStreamEvent): ReceivedRecord[] => event.Records.map(receivedRecord);

function receivedRecord({ eventID, kinesis }: KinesisStreamRecord): ReceivedRecord {
  return {
    data: uncompressRecord(Buffer.from(kinesis.data, 'base64')),
    shardId: eventID.slice(0, eventID.lastIndexOf(':')),
    sequenceNumber: kinesis.sequenceNumber,
    arrivedAt: Math.round(kinesis.approximateArrivalTimestamp * 1000),
  };
}
