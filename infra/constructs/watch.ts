import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings/stage.ts';
import type { EventStream } from './event-stream.ts';
import { allOf, type Grant } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import type { Lake } from './lake.ts';
import { OnSchedule } from './on-schedule.ts';

export interface WatchProps {
  readonly stream: EventStream;
  readonly lake: Lake;
  readonly settings: StageSettings;
}

/** What was raised, and what waits for the end of the quiet hours. */
const STATE_KEY = 'watch/state.json';

/**
 * Owns the watch over the figures of the shop and the quality of its data: a function that compares today up to the hour
 * with the same weekdays before, by the rules of `watch` in infra/config.ts, and puts an alert on the stream, for the view
 * `alerts`, when a rule is broken: once a day each, and not in quiet hours.
 *
 * Costs: each look reads some columns of the events of nine days, and all of today's for the score.
 *
 * May fail: a query of the lake fails or takes too long, or the stream throttles; the next look finds the same. The alarm
 * `FiguresAlert` means that a rule is broken: `SELECT * FROM alerts ORDER BY raised_at DESC` tells which, and by how much.
 * `WatchErrors` means that a look failed: see its log. `WatchSilent` means that nobody has looked for more than a day: see
 * its schedule.
 */
export class Watch extends Construct {
  readonly watch: HeadwaterFunction<'watch'>;
  /** Alerts raised; 0 for a look that raised none. */
  readonly alerts: Metric;

  constructor(scope: Construct, id: string, { stream, lake, settings }: WatchProps) {
    super(scope, id);
    const { stackName: namespace } = Stack.of(this);
    const { schedule, ...rules } = settings.watch;

    this.watch = new HeadwaterFunction(this, 'Look', {
      name: 'watch',
      description: 'Raises an alert when figures fall against their own history.',
      grants: allOf(lake.grantQuery(), stream.grantPut(), grantState(lake), {
        environment: { WATCH_SETTINGS: JSON.stringify(rules), METRICS_NAMESPACE: namespace },
        statements: [],
      }),
      settings,
      timeout: Duration.minutes(5),
    });
    this.alerts = new Metric({ namespace, metricName: 'Alerts', statistic: 'Sum' });
    new OnSchedule(this, 'Clock', {
      invokes: this.watch.lambda,
      description: 'Looks at the figures of today.',
      schedule: ScheduleExpression.expression(schedule),
    });
  }
}

function grantState({ bucket }: Lake): Grant<{ LAKE_BUCKET: string; WATCH_STATE_KEY: string }> {
  return {
    environment: { LAKE_BUCKET: bucket.bucketName, WATCH_STATE_KEY: STATE_KEY },
    statements: [
      // The grant to query has what S3 asks for to tell that an object is missing.
      new PolicyStatement({
        actions: ['s3:GetObject', 's3:PutObject'],
        resources: [bucket.arnForObjects(STATE_KEY)],
      }),
    ],
  };
}
