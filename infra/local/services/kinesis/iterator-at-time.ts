import type { Emulator } from '../level-emulator.ts';
import type { Run } from './corrections.ts';
import type { KinesisStore } from './store.ts';

interface Input {
  readonly StreamName: string;
  readonly ShardId: string;
  readonly ShardIteratorType: string;
  /** Seconds since 1970. */
  readonly Timestamp?: number;
}

interface Names {
  shardIxToHex(index: number): string;
  resolveShardId(id: string): { readonly shardIx: number };
}

/** An iterator at a time that no record follows stands behind the last one; kinesalite never answers then. */
export async function iteratorAtTime(
  run: Run,
  input: Input,
  store: KinesisStore,
  emulator: Emulator<unknown>,
): ReturnType<Run> {
  const { StreamName, ShardId, ShardIteratorType, Timestamp } = input;
  if (ShardIteratorType !== 'AT_TIMESTAMP' || Timestamp === undefined || Timestamp * 1000 > Date.now()) {
    return run(input);
  }
  // Refuses a stream or shard that is not there.
  const first = await run({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
  const { shardIxToHex, resolveShardId } = emulator.moduleAt('db') as Names;
  const { shardIx } = resolveShardId(ShardId);
  const range = { gt: shardIxToHex(shardIx), lt: shardIxToHex(shardIx + 1) };
  let last: string | undefined;
  for await (const { key, value } of store.getStreamDb(StreamName).createReadStream(range)) {
    last = key.slice(key.indexOf('/') + 1);
    if (value.ApproximateArrivalTimestamp < Timestamp) continue;
    return run({ StreamName, ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber: last });
  }
  if (last === undefined) return first;
  return run({ StreamName, ShardId, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: last });
}
