import { targetOf } from '../services/s3/operation.ts';
import { base64Size } from './billing-item-size.ts';
import { type Charge, chunksOf, KB } from './billing-units.ts';
import type { AwsAnswer, AwsCall } from './types.ts';

const parsed = (body: Buffer): never => JSON.parse(body.toString() || '{}') as never;

/** A PUT payload unit is 25 KB of one record. */
export const putUnits = (bytes: number): number => chunksOf(bytes, 25 * KB);

/** On demand, the volume of a record in bytes: its size, rounded up to the next KB. */
export const recordVolume = (bytes: number): number => chunksOf(bytes, KB) * KB;

interface StreamRecord {
  readonly Data: string;
  readonly PartitionKey: string;
}

/**
 * Kinesis: a record's size is its data and its partition key. Records that were refused are not charged. What an event source
 * mapping reads is charged as any read is.
 */
export function chargesOfKinesis({ operation, body }: AwsCall, answer: AwsAnswer): Charge[] {
  if (answer.status >= 300) return [];
  if (operation === 'GetRecords') {
    const { Records } = parsed(answer.body) as { Records: StreamRecord[] };
    return [{ resource: '', unit: 'kinesisBytesOut', quantity: total(Records, recordVolume) }];
  }
  const taken =
    operation === 'PutRecords' ? takenRecords(body, answer) : operation === 'PutRecord' ? [parsed(body)] : [];
  const resource = taken.length === 0 ? '' : streamOf(parsed(body));
  return [
    { resource, unit: 'kinesisPutUnits', quantity: total(taken, putUnits) },
    { resource, unit: 'kinesisBytesIn', quantity: total(taken, recordVolume) },
  ];
}

function takenRecords(body: Buffer, answer: AwsAnswer): StreamRecord[] {
  const sent = (parsed(body) as { Records: StreamRecord[] }).Records;
  const told = (parsed(answer.body) as { Records: { ErrorCode?: string }[] }).Records;
  return sent.filter((_, index) => told[index]?.ErrorCode === undefined);
}

const streamOf = ({ StreamName, StreamARN }: { StreamName?: string; StreamARN?: string }): string =>
  StreamName ?? StreamARN?.split('/').at(-1) ?? '';

const total = (records: readonly StreamRecord[], unitsOf: (bytes: number) => number): number =>
  records.reduce((sum, { Data, PartitionKey }) => sum + unitsOf(base64Size(Data) + Buffer.byteLength(PartitionKey)), 0);

const writes = new Set(['PutObject', 'CopyObject', 'ListObjectsV2', 'ListBuckets', 'CreateBucket']);
const free = new Set(['DeleteObject', 'DeleteObjects', 'DeleteBucket']);

/** S3: writes and lists are the dear requests, deletions cost nothing; a request that finds nothing is one, too. */
export function chargesOfS3({ operation, url }: AwsCall, status: number): Charge[] {
  if (status >= 500 || free.has(operation)) return [];
  const unit = writes.has(operation) ? 's3WriteRequests' : 's3ReadRequests';
  return [{ resource: targetOf(url).bucket, unit, quantity: 1 }];
}

/** SQS: a request for every 64 KB of what goes either way; a batch is one. */
export function chargesOfSqs({ body }: AwsCall, answer: AwsAnswer): Charge[] {
  const { QueueUrl = '' } = parsed(body) as { QueueUrl?: string };
  const resource = QueueUrl.split('/').at(-1) ?? '';
  const unit = resource.endsWith('.fifo') ? 'sqsFifoRequests' : 'sqsRequests';
  return [{ resource, unit, quantity: chunksOf(Math.max(body.length, answer.body.length), 64 * KB) }];
}

const MB = KB * KB;

/** Bytes that Athena charges for a query: whole megabytes, 10 at least. */
export const scannedBytes = (bytes: number): number => Math.max(10, Math.ceil(bytes / MB)) * MB;

interface QueryExecution {
  readonly QueryExecutionId: string;
  readonly StatementType: string;
  readonly WorkGroup: string;
  readonly Status: { readonly State: string };
  readonly Statistics: { readonly DataScannedInBytes: number };
}

/** Athena: charged when a query is first seen to have ended, by whoever looks; failed and descriptive ones are free. */
export function athenaMeter(): (call: AwsCall, answer: AwsAnswer) => Charge[] {
  const charged = new Set<string>();
  return ({ operation }, answer) => {
    if (answer.status >= 300 || !operation.endsWith('GetQueryExecution')) return [];
    const { QueryExecution, QueryExecutions = [] } = parsed(answer.body) as {
      QueryExecution?: QueryExecution;
      QueryExecutions?: QueryExecution[];
    };
    return [...QueryExecutions, ...(QueryExecution ? [QueryExecution] : [])].flatMap((execution): Charge[] => {
      const { QueryExecutionId: id, StatementType, WorkGroup: resource, Status, Statistics } = execution;
      const isCharged = Status.State === 'SUCCEEDED' || Status.State === 'CANCELLED';
      if (!isCharged || StatementType !== 'DML' || charged.has(id)) return [];
      charged.add(id);
      return [{ resource, unit: 'athenaBytes', quantity: scannedBytes(Statistics.DataScannedInBytes) }];
    });
  };
}
