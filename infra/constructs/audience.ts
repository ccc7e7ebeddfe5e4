import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterCriteria, FilterRule } from 'aws-cdk-lib/aws-lambda';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings/stage.ts';
import type { EventStream } from './event-stream.ts';
import type { Grant } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import { PrivateTable } from './private-table.ts';
import { StreamConsumer } from './stream-consumer.ts';

export interface AudienceProps {
  readonly stream: EventStream;
  readonly settings: StageSettings;
}

/**
 * Owns who is in which segment, as lists: the table of members, counts and transitions, the writer that keeps it by the
 * transitions on the stream, and the queue on which transitions go out, each person's in order.
 *
 * May fail: a write is throttled or a message is not taken; the batch is retried and changes nothing twice. The alarms
 * are the consumer's; while they ring, lists and counts are stale, profiles are not. A transition that nobody takes
 * from the queue for four days is only in the table and the lake.
 */
export class Audience extends Construct {
  readonly table: PrivateTable;
  readonly transitions: Queue;
  readonly updates: StreamConsumer;

  constructor(scope: Construct, id: string, { stream, settings }: AudienceProps) {
    super(scope, id);

    this.table = new PrivateTable(this, 'Table', {
      partitionKey: 'pk',
      sortKey: 'sk',
      keepData: settings.keepData,
      capacity: settings.busyTables,
    });
    this.transitions = new Queue(this, 'Transitions', {
      fifo: true,
      contentBasedDeduplication: false,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      retentionPeriod: Duration.days(4),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: settings.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const reason =
      'Messages go out to whoever subscribes: that consumer decides when one is hopeless, and every one is in the lake.';
    Validations.of(this.transitions).acknowledge(
      { id: 'AwsSolutions-SQS3', reason },
      { id: 'Serverless-SQSRedrivePolicy', reason },
    );

    const writer = new HeadwaterFunction(this, 'Writer', {
      name: 'audience-writer',
      description: 'Keeps members, counts and transitions of segments by the transitions on the stream.',
      grants: this.grantWrite(),
      settings,
      timeout: Duration.minutes(3),
    });
    this.updates = new StreamConsumer(this, 'Updates', {
      consumer: writer.lambda,
      source: stream,
      settings: settings.audienceWriter,
      filters: [FilterCriteria.filter({ data: { kind: FilterRule.or('transitions', 'barrier') } })],
    });
  }

  /** To list members, counts and transitions. */
  grantRead(): Grant<{ AUDIENCE_TABLE: string }> {
    return { environment: { AUDIENCE_TABLE: this.table.tableName }, statements: [this.table.allow('Query')] };
  }

  private grantWrite(): Grant<{ AUDIENCE_TABLE: string; TRANSITIONS_QUEUE_URL: string }> {
    return {
      environment: { AUDIENCE_TABLE: this.table.tableName, TRANSITIONS_QUEUE_URL: this.transitions.queueUrl },
      statements: [
        this.table.allow('BatchGetItem', 'BatchWriteItem', 'PutItem', 'Query'),
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.transitions.queueArn] }),
      ],
    };
  }
}
