import assert from 'node:assert/strict';
import { refused, rules } from '../case.ts';
import { isActive, type Target } from '../target.ts';
import { bytes, openShards, putEach, textsFrom } from './reader.ts';

const numberOf = (text = '0') => BigInt(text);
const trim = 'TRIM_HORIZON' as const;

/** A stream of one shard that was split in the middle, with a record before and one after. */
async function split({ kinesis, ownStream }: Target) {
  const StreamName = await ownStream(1);
  const [before] = await putEach(kinesis, StreamName, 'k', 'before');
  const ShardToSplit = before?.ShardId ?? '';
  await kinesis.splitShard({ StreamName, ShardToSplit, NewStartingHashKey: `${2n ** 127n}` });
  await isActive(kinesis, StreamName);
  const [after] = await putEach(kinesis, StreamName, 'k', 'after');
  const { Shards = [] } = await kinesis.listShards({ StreamName });
  const parent = Shards.find(({ ShardId }) => ShardId === ShardToSplit);
  const children = Shards.filter(({ ParentShardId }) => ParentShardId === ShardToSplit);
  return { StreamName, parent, children, before, after };
}

export const reshards = rules(
  'kinesis',
  'reshards',
  'streams/latest/dev/kinesis-using-sdk-java-after-resharding.html',
  {
    'a split closes the parent and opens two children that name it': async (target) => {
      const { parent, children } = await split(target);
      assert.ok(parent?.SequenceNumberRange?.EndingSequenceNumber);
      assert.equal(children.length, 2);
      assert.ok(children.every(({ SequenceNumberRange }) => SequenceNumberRange?.EndingSequenceNumber === undefined));
    },
    'children share the hash keys of their parent between them': async (target) => {
      const { parent, children } = await split(target);
      const [low, high] = children
        .map(({ HashKeyRange: range }) => [numberOf(range?.StartingHashKey), numberOf(range?.EndingHashKey)] as const)
        .toSorted(([one], [other]) => (one < other ? -1 : 1));
      assert.equal(low?.[0], numberOf(parent?.HashKeyRange?.StartingHashKey));
      assert.equal((low?.[1] ?? 0n) + 1n, high?.[0]);
      assert.equal(high?.[0], 2n ** 127n);
      assert.equal(high?.[1], numberOf(parent?.HashKeyRange?.EndingHashKey));
    },
    'children start after the parent, by sequence number': async (target) => {
      const { parent, children, before, after } = await split(target);
      const end = numberOf(parent?.SequenceNumberRange?.EndingSequenceNumber);
      assert.ok(end >= numberOf(before?.SequenceNumber));
      assert.ok(children.every(({ SequenceNumberRange: range }) => numberOf(range?.StartingSequenceNumber) > end));
      assert.ok(numberOf(after?.SequenceNumber) > end);
    },
    'a closed shard is read to its end, which has no next iterator': async ({ kinesis, ...target }) => {
      const { StreamName, parent, after } = await split({ kinesis, ...target });
      const read = await textsFrom(kinesis, { StreamName, ShardId: parent?.ShardId, ShardIteratorType: trim }, 99);
      assert.deepEqual(read, ['before']);
      assert.notEqual(after?.ShardId, parent?.ShardId);
    },
    'a merge closes both parents, and its child names them': async ({ kinesis, ownStream }) => {
      const StreamName = await ownStream(2);
      const [low, high] = await openShards(kinesis, StreamName);
      const shards = { ShardToMerge: low?.ShardId, AdjacentShardToMerge: high?.ShardId };
      await kinesis.mergeShards({ StreamName, ...shards });
      await isActive(kinesis, StreamName);
      const [child, ...others] = await openShards(kinesis, StreamName);
      assert.equal(others.length, 0);
      assert.deepEqual([child?.ParentShardId, child?.AdjacentParentShardId], [low?.ShardId, high?.ShardId]);
      assert.deepEqual([child?.first, child?.last], [0n, 2n ** 128n - 1n]);
      const put = await kinesis.putRecord({ StreamName, PartitionKey: 'k', Data: bytes('x') });
      assert.equal(put.ShardId, child?.ShardId);
    },
    'a closed shard cannot be split again': async ({ kinesis, ...target }) => {
      const { StreamName, parent } = await split({ kinesis, ...target });
      const call = kinesis.splitShard({ StreamName, ShardToSplit: parent?.ShardId, NewStartingHashKey: '5' });
      await refused(call, 'ResourceNotFoundException', 'InvalidArgumentException', 'ValidationException');
    },
    'shards that do not touch cannot be merged': async ({ kinesis, ownStream }) => {
      const StreamName = await ownStream(3);
      const [low, , high] = await openShards(kinesis, StreamName);
      const shards = { ShardToMerge: low?.ShardId, AdjacentShardToMerge: high?.ShardId };
      await refused(kinesis.mergeShards({ StreamName, ...shards }), 'InvalidArgumentException');
    },
  },
);

export const listings = rules('kinesis', 'listings', 'kinesis/latest/APIReference/API_ListShards.html', {
  'pages of shards give every one once': async ({ kinesis, ownStream }) => {
    const StreamName = await ownStream(5);
    const ids: (string | undefined)[] = [];
    let page = await kinesis.listShards({ StreamName, MaxResults: 2 });
    for (;;) {
      assert.ok((page.Shards ?? []).length <= 2);
      ids.push(...(page.Shards ?? []).map(({ ShardId }) => ShardId));
      if (page.NextToken === undefined) break;
      page = await kinesis.listShards({ NextToken: page.NextToken, MaxResults: 2 });
    }
    assert.deepEqual(
      ids,
      [0, 1, 2, 3, 4].map((n) => `shardId-00000000000${n}`),
    );
  },
  'a name together with a token is refused': async ({ kinesis, ownStream }) => {
    const StreamName = await ownStream(2);
    const { NextToken } = await kinesis.listShards({ StreamName, MaxResults: 1 });
    assert.ok(NextToken, 'the first page of two names no token');
    await refused(kinesis.listShards({ StreamName, NextToken }), 'InvalidArgumentException', 'ValidationException');
  },
  'a token that is none is refused': async ({ kinesis }) => {
    const codes = ['InvalidArgumentException', 'ExpiredNextTokenException', 'ValidationException'];
    await refused(kinesis.listShards({ NextToken: 'none' }), ...codes);
  },
  'ExclusiveStartShardId begins after that shard': async ({ kinesis, stream }) => {
    const StreamName = await stream();
    const { Shards } = await kinesis.listShards({ StreamName, ExclusiveStartShardId: 'shardId-000000000000' });
    assert.deepEqual(
      Shards?.map(({ ShardId }) => ShardId),
      ['shardId-000000000001'],
    );
  },
  'hash keys of all shards cover all 128 bits without a gap': async ({ kinesis, stream }) => {
    const shards = await openShards(kinesis, await stream());
    assert.equal(shards[0]?.first, 0n);
    assert.equal(shards.at(-1)?.last, 2n ** 128n - 1n);
    assert.ok(shards.every(({ first }, index) => index === 0 || first === (shards[index - 1]?.last ?? 0n) + 1n));
  },
});
