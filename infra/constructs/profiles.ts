import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageSettings } from '../config.ts';
import type { EventStream } from './event-stream.ts';
import type { Grant } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import { StreamConsumer } from './stream-consumer.ts';

export interface ProfilesProps {
  readonly stream: EventStream;
  readonly settings: StageSettings;
}

/**
 * Owns the profiles: their table, and the updater that folds the stream into it. Nobody else writes profiles.
 *
 * May fail: a write is throttled (the batch is retried) or its condition fails (the profile is read and folded
 * again). The alarms are the consumer's; while they ring, profiles are stale but not wrong. A table that was damaged
 * is brought back to any second of the last 35 days.
 */
export class Profiles extends Construct {
  readonly table: Table;
  readonly updates: StreamConsumer;

  constructor(scope: Construct, id: string, { stream, settings }: ProfilesProps) {
    super(scope, id);

    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: settings.keepData,
      removalPolicy: settings.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });

    const updater = new HeadwaterFunction(this, 'Updater', {
      name: 'profile-updater',
      description: 'Folds the stream into profiles.',
      grants: this.grantWrite(),
      settings,
      timeout: Duration.minutes(1),
    });
    this.updates = new StreamConsumer(this, 'Updates', {
      consumer: updater.lambda,
      source: stream,
      settings: settings.profileUpdater,
    });
  }

  /** To read a profile. */
  grantRead(): Grant<{ PROFILES_TABLE: string }> {
    return this.grant('dynamodb:GetItem');
  }

  private grantWrite(): Grant<{ PROFILES_TABLE: string }> {
    return this.grant('dynamodb:BatchGetItem', 'dynamodb:PutItem');
  }

  private grant(...actions: string[]): Grant<{ PROFILES_TABLE: string }> {
    return {
      environment: { PROFILES_TABLE: this.table.tableName },
      statements: [new PolicyStatement({ actions, resources: [this.table.tableArn] })],
    };
  }
}
