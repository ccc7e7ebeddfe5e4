import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  EventSourceMapping,
  type EventSourceMappingOptions,
  type Function as LambdaFunction,
  MetricType,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings/stage.ts';
import type { EventStream } from './event-stream.ts';
import { explainPrefix } from './explain-prefix.ts';

export interface StreamConsumerProps {
  /** The function that is invoked; it answers with `batchItemFailures`. */
  readonly consumer: LambdaFunction;
  readonly source: EventStream;
  readonly settings: StageSettings['profileUpdater' | 'lakeWriter' | 'audienceWriter'];
  /** Which records invoke the function: those that any of them lets through. @default all records */
  readonly filters?: EventSourceMappingOptions['filters'];
}

/**
 * Owns the reading of the stream by one function, from the oldest record on, in order per shard.
 *
 * May fail: a batch whose function throws or names a record is split there and retried. Retries are bounded in
 * number and age, so that a poison record cannot hold the shard; then the batch goes whole to the failed batches.
 *
 * Its alarms: `Lag` means that data is stale and, past the retention, would be lost: see the function's errors and
 * throttles. `Errors` means that records fail again and again: see its log. `SetAside` means that a batch lies in
 * the failed batches: mend the cause and replay it. `Dropped` means that a batch could not even be put there: its
 * events are only in the stream, until the retention ends.
 */
export class StreamConsumer extends Construct {
  readonly consumer: LambdaFunction;
  readonly mapping: EventSourceMapping;

  constructor(scope: Construct, id: string, { consumer, source, settings, filters }: StreamConsumerProps) {
    super(scope, id);
    this.consumer = consumer;

    consumer.addToRolePolicy(
      new PolicyStatement({
        actions: [
          'kinesis:DescribeStream',
          'kinesis:DescribeStreamSummary',
          'kinesis:GetRecords',
          'kinesis:GetShardIterator',
          'kinesis:ListShards',
        ],
        resources: [source.stream.streamArn],
      }),
    );
    this.mapping = new EventSourceMapping(this, 'Mapping', {
      target: consumer,
      eventSourceArn: source.stream.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: settings.batchSize,
      maxBatchingWindow: Duration.seconds(settings.windowSeconds),
      ...(filters && { filters }),
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: settings.retryAttempts,
      maxRecordAge: Duration.hours(settings.recordAgeHours),
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
      supportS3OnFailureDestination: true,
      onFailure: { bind: () => ({ destination: this.setAsideIn(source.failedBatches) }) },
    });
  }

  /** Lambda writes there by the role of the function, under keys that start with `aws/lambda/<mapping>/`. */
  private setAsideIn(bucket: Bucket): string {
    const prefix = 'aws/lambda/';
    this.consumer.addToRolePolicy(
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects(`${prefix}*`)] }),
    );
    this.consumer.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
    const reason = 'Lambda names the objects, and the id of the mapping is not known before it is made.';
    Validations.of(this.consumer.role ?? this.consumer).acknowledge(explainPrefix(bucket, prefix, reason));
    return bucket.bucketArn;
  }

  /** Events that were counted so by the mapping itself, for example `DroppedEventCount`; Sum over 5 minutes. */
  metric(metricName: string): Metric {
    return new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { EventSourceMappingUUID: this.mapping.eventSourceMappingId },
      statistic: 'Sum',
    });
  }
}
