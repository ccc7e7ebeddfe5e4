import type { ReceivedRecord } from '../clean/cleaned-record.ts';

/**
 * Key of the file that holds a batch's rows of a table: by the UTC day of arrival, the shard and the sequence number
 * of the batch's first record, so that a repeated batch overwrites itself.
 */
export function landedKey(table: string, first: ReceivedRecord): string {
  const day = new Date(first.arrivedAt).toISOString().slice(0, 10);
  return `${table}/day=${day}/${first.shardId}-${first.sequenceNumber}.parquet`;
}

/** Key of the mark that all before a barrier has landed from a shard. */
export const barrierKey = (id: string, shardId: string): string => `barriers/${encodeURIComponent(id)}/${shardId}`;

/** The shards from which all before a barrier has landed: those of the marks among keys that begin with `barrierKey(id, '')`. */
export function landedShards(id: string, keys: readonly string[]): Set<string> {
  const { length } = barrierKey(id, '');
  return new Set(keys.map((key) => key.slice(length)));
}
