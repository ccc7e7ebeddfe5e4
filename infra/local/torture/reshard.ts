import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../demo/random.ts';
import type { AwsTool } from './aws-tool.ts';

interface Shard {
  readonly ShardId: string;
  readonly HashKeyRange: { readonly StartingHashKey: string; readonly EndingHashKey: string };
  readonly SequenceNumberRange: { readonly EndingSequenceNumber?: string };
}

export type Reshard = 'split' | 'merge';

/** Splits an open shard in the middle, or merges two neighbours; says which. */
export async function reshard(aws: AwsTool, StreamName: string, how: Reshard, random: Random): Promise<string> {
  await active(aws, StreamName);
  const { Shards } = await aws<{ Shards: Shard[] }>('kinesis', 'ListShards', { StreamName });
  const open = Shards.filter(({ SequenceNumberRange }) => SequenceNumberRange.EndingSequenceNumber === undefined);
  const inOrder = open.toSorted((one, other) => (startOf(one) < startOf(other) ? -1 : 1));
  if (how === 'split') {
    const shard = random.pick(inOrder);
    const middle = (startOf(shard) + BigInt(shard.HashKeyRange.EndingHashKey)) / 2n;
    await aws('kinesis', 'SplitShard', { StreamName, ShardToSplit: shard.ShardId, NewStartingHashKey: String(middle) });
    return shard.ShardId;
  }
  const place = random.integer(0, inOrder.length - 2);
  const [one, other] = inOrder.slice(place, place + 2).map(({ ShardId }) => ShardId);
  await aws('kinesis', 'MergeShards', { StreamName, ShardToMerge: one, AdjacentShardToMerge: other });
  return `${one} and ${other}`;
}

const startOf = ({ HashKeyRange }: Shard): bigint => BigInt(HashKeyRange.StartingHashKey);

/** A stream takes one change at a time. */
async function active(aws: AwsTool, StreamName: string): Promise<void> {
  for (;;) {
    const { StreamDescriptionSummary: summary } = await aws<{ StreamDescriptionSummary: { StreamStatus: string } }>(
      'kinesis',
      'DescribeStreamSummary',
      { StreamName },
    );
    if (summary.StreamStatus === 'ACTIVE') return;
    await sleep(50);
  }
}
