import { z } from 'zod';
import { count, type Deployer, propertiesOf } from './deployer.ts';
import { functionOf } from './local-parts.ts';
import { stableId } from './physical-name.ts';

const schema = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal('$LATEST', 'versions have no local part'),
  MaximumRetryAttempts: count.min(0).max(2).default(2),
  MaximumEventAgeInSeconds: count.min(60).max(21_600).default(21_600),
  DestinationConfig: z.strictObject({}, 'destinations of asynchronous invocations have no local part').optional(),
});

/** Notes how a function's asynchronous invocations are retried. */
export const deployEventInvokeConfig: Deployer = (resource, { assembly, parts }) => {
  const properties = propertiesOf(resource, schema);
  parts.asyncLimits.set(functionOf(parts, properties.FunctionName).logicalId, {
    maximumRetries: properties.MaximumRetryAttempts,
    maximumAgeSeconds: properties.MaximumEventAgeInSeconds,
  });
  return { ref: stableId(assembly.stackName, resource.logicalId), attributes: {} };
};
