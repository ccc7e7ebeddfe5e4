import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings/stage.ts';
import type { Audience } from './audience.ts';
import type { DueTimes } from './due-times.ts';
import type { EventStream } from './event-stream.ts';
import { allOf, type Grant } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import { identityRules } from './identity-rules.ts';
import type { PrivacyRegister } from './privacy-register.ts';
import { PrivateTable } from './private-table.ts';
import type { Segments } from './segments.ts';
import { StreamConsumer } from './stream-consumer.ts';

export interface ProfilesProps {
  readonly stream: EventStream;
  readonly segments: Segments;
  readonly audience: Audience;
  readonly dueTimes: DueTimes;
  readonly register: PrivacyRegister;
  readonly settings: StageSettings;
}

/**
 * Owns the profiles: their table, and the updater that folds the stream into it. Nobody else writes profiles,
 * but a replay that folds them anew.
 *
 * May fail: a write is throttled (the batch is retried) or its condition fails (the profile is read and folded
 * again). The alarms are the consumer's; while they ring, profiles are stale but not wrong. A table that was damaged
 * is brought back to any second of the last 35 days.
 */
export class Profiles extends Construct {
  readonly table: PrivateTable;
  readonly updates: StreamConsumer;

  constructor(
    scope: Construct,
    id: string,
    { stream, segments, audience, dueTimes, register, settings }: ProfilesProps,
  ) {
    super(scope, id);

    this.table = new PrivateTable(this, 'Table', {
      partitionKey: 'id',
      keepData: settings.keepData,
      capacity: settings.busyTables,
    });

    const updater = new HeadwaterFunction(this, 'Updater', {
      name: 'profile-updater',
      description: 'Folds the stream into profiles, joins them to people, and evaluates segments.',
      grants: allOf(
        this.grant('BatchGetItem', 'DeleteItem', 'PutItem'),
        segments.grantFollow(),
        audience.grantRead(),
        dueTimes.grantArm(),
        stream.grantPut(),
        register.grantGuard(),
        identityRules(settings),
      ),
      settings,
      timeout: Duration.minutes(1),
    });
    this.updates = new StreamConsumer(this, 'Updates', {
      consumer: updater.lambda,
      source: stream,
      settings: settings.profileUpdater,
    });
  }

  /** To read a profile, and the parts of a person. */
  grantRead(): Grant<{ PROFILES_TABLE: string }> {
    return this.grant('BatchGetItem');
  }

  /** To read all profiles. */
  grantScan(): Grant<{ PROFILES_TABLE: string }> {
    return this.grant('BatchGetItem', 'Scan');
  }

  /** To put other parts in the place of those that are stored, and to pause the updater for that. */
  grantRebuild(
    settings: StageSettings,
  ): Grant<{ PROFILES_TABLE: string; IDENTITY_RULES: string; UPDATES_MAPPING: string }> {
    const { eventSourceMappingArn, eventSourceMappingId } = this.updates.mapping;
    const actions = ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'];
    return allOf(this.grant('BatchGetItem', 'PutItem'), identityRules(settings), {
      environment: { UPDATES_MAPPING: eventSourceMappingId },
      statements: [new PolicyStatement({ actions, resources: [eventSourceMappingArn] })],
    });
  }

  private grant(...actions: string[]): Grant<{ PROFILES_TABLE: string }> {
    return { environment: { PROFILES_TABLE: this.table.tableName }, statements: [this.table.allow(...actions)] };
  }
}
