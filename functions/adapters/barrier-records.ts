import { setTimeout as pause } from 'node:timers/promises';
import type { BarrierRecord } from '../../schemas/stream/control.ts';
import type { Kinesis } from './kinesis.ts';

/** Puts a barrier on every open shard; answers the shards. What is put later lies behind it on whatever shard. */
export type PutBarrier = (id: string) => Promise<readonly string[]>;

interface Shard {
  readonly ShardId: string;
  readonly HashKeyRange: { readonly StartingHashKey: string };
  readonly SequenceNumberRange: { readonly EndingSequenceNumber?: string };
}

/** A stream that never stands still: shards opened each time before the barrier lay on all of them. */
export class ReshardingError extends Error {
  override readonly name = 'ReshardingError';

  constructor() {
    super(`Shards opened faster than a barrier was put on them, ${MAX_ROUNDS} times: try again when it is over.`);
  }
}

const MAX_ROUNDS = 10;
/** Pause before the third round, the first that nothing but throttling calls for; doubled for each further one. */
const FIRST_PAUSE_MS = 10;
const MAX_RECORDS_A_CALL = 500;

/**
 * Barriers on a Kinesis stream.
 *
 * A shard that is closed while barriers are put has its open children covered in the next round; a child that opens
 * later holds only what came after its parent's barrier, because consumers read a parent to its end first. Throws
 * `ReshardingError` and what `kinesis` throws.
 */
export function putBarrierOn(kinesis: Kinesis, streamName: string): PutBarrier {
  return async (id) => {
    const record: BarrierRecord = { v: 1, kind: 'barrier', id };
    const Data = Buffer.from(JSON.stringify(record)).toString('base64');
    const covered = new Set<string>();
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      if (round > 1) await pause(FIRST_PAUSE_MS * 2 ** (round - 2));
      const bare = (await openShards(kinesis, streamName)).filter(({ ShardId }) => !covered.has(ShardId));
      if (bare.length === 0) return [...covered].sort();
      for (let at = 0; at < bare.length; at += MAX_RECORDS_A_CALL) {
        const { Records } = await kinesis<{ Records: readonly { ShardId?: string }[] }>('PutRecords', {
          StreamName: streamName,
          Records: bare.slice(at, at + MAX_RECORDS_A_CALL).map(({ HashKeyRange }) => ({
            PartitionKey: 'barrier',
            ExplicitHashKey: HashKeyRange.StartingHashKey,
            Data,
          })),
        });
        for (const { ShardId } of Records) if (ShardId !== undefined) covered.add(ShardId);
      }
    }
    throw new ReshardingError();
  };
}

async function openShards(kinesis: Kinesis, streamName: string): Promise<Shard[]> {
  const open: Shard[] = [];
  let NextToken: string | undefined;
  do {
    const page = await kinesis<{ Shards?: readonly Shard[]; NextToken?: string }>(
      'ListShards',
      NextToken ? { NextToken } : { StreamName: streamName },
    );
    for (const shard of page.Shards ?? []) {
      if (shard.SequenceNumberRange.EndingSequenceNumber === undefined) open.push(shard);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return open;
}
