import assert from 'node:assert/strict';
import { eventually, refused, rules } from '../case.ts';
import type { Target } from '../target.ts';
import { bytes, putEach, textsFrom } from './reader.ts';

const source = 'kinesis/latest/APIReference/API_GetShardIterator.html';

/** Three records in one shard of the shared stream. */
async function three({ kinesis, stream, fresh }: Target) {
  const StreamName = await stream();
  const texts = ['a', 'b', 'c'].map((each) => `${fresh()}-${each}`);
  const put = await putEach(kinesis, StreamName, fresh(), ...texts);
  const ShardId = put[0]?.ShardId ?? '';
  return { StreamName, ShardId, texts, numbers: put.map(({ SequenceNumber }) => SequenceNumber) };
}

export const iterators = rules('kinesis', 'iterators', source, {
  'TRIM_HORIZON begins with the oldest record': async ({ kinesis, ownStream }) => {
    const StreamName = await ownStream(1);
    const [put] = await putEach(kinesis, StreamName, 'k', '1', '2');
    const from = { StreamName, ShardId: put?.ShardId, ShardIteratorType: 'TRIM_HORIZON' as const };
    assert.deepEqual(await textsFrom(kinesis, from, 2), ['1', '2']);
  },
  'AT_SEQUENCE_NUMBER begins with that record': async (target) => {
    const { StreamName, ShardId, texts, numbers } = await three(target);
    const from = { StreamName, ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER' as const };
    const read = await textsFrom(target.kinesis, { ...from, StartingSequenceNumber: numbers[1] }, 2);
    assert.deepEqual(read.slice(0, 2), texts.slice(1));
  },
  'AFTER_SEQUENCE_NUMBER begins with the next record': async (target) => {
    const { StreamName, ShardId, texts, numbers } = await three(target);
    const from = { StreamName, ShardId, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const };
    const read = await textsFrom(target.kinesis, { ...from, StartingSequenceNumber: numbers[1] }, 1);
    assert.equal(read[0], texts[2]);
  },
  'LATEST begins with what comes after it was asked for': async (target) => {
    const { kinesis } = target;
    const { StreamName, ShardId } = await three(target);
    let { ShardIterator } = await kinesis.getShardIterator({ StreamName, ShardId, ShardIteratorType: 'LATEST' });
    const { Shards = [] } = await kinesis.listShards({ StreamName });
    const ExplicitHashKey = Shards.find((shard) => shard.ShardId === ShardId)?.HashKeyRange?.StartingHashKey;
    await kinesis.putRecord({ StreamName, PartitionKey: 'k', ExplicitHashKey, Data: bytes('after') });
    const [first] = await eventually('the record after LATEST', async () => {
      const { Records = [], NextShardIterator } = await kinesis.getRecords({ ShardIterator });
      ShardIterator = NextShardIterator;
      return Records.length > 0 && Records;
    });
    assert.equal(Buffer.from(first?.Data ?? []).toString(), 'after');
  },
  'AT_TIMESTAMP begins with the first record that arrived then or later': async (target) => {
    const { StreamName, ShardId, texts, numbers } = await three(target);
    const at = { StreamName, ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER' as const };
    const { ShardIterator } = await target.kinesis.getShardIterator({ ...at, StartingSequenceNumber: numbers[1] });
    const { Records = [] } = await eventually('the second record', async () => {
      const answer = await target.kinesis.getRecords({ ShardIterator, Limit: 1 });
      return (answer.Records ?? []).length > 0 && answer;
    });
    const Timestamp = Records[0]?.ApproximateArrivalTimestamp;
    const from = { StreamName, ShardId, ShardIteratorType: 'AT_TIMESTAMP' as const, Timestamp };
    const read = await textsFrom(target.kinesis, from, 1);
    assert.ok(texts.slice(0, 2).includes(read[0] ?? ''), `it began with ${read[0]}, not with ${texts[1]}`);
  },
  'AT_TIMESTAMP after all records gives what comes': async ({ kinesis, ownStream }) => {
    const StreamName = await ownStream(1);
    const [put] = await putEach(kinesis, StreamName, 'k', 'before');
    const ShardId = put?.ShardId;
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const Timestamp = new Date(Math.floor(Date.now() / 1000) * 1000);
    const from = { StreamName, ShardId, ShardIteratorType: 'AT_TIMESTAMP' as const, Timestamp };
    let { ShardIterator } = await kinesis.getShardIterator(from);
    await putEach(kinesis, StreamName, 'k', 'after');
    const texts = await eventually('a record', async () => {
      const { Records = [], NextShardIterator } = await kinesis.getRecords({ ShardIterator });
      ShardIterator = NextShardIterator;
      return Records.length > 0 && Records.map(({ Data }) => Buffer.from(Data ?? []).toString());
    });
    assert.deepEqual(texts, ['after']);
  },
  'AT_TIMESTAMP of the future is refused': async ({ kinesis, stream }) => {
    const from = { StreamName: await stream(), ShardId: 'shardId-000000000000' };
    const Timestamp = new Date(Date.now() + 3_600_000);
    const call = kinesis.getShardIterator({ ...from, ShardIteratorType: 'AT_TIMESTAMP', Timestamp });
    await refused(call, 'InvalidArgumentException', 'ValidationException');
  },
  'an iterator that is none is refused': async ({ kinesis }) => {
    await refused(kinesis.getRecords({ ShardIterator: 'AAAA' }), 'InvalidArgumentException', 'ValidationException');
  },
  'a shard that is not there is ResourceNotFoundException': async ({ kinesis, stream }) => {
    const from = { StreamName: await stream(), ShardIteratorType: 'LATEST' as const };
    await refused(kinesis.getShardIterator({ ...from, ShardId: 'shardId-000000004711' }), 'ResourceNotFoundException');
  },
  'a sequence number of another shard is refused': async (target) => {
    const { StreamName, ShardId, numbers } = await three(target);
    const { Shards = [] } = await target.kinesis.listShards({ StreamName });
    const other = Shards.find((shard) => shard.ShardId !== ShardId)?.ShardId;
    const from = { StreamName, ShardId: other, ShardIteratorType: 'AT_SEQUENCE_NUMBER' as const };
    const call = target.kinesis.getShardIterator({ ...from, StartingSequenceNumber: numbers[0] });
    await refused(call, 'InvalidArgumentException');
  },
});

export const reads = rules('kinesis', 'reads', 'kinesis/latest/APIReference/API_GetRecords.html', {
  'a record has its key, number, bytes and time of arrival': async (target) => {
    const before = Date.now();
    const { StreamName, ShardId, texts, numbers } = await three(target);
    const from = { StreamName, ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER' as const };
    const { ShardIterator } = await target.kinesis.getShardIterator({ ...from, StartingSequenceNumber: numbers[0] });
    const { Records } = await eventually('a record', async () => {
      const answer = await target.kinesis.getRecords({ ShardIterator, Limit: 1 });
      return (answer.Records ?? []).length > 0 && answer;
    });
    const [record] = Records ?? [];
    assert.equal(Buffer.from(record?.Data ?? []).toString(), texts[0]);
    assert.equal(record?.SequenceNumber, numbers[0]);
    const arrived = record?.ApproximateArrivalTimestamp?.getTime() ?? 0;
    assert.ok(Math.abs(arrived - before) < 60_000, `it arrived at ${arrived}, was put at ${before}`);
  },
  'a limit bounds a read, and the next goes on there': async (target) => {
    const { StreamName, ShardId, texts, numbers } = await three(target);
    const from = { StreamName, ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER' as const };
    let { ShardIterator } = await target.kinesis.getShardIterator({ ...from, StartingSequenceNumber: numbers[0] });
    const read: string[][] = [];
    await eventually('three reads', async () => {
      const { Records = [], NextShardIterator } = await target.kinesis.getRecords({ ShardIterator, Limit: 1 });
      ShardIterator = NextShardIterator;
      if (Records.length > 0) read.push(Records.map(({ Data }) => Buffer.from(Data ?? []).toString()));
      return read.length === 3;
    });
    assert.deepEqual(
      read,
      texts.map((text) => [text]),
    );
  },
  'an iterator may be used again and gives the same': async (target) => {
    const { StreamName, ShardId, texts, numbers } = await three(target);
    const from = { StreamName, ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER' as const };
    const { ShardIterator } = await target.kinesis.getShardIterator({ ...from, StartingSequenceNumber: numbers[0] });
    for (let time = 0; time < 2; time += 1) {
      const first = await eventually('a record', async () => {
        const { Records = [] } = await target.kinesis.getRecords({ ShardIterator, Limit: 1 });
        return Records[0] !== undefined && Buffer.from(Records[0].Data ?? []).toString();
      });
      assert.equal(first, texts[0]);
    }
  },
  'a limit above 10,000 is refused': async (target) => {
    const { StreamName, ShardId } = await three(target);
    const from = { StreamName, ShardId, ShardIteratorType: 'LATEST' as const };
    const { ShardIterator } = await target.kinesis.getShardIterator(from);
    const call = target.kinesis.getRecords({ ShardIterator, Limit: 10_001 });
    await refused(call, 'ValidationException', 'InvalidArgumentException');
  },
  'a read holds 10 MB at most': async ({ kinesis, ownStream }) => {
    const StreamName = await ownStream(1);
    const Data = new Uint8Array(900_000);
    for (let n = 0; n < 14; n += 1) await kinesis.putRecord({ StreamName, PartitionKey: 'k', Data });
    const from = { StreamName, ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' as const };
    let { ShardIterator } = await kinesis.getShardIterator(from);
    let count = 0;
    await eventually('all records', async () => {
      const { Records = [], NextShardIterator } = await kinesis.getRecords({ ShardIterator });
      ShardIterator = NextShardIterator;
      assert.ok(Records.length * 900_000 <= 10 * 1024 * 1024, `it gave ${Records.length} records of 900 kB`);
      count += Records.length;
      return count === 14;
    });
  },
});
