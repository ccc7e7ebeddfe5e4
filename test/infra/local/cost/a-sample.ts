import type { Sample } from '../../../../infra/local/cost/sample.ts';
import type { UsageLine } from '../../../../infra/local/gateway/billing-units.ts';

const mapping = (Ref: string, windowSeconds: number) => ({
  logicalId: `${Ref}Mapping`,
  type: 'AWS::Lambda::EventSourceMapping',
  properties: { FunctionName: { Ref }, BatchSize: 10_000, MaximumBatchingWindowInSeconds: windowSeconds },
});

export const aUsage = (over: Partial<UsageLine>): UsageLine => ({
  caller: 'CollectorFunction0A1B2C3D',
  operation: 'PutRecords',
  resource: 'stream',
  unit: 'kinesisBytesIn',
  quantity: 1000,
  ...over,
});

/** What a run of 1,000 events in 100 requests may have used, on four shards on demand. */
export function aSample(over: Partial<Sample> = {}): Sample {
  const writer = { caller: 'LakeWriterFunction0A1B2C3D' };
  const resources = [mapping('LakeWriterFunction0A1B2C3D', 60), mapping('UpdaterFunction0A1B2C3D', 1)];
  return {
    events: 1000,
    requests: 100,
    stream: { mode: 'onDemand', shards: 4, retentionHours: 24 },
    usage: [
      aUsage({ unit: 'kinesisBytesIn', quantity: 1_100_000 }),
      aUsage({ unit: 'kinesisPutUnits', quantity: 100 }),
      aUsage({ operation: 'Invoke', unit: 'lambdaRequests', quantity: 100 }),
      aUsage({ caller: 'UpdaterFunction0A1B2C3D', operation: 'PutItem', unit: 'dynamodbWriteUnits', quantity: 250 }),
      aUsage({ ...writer, operation: 'Invoke', unit: 'lambdaRequests', quantity: 10 }),
      aUsage({ ...writer, operation: 'PutObject', unit: 's3WriteRequests', quantity: 20 }),
    ],
    idle: [
      {
        functionLogicalId: 'SweeperFunction0A1B2C3D',
        expression: 'rate(1 minute)',
        timeZone: 'Etc/UTC',
        usage: [
          aUsage({ caller: 'SweeperFunction0A1B2C3D', operation: 'Query', unit: 'dynamodbReadUnits', quantity: 3 }),
        ],
      },
    ],
    snapshot: [],
    tableBytes: { ProfilesTable0A1B2C3D: 100_000 },
    lakeBytes: 400_000,
    sealedBytes: 100_000,
    resources: new Map(resources.map((resource) => [resource.logicalId, resource])),
    ...over,
  };
}
