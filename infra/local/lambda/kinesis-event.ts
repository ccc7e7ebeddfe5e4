import type { MappingSpec } from '../deploy/local-parts.ts';
import { region } from '../template/types.ts';
import { payloadLimit } from './outcome.ts';

/** A record as GetRecords gives it in JSON. */
export interface KinesisRecord {
  readonly SequenceNumber: string;
  /** Seconds since the epoch. */
  readonly ApproximateArrivalTimestamp: number;
  /** Base64. */
  readonly Data: string;
  readonly PartitionKey: string;
}

/** A record as the handler receives it, with what the poller needs to know of it. */
export interface PolledRecord {
  readonly sequenceNumber: string;
  readonly arrivedAtMs: number;
  /** Bytes that it takes in the event. */
  readonly bytes: number;
  /** How far the shard is read once this record is settled: records after it that were passed over are included. */
  through: string;
  readonly event: object;
}

type Source = Pick<MappingSpec, 'streamArn' | 'roleArn'>;

export function polledRecord(source: Source, shardId: string, record: KinesisRecord): PolledRecord {
  const { SequenceNumber: sequenceNumber, ApproximateArrivalTimestamp, Data, PartitionKey } = record;
  const kinesis = {
    kinesisSchemaVersion: '1.0',
    partitionKey: PartitionKey,
    sequenceNumber,
    data: Data,
    approximateArrivalTimestamp: ApproximateArrivalTimestamp,
  };
  const event = {
    kinesis,
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${shardId}:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: source.roleArn,
    awsRegion: region,
    eventSourceARN: source.streamArn,
  };
  const bytes = Buffer.byteLength(JSON.stringify({ ...event, kinesis: { ...kinesis, data: '' } })) + Data.length;
  return { sequenceNumber, arrivedAtMs: ApproximateArrivalTimestamp * 1000, bytes, through: sequenceNumber, event };
}

/** How many of the records make the next batch: at most `batchSize`, and one event of at most 6 MB. */
export function batchLength(records: readonly PolledRecord[], batchSize: number): number {
  let bytes = '{"Records":[]}'.length;
  let length = 0;
  for (const record of records) {
    bytes += record.bytes + 1;
    if (length === batchSize || (length > 0 && bytes > payloadLimit)) break;
    length += 1;
  }
  return length;
}

export function eventOf(records: readonly PolledRecord[]): object {
  return { Records: records.map(({ event }) => event) };
}
