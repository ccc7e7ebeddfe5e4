import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Gateway } from '../gateway/types.ts';
import { account, region } from '../template/types.ts';
import { count, type Deployer, propertiesOf } from './deployer.ts';
import { physicalName } from './physical-name.ts';

const schema = z.object({
  Name: z.string().optional(),
  ShardCount: count.optional(),
  StreamModeDetails: z.object({ StreamMode: z.enum(['ON_DEMAND', 'PROVISIONED']) }).optional(),
});

/** Shards of a new on-demand stream, as on AWS. */
const onDemandShards = 4;

/** Makes a stream, or keeps the one of an earlier run with its records and shards. */
export const deployStream: Deployer = async (resource, { gateway, assembly }) => {
  const { Name, ShardCount, StreamModeDetails } = propertiesOf(resource, schema);
  const name = Name ?? physicalName(assembly.stackName, resource.logicalId, 128);
  const onDemand = StreamModeDetails?.StreamMode === 'ON_DEMAND' || ShardCount === undefined;
  if ((await statusOf(gateway, name)) === undefined) {
    const input = { StreamName: name, ShardCount: onDemand ? onDemandShards : ShardCount };
    await gateway.invoke('tool', 'kinesis', 'CreateStream', input);
  }
  while ((await statusOf(gateway, name)) !== 'ACTIVE') await sleep(10);
  return { ref: name, attributes: { Arn: `arn:aws:kinesis:${region}:${account}:stream/${name}` } };
};

async function statusOf(gateway: Gateway, name: string): Promise<string | undefined> {
  try {
    const { StreamDescriptionSummary: summary } = await gateway.invoke<{
      StreamDescriptionSummary: { StreamStatus: string };
    }>('tool', 'kinesis', 'DescribeStreamSummary', { StreamName: name });
    return summary.StreamStatus;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}
