import { z } from 'zod';
import { recordFilter } from '../lambda/record-filter.ts';
import { count, type Deployer, flag, propertiesOf } from './deployer.ts';
import { functionOf } from './local-parts.ts';
import { stableUuid } from './physical-name.ts';

/** Strict, because a setting that the local poller does not honour would make the laptop differ from AWS. */
const schema = z.strictObject({
  FunctionName: z.string(),
  EventSourceArn: z.string().regex(/:kinesis:.*:stream\//, 'only Kinesis streams are polled locally'),
  Enabled: flag.default(true),
  BatchSize: count.min(1).max(10_000).default(100),
  MaximumBatchingWindowInSeconds: count.min(0).max(300).default(0),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']),
  BisectBatchOnFunctionError: flag.default(false),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  MaximumRetryAttempts: count.min(-1).default(-1),
  MaximumRecordAgeInSeconds: count.min(-1).default(-1),
  // Batches of a shard are made one after another: a legal order for every factor.
  ParallelizationFactor: count.default(1),
  DestinationConfig: z
    .object({
      OnFailure: z
        .object({
          Destination: z
            .string()
            .startsWith('arn:aws:s3:::', 'only an S3 bucket can be the failure destination locally'),
        })
        .optional(),
    })
    .optional(),
  FilterCriteria: z
    .strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })).default([]) })
    .transform(({ Filters }) => Filters.map(({ Pattern }) => Pattern))
    .superRefine(checkFilters)
    .default([]),
  Tags: z.unknown().optional(),
  MetricsConfig: z.unknown().optional(),
});

function checkFilters(patterns: readonly string[], context: z.RefinementCtx): void {
  try {
    recordFilter(patterns);
  } catch (error) {
    context.addIssue((error as Error).message);
  }
}

/** Notes an event source mapping for the pollers. */
export const deployEventSourceMapping: Deployer = (resource, { assembly, parts }) => {
  const properties = propertiesOf(resource, schema);
  const target = functionOf(parts, properties.FunctionName);
  const uuid = stableUuid(assembly.stackName, resource.logicalId);
  parts.mappings.push({
    logicalId: resource.logicalId,
    uuid,
    functionLogicalId: target.logicalId,
    functionArn: target.arn,
    roleArn: target.roleArn,
    streamName: properties.EventSourceArn.split('/').at(-1) ?? '',
    streamArn: properties.EventSourceArn,
    enabled: properties.Enabled,
    batchSize: properties.BatchSize,
    windowSeconds: properties.MaximumBatchingWindowInSeconds,
    startingPosition: properties.StartingPosition,
    bisect: properties.BisectBatchOnFunctionError,
    reportsFailures: properties.FunctionResponseTypes.length > 0,
    maximumRetries: properties.MaximumRetryAttempts,
    maximumAgeSeconds: properties.MaximumRecordAgeInSeconds,
    failureBucket: properties.DestinationConfig?.OnFailure?.Destination.replace('arn:aws:s3:::', ''),
    filters: properties.FilterCriteria,
  });
  return { ref: uuid, attributes: { Id: uuid } };
};
