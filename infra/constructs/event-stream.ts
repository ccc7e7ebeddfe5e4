import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings/stage.ts';
import { explainPrefix } from './explain-prefix.ts';
import type { Grant } from './grant.ts';
import { PrivateBucket } from './private-bucket.ts';

/** Under which Lambda puts batches that it gave up. */
const SET_ASIDE = 'aws/lambda/';

export interface EventStreamProps {
  readonly settings: StageSettings;
  readonly accessLogs: Bucket;
}

/**
 * Owns the stream of accepted events, and the bucket of the batches that no consumer could process.
 *
 * May fail: writes are throttled when a shard's 1 MB/s or 1,000 records/s are used up. On demand this passes as the
 * stream grows; provisioned, the alarm `StreamThrottled` means: add shards. Clients are told to come again, so that
 * nothing is lost, but they wait.
 */
export class EventStream extends Construct {
  readonly stream: Stream;
  /** Whole batches as their function received them. They are acknowledged events: nothing deletes them by age. */
  readonly failedBatches: PrivateBucket;

  constructor(scope: Construct, id: string, { settings, accessLogs }: EventStreamProps) {
    super(scope, id);

    this.stream = new Stream(this, 'Stream', {
      ...(settings.stream.mode === 'provisioned'
        ? { streamMode: StreamMode.PROVISIONED, shardCount: settings.stream.shards }
        : { streamMode: StreamMode.ON_DEMAND }),
      retentionPeriod: Duration.hours(settings.stream.retentionHours),
      encryption: StreamEncryption.MANAGED,
      removalPolicy: settings.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.failedBatches = new PrivateBucket(this, 'FailedBatches', {
      keepData: settings.keepData,
      undeleteDays: settings.lake.undeleteDays,
      accessLogs,
    });
  }

  /** To put records on the stream. */
  grantPut(): Grant<{ STREAM_NAME: string }> {
    return {
      environment: { STREAM_NAME: this.stream.streamName },
      statements: [new PolicyStatement({ actions: ['kinesis:PutRecords'], resources: [this.stream.streamArn] })],
    };
  }

  /** To know the stream's shards. */
  grantListShards(): Grant<{ STREAM_NAME: string }> {
    return {
      environment: { STREAM_NAME: this.stream.streamName },
      statements: [new PolicyStatement({ actions: ['kinesis:ListShards'], resources: [this.stream.streamArn] })],
    };
  }

  /** To write batches that were set aside anew, and to delete for good what was overwritten. */
  grantErase(): Grant<{ FAILED_BATCHES_BUCKET: string }> {
    const { failedBatches } = this;
    return {
      environment: { FAILED_BATCHES_BUCKET: failedBatches.bucketName },
      statements: [
        new PolicyStatement({
          actions: ['s3:ListBucket', 's3:ListBucketVersions'],
          resources: [failedBatches.bucketArn],
        }),
        new PolicyStatement({
          actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:GetObject', 's3:PutObject'],
          resources: [failedBatches.arnForObjects(`${SET_ASIDE}*`)],
        }),
      ],
      explanations: [explainPrefix(failedBatches, SET_ASIDE, 'Lambda names the objects.')],
    };
  }

  /** To take batches that were set aside, once they are put back. */
  grantPutBack(): Grant<{ FAILED_BATCHES_BUCKET: string }> {
    const { failedBatches } = this;
    return {
      environment: { FAILED_BATCHES_BUCKET: failedBatches.bucketName },
      statements: [
        new PolicyStatement({ actions: ['s3:ListBucket'], resources: [failedBatches.bucketArn] }),
        new PolicyStatement({
          actions: ['s3:DeleteObject', 's3:GetObject'],
          resources: [failedBatches.arnForObjects(`${SET_ASIDE}*`)],
        }),
      ],
      explanations: [explainPrefix(failedBatches, SET_ASIDE, 'Lambda names the objects.')],
    };
  }
}
