import { expect, test } from 'vitest';
import type { Gateway } from '../../../../infra/local/gateway/types.ts';
import { createShardReader } from '../../../../infra/local/lambda/shard-reader.ts';
import { aMapping } from './mappings.ts';

const record = { SequenceNumber: '1', ApproximateArrivalTimestamp: 1, Data: '', PartitionKey: 'k' };

test('finds a record that lies before the iterator of an empty read', async () => {
  // The record becomes visible after a read that already gave an iterator behind it.
  let visible = false;
  const answers: Record<string, () => object> = {
    GetShardIterator: () => ({ ShardIterator: 'before' }),
    GetRecords: () => ({ Records: visible ? [record] : [], NextShardIterator: 'behind' }),
  };
  const gateway = {
    invoke: async (_caller: string, _service: string, operation: string, input: { ShardIterator?: string }) =>
      input.ShardIterator === 'behind' ? { Records: [], NextShardIterator: 'behind' } : answers[operation]?.(),
  } as unknown as Gateway;
  const reader = createShardReader({
    gateway,
    spec: aMapping(),
    shardId: 's',
    from: { fromMs: 0 },
    isClosed: () => false,
  });

  expect((await reader.read(10)).records).toEqual([]);
  visible = true;

  expect((await reader.read(10)).records).toEqual([record]);
  expect((await reader.read(10)).records).toEqual([]);
});
