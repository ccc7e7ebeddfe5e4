import { randomUUID } from 'node:crypto';
import { Athena } from '@aws-sdk/client-athena';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { Kinesis } from '@aws-sdk/client-kinesis';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SQS } from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { eventually, NotThere } from './case.ts';

export interface TargetOptions {
  /** Default: AWS itself. */
  readonly endpoint?: string;
  /** Default: as the SDK finds them. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Default: as the SDK finds it, or else us-east-1. */
  readonly region?: string;
  /** Name of a function with the code of `test/fixtures/functions/echo`. */
  readonly functionName?: string | undefined;
}

/** An endpoint, and what the cases share on it: made when a case first asks for it, removed at the end. */
export interface Target {
  readonly dynamodb: DynamoDB;
  readonly kinesis: Kinesis;
  readonly s3: S3;
  readonly sqs: SQS;
  readonly athena: Athena;
  readonly lambda: Lambda;
  /** A name or key that nothing else has. */
  fresh(): string;
  /** Name of a table whose items have the key `id`. */
  table(): Promise<string>;
  /** Name of a table whose items have the key `pk` and the sort key `sk`. */
  sorted(): Promise<string>;
  /** Name of a stream of two shards that nobody reshards. */
  stream(): Promise<string>;
  /** Makes a stream for one case alone. */
  ownStream(shards: number): Promise<string>;
  bucket(): Promise<string>;
  /** Name of a bucket that keeps versions. */
  versioned(): Promise<string>;
  /** Makes a queue and gives its URL. */
  queue(attributes?: Record<string, string>): Promise<string>;
  /** Name of the function that does as it is asked. */
  asked(): string;
  /** Removes all that was made. Resolves with the names of what could not be removed. */
  close(): Promise<string[]>;
}

export function openTarget({ endpoint, credentials, region, functionName }: TargetOptions): Target {
  const config = {
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    region: region ?? process.env.AWS_REGION ?? 'us-east-1',
    maxAttempts: endpoint === undefined ? 5 : 1,
    requestHandler: new NodeHttpHandler({ requestTimeout: 60_000, throwOnRequestTimeout: true }),
  };
  const dynamodb = new DynamoDB(config);
  const kinesis = new Kinesis(config);
  const s3 = new S3({ ...config, forcePathStyle: true });
  const sqs = new SQS(config);
  const athena = new Athena(config);
  const lambda = new Lambda(config);
  const prefix = `headwater-conformance-${randomUUID().slice(0, 8)}`;
  const removals: [name: string, remove: () => Promise<unknown>][] = [];
  let count = 0;
  const fresh = () => {
    count += 1;
    return `${prefix}-${count}`;
  };

  const aTable = async (...keys: string[]) => {
    const TableName = fresh();
    removals.push([TableName, () => dynamodb.deleteTable({ TableName })]);
    await dynamodb.createTable({
      TableName,
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
      BillingMode: 'PAY_PER_REQUEST',
    });
    await eventually(`table ${TableName} is active`, async () => {
      const { Table } = await dynamodb.describeTable({ TableName });
      return Table?.TableStatus === 'ACTIVE';
    });
    return TableName;
  };
  const aStream = async (shards: number) => {
    const StreamName = fresh();
    removals.push([StreamName, () => kinesis.deleteStream({ StreamName })]);
    await kinesis.createStream({ StreamName, ShardCount: shards });
    await isActive(kinesis, StreamName);
    return StreamName;
  };
  const aBucket = async (versions: boolean) => {
    const Bucket = fresh();
    removals.push([Bucket, () => removeBucket(s3, Bucket)]);
    await s3.createBucket({ Bucket });
    if (versions) await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } });
    return Bucket;
  };
  return {
    dynamodb,
    kinesis,
    s3,
    sqs,
    athena,
    lambda,
    fresh,
    table: once(() => aTable('id')),
    sorted: once(() => aTable('pk', 'sk')),
    stream: once(() => aStream(2)),
    ownStream: aStream,
    bucket: once(() => aBucket(false)),
    versioned: once(() => aBucket(true)),
    queue: async (Attributes = {}) => {
      const QueueName = `${fresh()}${Attributes.FifoQueue === 'true' ? '.fifo' : ''}`;
      const { QueueUrl = '' } = await sqs.createQueue({ QueueName, Attributes });
      removals.push([QueueName, () => sqs.deleteQueue({ QueueUrl })]);
      return QueueUrl;
    },
    asked: () => {
      if (functionName !== undefined) return functionName;
      throw new NotThere('there is no function: make one of test/fixtures/functions/echo, and name it by --function');
    },
    close: async () => {
      const left: string[] = [];
      for (const [name, remove] of removals.splice(0)) await remove().catch(() => left.push(name));
      for (const client of [dynamodb, kinesis, s3, sqs, athena, lambda]) client.destroy();
      return left;
    },
  };
}

/** Waits until a stream can be written to, and resharded. */
export const isActive = (kinesis: Kinesis, StreamName: string) =>
  eventually(`stream ${StreamName} is active`, async () => {
    const { StreamDescriptionSummary: summary } = await kinesis.describeStreamSummary({ StreamName });
    return summary?.StreamStatus === 'ACTIVE';
  });

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function removeBucket(s3: S3, Bucket: string): Promise<void> {
  const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket }).catch(() => ({}) as never);
  for (const { Key, VersionId } of [...(Versions ?? []), ...(DeleteMarkers ?? [])]) {
    await s3.deleteObject({ Bucket, Key, VersionId });
  }
  const { Contents = [] } = await s3.listObjectsV2({ Bucket });
  for (const { Key } of Contents) await s3.deleteObject({ Bucket, Key });
  await s3.deleteBucket({ Bucket });
}
