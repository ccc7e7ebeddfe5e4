import { Kinesis, type Shard } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createKinesisService } from '../../../../infra/local/services/kinesis.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';

const StreamName = 'events';
let aws: LocalAws;
let kinesis: Kinesis;

beforeAll(async () => {
  aws = await startLocalAws([createKinesisService]);
  kinesis = new Kinesis({ ...aws.clientConfig(), requestHandler: new NodeHttpHandler() });
  await kinesis.createStream({ StreamName, ShardCount: 2 });
  await vi.waitFor(async () => expect(await streamStatus()).toBe('ACTIVE'), 60_000);
});
afterAll(async () => {
  kinesis.destroy();
  await aws[Symbol.asyncDispose]();
});

async function streamStatus(): Promise<string | undefined> {
  return (await kinesis.describeStreamSummary({ StreamName })).StreamDescriptionSummary?.StreamStatus;
}

async function readShard(ShardId: string): Promise<{ key: string; data: string; sequence: string }[]> {
  const { ShardIterator } = await kinesis.getShardIterator({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
  const { Records = [] } = await kinesis.getRecords({ ShardIterator });
  return Records.map(({ PartitionKey = '', Data, SequenceNumber = '' }) => ({
    key: PartitionKey,
    data: Buffer.from(Data ?? []).toString(),
    sequence: SequenceNumber,
  }));
}

test('gives back the records of a partition key in order, from one shard', async () => {
  for (let round = 0; round < 3; round++) {
    const Records = ['ann', 'bob'].map((PartitionKey) => ({
      PartitionKey,
      Data: Buffer.from(`${PartitionKey} ${round}`),
    }));
    expect((await kinesis.putRecords({ StreamName, Records })).FailedRecordCount).toBe(0);
  }

  const shards = await Promise.all(['shardId-000000000000', 'shardId-000000000001'].map(readShard));

  const holdingAnn = shards.filter((records) => records.some(({ key }) => key === 'ann'));
  expect(holdingAnn).toHaveLength(1);
  expect(holdingAnn[0]?.filter(({ key }) => key === 'ann').map(({ data }) => data)).toEqual([
    'ann 0',
    'ann 1',
    'ann 2',
  ]);
  for (const records of shards) {
    const sequences = records.map(({ sequence }) => sequence);
    expect(sequences.every((sequence) => sequence.length === 56)).toBe(true);
    expect(sequences).toEqual([...sequences].sort());
  }
});

test('refuses what Kinesis refuses', async () => {
  await expect(
    kinesis.putRecord({ StreamName: 'none', PartitionKey: 'a', Data: Buffer.from('') }),
  ).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await expect(kinesis.putRecords({ StreamName, Records: [] })).rejects.toMatchObject({ name: 'ValidationException' });
});

test('takes many streams and shards', async () => {
  await kinesis.createStream({ StreamName: 'wide', ShardCount: 100 });

  await expect.poll(async () => (await kinesis.listShards({ StreamName: 'wide' })).Shards?.length).toBe(100);
});

/** A stream of its own with two shards. */
async function aStream(name: string) {
  const stream = { StreamName: name };
  await kinesis.createStream({ ...stream, ShardCount: 2 });
  const shards = async () => (await kinesis.listShards(stream)).Shards ?? [];
  const isActive = () =>
    vi.waitFor(async () => {
      const { StreamDescriptionSummary } = await kinesis.describeStreamSummary(stream);
      expect(StreamDescriptionSummary?.StreamStatus).toBe('ACTIVE');
    }, 60_000);
  await isActive();
  return {
    shards,
    isActive,
    open: async () => (await shards()).filter((shard) => shard.SequenceNumberRange?.EndingSequenceNumber === undefined),
  };
}

const middleOf = (shard?: Shard) => {
  const { StartingHashKey = '0', EndingHashKey = '0' } = shard?.HashKeyRange ?? {};
  return String((BigInt(StartingHashKey) + BigInt(EndingHashKey) + 1n) / 2n);
};

test('puts a record on the very shard that its hash key names', async () => {
  const { shards } = await aStream('barriers');
  for (const shard of await shards()) {
    const ExplicitHashKey = shard.HashKeyRange?.StartingHashKey;
    const record = { PartitionKey: 'same for all', ExplicitHashKey, Data: Buffer.from('barrier') };

    const one = await kinesis.putRecord({ StreamName: 'barriers', ...record });
    const many = await kinesis.putRecords({ StreamName: 'barriers', Records: [record, record] });

    const ids = [one, ...(many.Records ?? [])].map(({ ShardId }) => ShardId);
    expect(ids).toEqual([shard.ShardId, shard.ShardId, shard.ShardId]);
  }
});

test('splits a shard and merges two, and lists the open ones with their parents', async () => {
  const { shards, open, isActive } = await aStream('reshard');
  const [first, second] = await shards();

  await kinesis.splitShard({
    StreamName: 'reshard',
    ShardToSplit: first?.ShardId,
    NewStartingHashKey: middleOf(first),
  });
  await isActive();

  const [kept, ...children] = await open();
  expect(kept?.ShardId).toBe(second?.ShardId);
  expect(children.map(({ ParentShardId }) => ParentShardId)).toEqual([first?.ShardId, first?.ShardId]);
  const [lower, upper] = children;
  expect(lower?.HashKeyRange?.StartingHashKey).toBe(first?.HashKeyRange?.StartingHashKey);
  expect(upper?.HashKeyRange?.EndingHashKey).toBe(first?.HashKeyRange?.EndingHashKey);

  await kinesis.mergeShards({
    StreamName: 'reshard',
    ShardToMerge: lower?.ShardId,
    AdjacentShardToMerge: upper?.ShardId,
  });
  await isActive();

  const merged = (await open()).at(-1);
  expect(await open()).toHaveLength(2);
  expect([merged?.ParentShardId, merged?.AdjacentParentShardId]).toEqual([lower?.ShardId, upper?.ShardId]);
  expect(merged?.HashKeyRange).toEqual(first?.HashKeyRange);
  const { ShardId } = await kinesis.putRecord({
    StreamName: 'reshard',
    PartitionKey: 'a',
    ExplicitHashKey: first?.HashKeyRange?.StartingHashKey,
    Data: Buffer.from('after'),
  });
  expect(ShardId).toBe(merged?.ShardId);
});
