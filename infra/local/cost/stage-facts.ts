import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Resource } from '../deploy/deployer.ts';

/** Resources of a stage with their properties, by logical id. */
export type Resources = ReadonlyMap<string, Resource>;

export interface StreamSettings {
  readonly mode: 'onDemand' | 'provisioned';
  readonly shards: number;
  readonly retentionHours: number;
}

/** Reads them from a synthesized stage. */
export async function resourcesOf(assemblyDir: string): Promise<Map<string, Resource>> {
  const template = (await readdir(assemblyDir)).find((name) => name.endsWith('.template.json')) ?? '';
  const { Resources } = JSON.parse(await readFile(path.join(assemblyDir, template), 'utf8')) as {
    Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
  };
  return new Map(
    Object.entries(Resources).map(([logicalId, { Type, Properties }]) => [
      logicalId,
      { logicalId, type: Type, properties: Properties ?? {} },
    ]),
  );
}

/** Shards with which an on-demand stream begins; they take 4 MB a second. */
const ON_DEMAND_SHARDS = 4;

export function streamOf(resources: Resources): StreamSettings {
  const stream = [...resources.values()].find(({ type }) => type === 'AWS::Kinesis::Stream');
  const { ShardCount, RetentionPeriodHours } = (stream?.properties ?? {}) as Record<string, number | undefined>;
  return {
    mode: ShardCount === undefined ? 'onDemand' : 'provisioned',
    shards: ShardCount ?? ON_DEMAND_SHARDS,
    retentionHours: RetentionPeriodHours ?? 24,
  };
}

/** Whether Lambda writes a line of its own when an invocation begins and ends. */
export function hasPlatformLog(lambda: Resource | undefined): boolean {
  const { SystemLogLevel = 'INFO' } = (lambda?.properties.LoggingConfig ?? {}) as { SystemLogLevel?: string };
  return SystemLogLevel !== 'WARN';
}

/** Format of the API's access log, where it has one. */
export function accessLogFormatOf(resources: Resources): string | undefined {
  const stage = [...resources.values()].find(({ type }) => type === 'AWS::ApiGatewayV2::Stage');
  return (stage?.properties.AccessLogSettings as { Format?: string } | undefined)?.Format;
}

/** Units that a table always has, and the share of its units that shall be used. */
export interface TableCapacity {
  readonly leastWrites: number;
  readonly leastReads: number;
  readonly utilisation: number;
}

/** The tables that are provisioned, by logical id. */
export function provisionedTables(resources: Resources): Map<string, TableCapacity> {
  const policy = [...resources.values()].find(({ type }) => type === 'AWS::ApplicationAutoScaling::ScalingPolicy');
  const { TargetTrackingScalingPolicyConfiguration: target } = (policy?.properties ?? {}) as {
    TargetTrackingScalingPolicyConfiguration?: { TargetValue?: number };
  };
  const found = new Map<string, TableCapacity>();
  for (const [logicalId, { type, properties }] of resources) {
    if (type !== 'AWS::DynamoDB::Table' || properties.ProvisionedThroughput === undefined) continue;
    const { ReadCapacityUnits, WriteCapacityUnits } = properties.ProvisionedThroughput as Record<string, number>;
    found.set(logicalId, {
      leastWrites: WriteCapacityUnits ?? 0,
      leastReads: ReadCapacityUnits ?? 0,
      utilisation: (target?.TargetValue ?? 100) / 100,
    });
  }
  return found;
}

/** Days that a file of the lake lies there after it was deleted. */
export function undeleteDaysOf(resources: Resources): number {
  const bucket = [...resources].find(([id, { type }]) => type === 'AWS::S3::Bucket' && id.startsWith('LakeBucket'));
  const { Rules = [] } = (bucket?.[1].properties.LifecycleConfiguration ?? {}) as {
    Rules?: readonly { readonly NoncurrentVersionExpiration?: { readonly NoncurrentDays?: number } }[];
  };
  return Math.max(0, ...Rules.map(({ NoncurrentVersionExpiration: rule }) => rule?.NoncurrentDays ?? 0));
}
