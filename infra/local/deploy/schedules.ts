import { z } from 'zod';
import { TemplateError } from '../errors.ts';
import { beatOf } from '../lambda/beat.ts';
import { account, region } from '../template/types.ts';
import { type Deployer, propertiesOf } from './deployer.ts';
import { functionOf } from './local-parts.ts';
import { physicalName } from './physical-name.ts';

/** Strict, because a setting that the local clock does not honour would make the laptop differ from AWS. */
const schema = z.strictObject({
  Name: z.string().optional(),
  GroupName: z.string().default('default'),
  Description: z.string().optional(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  // Any moment of the window is right: the first one is taken.
  FlexibleTimeWindow: z.unknown().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  KmsKeyArn: z.unknown().optional(),
  Target: z.strictObject({
    Arn: z.string().regex(/^arn:aws:lambda:.*:function:/, 'only Lambda functions are scheduled locally'),
    RoleArn: z.unknown(),
    Input: z.string().optional(),
    // What it retries is a refused call, which does not happen here.
    RetryPolicy: z.unknown().optional(),
    DeadLetterConfig: z.unknown().optional(),
  }),
});

/** Notes a schedule for the clock that the runtime starts. Throws `TemplateError` for an expression it cannot read. */
export const deploySchedule: Deployer = (resource, { assembly, parts }) => {
  const properties = propertiesOf(resource, schema);
  const { ScheduleExpression: expression, ScheduleExpressionTimezone: timeZone, Target: target } = properties;
  const name = properties.Name ?? physicalName(assembly.stackName, resource.logicalId);
  const arn = `arn:aws:scheduler:${region}:${account}:schedule/${properties.GroupName}/${name}`;
  try {
    beatOf(expression, timeZone, 0);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new TemplateError(`${resource.logicalId} (${resource.type}) cannot run locally: ${reason}`, { cause });
  }
  parts.schedules.push({
    logicalId: resource.logicalId,
    arn,
    functionLogicalId: functionOf(parts, target.Arn).logicalId,
    expression,
    timeZone,
    input: target.Input,
    enabled: properties.State === 'ENABLED',
  });
  return { ref: name, attributes: { Arn: arn } };
};
