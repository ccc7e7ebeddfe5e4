import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings/stage.ts';
import type { AccessKeys } from './access-keys.ts';
import type { Audience } from './audience.ts';
import type { EventStream } from './event-stream.ts';
import { EveryMinute } from './every-minute.ts';
import { allOf, type Grant } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import type { Lake } from './lake.ts';
import { PrivateTable } from './private-table.ts';

export interface SegmentsProps {
  readonly stream: EventStream;
  readonly lake: Lake;
  readonly audience: Audience;
  readonly keys: AccessKeys;
  readonly settings: StageSettings;
}

/**
 * Owns the definitions of segments: their table, the API that manages them, and the backfill that brings a new
 * definition the past from the lake.
 *
 * May fail: a query of the lake is refused or stopped, or the stream throttles; a backfill goes on where it stopped,
 * within a minute, and until it is done the version before stays in force. The alarm `BackfillErrors` means that it
 * fails again and again: see its log. `BackfillSilent` means that nobody looks after stopped ones: see its schedule.
 */
export class Segments extends Construct {
  readonly table: PrivateTable;
  readonly api: HeadwaterFunction<'segment-api'>;
  readonly backfill: HeadwaterFunction<'segment-backfill'>;

  constructor(scope: Construct, id: string, { stream, lake, audience, keys, settings }: SegmentsProps) {
    super(scope, id);

    this.table = new PrivateTable(this, 'Table', {
      partitionKey: 'pk',
      sortKey: 'sk',
      keepData: settings.keepData,
    });
    this.backfill = new HeadwaterFunction(this, 'Backfill', {
      name: 'segment-backfill',
      description: 'Brings new definitions of segments the past from the lake.',
      grants: allOf(
        this.grant('GetItem', 'PutItem', 'Query', 'UpdateItem'),
        lake.grantStartQuery(),
        lake.grantBarriers(),
        stream.grantPut(),
        stream.grantListShards(),
      ),
      settings,
      timeout: Duration.minutes(15),
    });
    new EveryMinute(this, 'BackfillClock', {
      invokes: this.backfill.lambda,
      description: 'Looks after backfills that stopped.',
    });
    this.api = new HeadwaterFunction(this, 'Api', {
      name: 'segment-api',
      description: 'Manages segments, and answers for their members.',
      grants: allOf(
        this.grant('GetItem', 'PutItem'),
        audience.grantRead(),
        lake.grantQuery(),
        this.grantBackfill(),
        keys.grantCheck('API_KEYS', settings.apiKeys),
      ),
      settings,
      timeout: Duration.seconds(29),
    });
  }

  /** To read definitions. */
  grantRead(): Grant<{ SEGMENTS_TABLE: string }> {
    return this.grant('GetItem');
  }

  /** To read definitions, and to say how far the stream was read. */
  grantFollow(): Grant<{ SEGMENTS_TABLE: string }> {
    return this.grant('GetItem', 'PutItem');
  }

  /** To read definitions, to see how far the stream was read, and to keep how far a replay is. */
  grantReplay(): Grant<{ SEGMENTS_TABLE: string }> {
    return this.grant('GetItem', 'PutItem', 'Query');
  }

  private grant(...actions: string[]): Grant<{ SEGMENTS_TABLE: string }> {
    return { environment: { SEGMENTS_TABLE: this.table.tableName }, statements: [this.table.allow(...actions)] };
  }

  private grantBackfill(): Grant<{ BACKFILL_FUNCTION: string }> {
    const { functionName, functionArn } = this.backfill.lambda;
    return {
      environment: { BACKFILL_FUNCTION: functionName },
      statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] })],
    };
  }
}
