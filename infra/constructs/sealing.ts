import { type Metric, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings/stage.ts';
import type { EventStream } from './event-stream.ts';
import { allOf } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import type { Lake } from './lake.ts';
import { OnSchedule } from './on-schedule.ts';

export interface SealingProps {
  readonly stream: EventStream;
  readonly lake: Lake;
  readonly settings: StageSettings;
}

/**
 * Owns the sealing of days: the function that writes what landed on a day that is over anew, each row once, in order, in
 * few files, and later deletes what landed; and its clock.
 *
 * May fail: the lake cannot be read or written, or a day takes longer than a run; the next run goes on where it stopped,
 * and views show the same rows meanwhile. The alarm `SealerBehind` means that a day that ended more than two days ago is
 * not sealed: queries still are exact, and read more and more small files. See whether the lake-writer is behind (it must
 * pass a barrier first), then the log of the sealer. `SealerErrors` and `SealerSilent` say why.
 */
export class Sealing extends Construct {
  readonly sealer: HeadwaterFunction<'sealer'>;
  /** Days since the first that could be sealed and is not, the most of 5 minutes. */
  readonly daysBehind: Metric;

  constructor(scope: Construct, id: string, { stream, lake, settings }: SealingProps) {
    super(scope, id);

    this.sealer = new HeadwaterFunction(this, 'Sealer', {
      name: 'sealer',
      description: 'Seals days of the lake that are over.',
      grants: allOf(lake.grantSeal(settings.lake.landedGraceHours), stream.grantPut(), stream.grantListShards()),
      settings,
      timeout: Duration.minutes(15),
    });
    new OnSchedule(this, 'Clock', {
      invokes: this.sealer.lambda,
      description: 'Looks for days of the lake to seal.',
      schedule: ScheduleExpression.rate(Duration.minutes(15)),
    });
    this.daysBehind = new MetricFilter(this, 'Behind', {
      logGroup: this.sealer.logGroup,
      filterPattern: FilterPattern.stringValue('$.code', '=', 'sealing'),
      metricNamespace: Stack.of(this).stackName,
      metricName: 'SealingDaysBehind',
      metricValue: '$.daysBehind',
      unit: Unit.COUNT,
    }).metric({ statistic: 'Maximum' });
  }
}
