import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { OnSchedule } from './on-schedule.ts';

export interface EveryMinuteProps {
  readonly invokes: LambdaFunction;
  readonly description: string;
}

/** Owns the clock of a function that runs once a minute; its alarm `Silent` rings after ten. */
export class EveryMinute extends OnSchedule {
  constructor(scope: Construct, id: string, { invokes, description }: EveryMinuteProps) {
    const schedule = ScheduleExpression.rate(Duration.minutes(1));
    super(scope, id, { invokes, description, schedule });
  }
}
