import { AwsError } from '../errors.ts';
import type { Run } from './corrections.ts';
import type { KinesisStore, StoredShard } from './store.ts';

interface Input {
  readonly StreamName: string;
  readonly ShardToSplit?: string;
  readonly ShardToMerge?: string;
  readonly AdjacentShardToMerge?: string;
}

/** Splits and merges shards that are open; kinesalite takes closed ones, too. */
export async function onlyOpenShards(run: Run, input: Input, store: KinesisStore): ReturnType<Run> {
  const asked = [input.ShardToSplit, input.ShardToMerge, input.AdjacentShardToMerge];
  const closed = (await shardsOf(store, input.StreamName)).find(
    ({ ShardId, SequenceNumberRange: { EndingSequenceNumber: end } }) => asked.includes(ShardId) && end !== undefined,
  );
  if (!closed) return run(input);
  throw new AwsError('InvalidArgumentException', `Shard ${closed.ShardId} of stream ${input.StreamName} is closed`);
}

const shardsOf = (store: KinesisStore, name: string): Promise<readonly StoredShard[]> =>
  new Promise((resolve, reject) => {
    store.getStream(name, (error, stream) => (error ? reject(error) : resolve(stream.Shards)));
  });
