import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, type ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

export interface OnScheduleProps {
  readonly invokes: LambdaFunction;
  readonly description: string;
  readonly schedule: ScheduleExpression;
  /** @default the event of EventBridge Scheduler */
  readonly input?: object;
}

/**
 * Owns the clock of a function.
 *
 * May fail: the function cannot be invoked, or throws. It is not retried, because the next run does what this one did
 * not. Two of its runs may overlap. The alarm `Silent` of the function means that it did not run for a while: see
 * whether the schedule is enabled, and the function's throttles.
 */
export class OnSchedule extends Construct {
  readonly schedule: Schedule;

  constructor(scope: Construct, id: string, { invokes, description, schedule, input }: OnScheduleProps) {
    super(scope, id);
    const maxEventAge = Duration.minutes(1);

    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [invokes.functionArn] }));
    this.schedule = new Schedule(this, 'Schedule', {
      description,
      schedule,
      target: new LambdaInvoke(invokes, {
        // By itself the target would permit every version of the function, too.
        role: role.withoutPolicyUpdates(),
        retryAttempts: 0,
        maxEventAge,
        ...(input && { input: ScheduleTargetInput.fromObject(input) }),
      }),
    });
    // Of a function with two clocks the first has done it.
    if (invokes.node.tryFindChild('EventInvokeConfig') === undefined) {
      invokes.configureAsyncInvoke({ retryAttempts: 0, maxEventAge });
      Validations.of(invokes).acknowledge({
        id: 'Serverless-LambdaAsyncFailureDestination',
        reason: 'The event of a clock says nothing but that it is time: the next run does what this one did not.',
      });
    }
  }
}
