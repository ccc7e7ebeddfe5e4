import { type Metric, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings/stage.ts';
import type { EventStream } from './event-stream.ts';
import { EveryMinute } from './every-minute.ts';
import { allOf, type Grant } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import { PrivateTable } from './private-table.ts';

export interface DueTimesProps {
  readonly stream: EventStream;
  readonly settings: StageSettings;
}

/**
 * Owns time as a cause: the table of the moments at which a membership may change without an event, and the sweeper that
 * puts a tick on the stream for each that has come.
 *
 * May fail: the stream refuses ticks or the table throttles; the next look finds the same entries again, and a tick that
 * comes twice or too early changes nothing. The alarm `SweeperLag` means that entries lie unswept for more than five
 * minutes: memberships that end with time last too long, and get their exact times later. `SweeperErrors` and
 * `SweeperSilent` say why: see the log of the function and its schedule.
 */
export class DueTimes extends Construct {
  readonly table: PrivateTable;
  readonly sweeper: HeadwaterFunction<'sweeper'>;
  /** Seconds that the entry which waited longest had been due when it was swept; the most of 5 minutes. */
  readonly lag: Metric;

  constructor(scope: Construct, id: string, { stream, settings }: DueTimesProps) {
    super(scope, id);

    this.table = new PrivateTable(this, 'Table', {
      partitionKey: 'bucket',
      sortKey: 'due',
      keepData: settings.keepData,
      capacity: settings.busyTables,
    });
    this.sweeper = new HeadwaterFunction(this, 'Sweeper', {
      name: 'sweeper',
      description: 'Puts a tick on the stream for each profile whose memberships may change with time.',
      grants: allOf(this.grantSweep(settings.sweeper.everySeconds), stream.grantPut()),
      settings,
      timeout: Duration.seconds(90),
    });
    this.lag = new MetricFilter(this, 'Lag', {
      logGroup: this.sweeper.logGroup,
      filterPattern: FilterPattern.stringValue('$.code', '=', 'swept'),
      metricNamespace: Stack.of(this).stackName,
      metricName: 'SweepLag',
      metricValue: '$.lagSeconds',
      unit: Unit.SECONDS,
    }).metric({ statistic: 'Maximum' });
    new EveryMinute(this, 'Clock', { invokes: this.sweeper.lambda, description: 'Looks for what is due.' });
  }

  /** To say when something is due. */
  grantArm(): Grant<{ DUE_TABLE: string }> {
    return { environment: { DUE_TABLE: this.table.tableName }, statements: [this.table.allow('BatchWriteItem')] };
  }

  private grantSweep(everySeconds: number): Grant<{ DUE_TABLE: string; SWEEP_SECONDS: string }> {
    return {
      environment: { DUE_TABLE: this.table.tableName, SWEEP_SECONDS: String(everySeconds) },
      statements: [this.table.allow('BatchWriteItem', 'GetItem', 'PutItem', 'Query')],
    };
  }
}
