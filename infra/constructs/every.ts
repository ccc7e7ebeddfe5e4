import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

export interface EveryProps {
  readonly minutes: number;
  readonly invokes: LambdaFunction;
  readonly description: string;
}

/**
 * Owns the clock of a function that runs again and again.
 *
 * May fail: the function cannot be invoked, or throws. It is not retried, because its next run does what this one did
 * not. Two of its runs may overlap. The alarm `Silent` of the function means that it did not run for a while: see
 * whether the schedule is enabled, and the function's throttles.
 */
export class Every extends Construct {
  readonly schedule: Schedule;

  constructor(scope: Construct, id: string, { minutes, invokes, description }: EveryProps) {
    super(scope, id);

    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [invokes.functionArn] }));
    this.schedule = new Schedule(this, 'Schedule', {
      description,
      schedule: ScheduleExpression.rate(Duration.minutes(minutes)),
      target: new LambdaInvoke(invokes, {
        // By itself the target would permit every version of the function, too.
        role: role.withoutPolicyUpdates(),
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
      }),
    });
    invokes.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  }
}
