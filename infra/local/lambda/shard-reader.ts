import type { MappingSpec } from '../deploy/local-parts.ts';
import type { Gateway } from '../gateway/types.ts';
import type { Position } from './checkpoints.ts';
import type { KinesisRecord } from './kinesis-event.ts';

export interface ShardRead {
  readonly records: readonly KinesisRecord[];
  /** No record can follow: the shard is closed and read to its end. */
  readonly ended: boolean;
}

export interface ShardReader {
  /** The next records; none when there are none now. Rejects when the gateway refuses. */
  read(limit: number): Promise<ShardRead>;
}

export interface ShardReaderOptions {
  readonly gateway: Gateway;
  readonly spec: MappingSpec;
  readonly shardId: string;
  readonly from: Position;
  /** Whether the shard takes no more records, as far as is known. */
  readonly isClosed: () => boolean;
}

/** An iterator lives five minutes. */
const renewMs = 240_000;

/** Records a read at most, as the service bounds a read by its size. */
export const mostRecords = 1000;

/**
 * Reads a shard in order, with the function's own permissions.
 *
 * After an empty read of an open shard the same iterator is used again: the next one would stand at the time of
 * the read, and a record that was being written at that time could lie before it.
 */
export function createShardReader({ gateway, spec, shardId, from, isClosed }: ShardReaderOptions): ShardReader {
  const call = <Output>(operation: string, input: object) =>
    gateway.invoke<Output>(spec.functionLogicalId, 'kinesis', operation, input);
  let position = from;
  let iterator: { readonly value: string; readonly madeAt: number } | undefined;
  let ended = 'ended' in from;

  const openIterator = async () => {
    const start =
      'after' in position
        ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: position.after }
        : { ShardIteratorType: 'TRIM_HORIZON' };
    const input = { StreamName: spec.streamName, ShardId: shardId, ...start };
    const { ShardIterator } = await call<{ ShardIterator: string }>('GetShardIterator', input);
    return { value: ShardIterator, madeAt: Date.now() };
  };

  /** One GetRecords; `moved` tells whether the iterator went on, so that another read makes sense at once. */
  const readOnce = async (limit: number): Promise<{ records: KinesisRecord[]; moved: boolean }> => {
    const closed = isClosed();
    if (!iterator || Date.now() - iterator.madeAt > renewMs) iterator = await openIterator();
    const input = { ShardIterator: iterator.value, Limit: Math.max(1, Math.min(limit, mostRecords)) };
    const { Records: records, NextShardIterator: next } = await call<{
      Records: KinesisRecord[];
      NextShardIterator?: string;
    }>('GetRecords', input);
    if (next === undefined) ended = true;
    else if (records.length > 0 || closed) iterator = { value: next, madeAt: Date.now() };
    const fromMs = 'fromMs' in position ? position.fromMs : 0;
    const wanted = records.filter((record) => record.ApproximateArrivalTimestamp * 1000 >= fromMs);
    const last = wanted.at(-1);
    if (last) position = { after: last.SequenceNumber };
    return { records: wanted, moved: records.length > 0 || closed };
  };

  return {
    read: async (limit) => {
      try {
        while (!ended) {
          const { records, moved } = await readOnce(limit);
          if (records.length > 0 || !moved) return { records, ended };
        }
        return { records: [], ended };
      } catch (error) {
        iterator = undefined;
        throw error;
      }
    },
  };
}
