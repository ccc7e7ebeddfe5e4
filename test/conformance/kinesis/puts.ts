import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { refused, rules } from '../case.ts';
import { bytes, openShards, putEach, textsFrom } from './reader.ts';

const api = (operation: string) => `kinesis/latest/APIReference/API_${operation}.html`;
const invalid = ['ValidationException', 'InvalidArgumentException'];

export const puts = rules('kinesis', 'puts', api('PutRecords'), {
  'an answer names shard and sequence number of each record, by position': async ({ kinesis, stream, fresh }) => {
    const StreamName = await stream();
    const prefix = fresh();
    const Records = Array.from({ length: 20 }, (_, n) => ({ PartitionKey: `${prefix}${n}`, Data: bytes(`${n}`) }));
    const answer = await kinesis.putRecords({ StreamName, Records });
    assert.equal(answer.FailedRecordCount, 0);
    assert.equal(answer.Records?.length, 20);
    for (const [n, { ShardId = '', SequenceNumber = '', ErrorCode }] of (answer.Records ?? []).entries()) {
      assert.equal(ErrorCode, undefined);
      const from = { StreamName, ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER' as const };
      const [first] = await textsFrom(kinesis, { ...from, StartingSequenceNumber: SequenceNumber }, 1);
      assert.equal(first, `${n}`);
    }
  },
  'a sequence number has 56 digits': async ({ kinesis, stream, fresh }) => {
    const [put] = await putEach(kinesis, await stream(), fresh(), 'x');
    assert.match(put?.SequenceNumber ?? '', /^[1-9]\d{55}$/);
  },
  'sequence numbers of a shard grow with each record': async ({ kinesis, stream, fresh }) => {
    const put = await putEach(kinesis, await stream(), fresh(), ...'abcdefgh');
    const numbers = put.map(({ SequenceNumber }) => BigInt(SequenceNumber));
    assert.ok(numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0n)));
  },
  'records of one partition key are in one shard, in the order of their puts': async ({ kinesis, stream, fresh }) => {
    const StreamName = await stream();
    const texts = Array.from({ length: 12 }, (_, n) => `${n}`);
    const put = await putEach(kinesis, StreamName, fresh(), ...texts);
    const [{ ShardId, SequenceNumber } = { ShardId: '', SequenceNumber: '' }] = put;
    assert.deepEqual(new Set(put.map((each) => each.ShardId)), new Set([ShardId]));
    const from = { StreamName, ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER' as const };
    const read = await textsFrom(kinesis, { ...from, StartingSequenceNumber: SequenceNumber }, 12);
    assert.deepEqual(read.slice(0, 12), texts);
  },
  'a partition key goes to the shard whose range holds its MD5': async ({ kinesis, stream, fresh }) => {
    const StreamName = await stream();
    const shards = await openShards(kinesis, StreamName);
    for (let n = 0; n < 6; n += 1) {
      const key = fresh();
      const hash = BigInt(`0x${createHash('md5').update(key).digest('hex')}`);
      const [put] = await putEach(kinesis, StreamName, key, 'x');
      assert.equal(put?.ShardId, shards.find(({ first, last }) => first <= hash && hash <= last)?.ShardId);
    }
  },
  'an explicit hash key goes before the partition key': async ({ kinesis, stream }) => {
    const StreamName = await stream();
    for (const { ShardId, first, last } of await openShards(kinesis, StreamName)) {
      for (const ExplicitHashKey of [`${first}`, `${last}`]) {
        const put = await kinesis.putRecord({ StreamName, PartitionKey: 'same', ExplicitHashKey, Data: bytes('x') });
        assert.equal(put.ShardId, ShardId);
      }
    }
  },
  'a hash key beyond 128 bits is refused': async ({ kinesis, stream }) => {
    const ExplicitHashKey = `${2n ** 128n}`;
    const StreamName = await stream();
    await refused(kinesis.putRecord({ StreamName, PartitionKey: 'k', ExplicitHashKey, Data: bytes('x') }), ...invalid);
  },
  'SequenceNumberForOrdering of an earlier put gives a larger one': async ({ kinesis, stream, fresh }) => {
    const StreamName = await stream();
    const PartitionKey = fresh();
    const first = await kinesis.putRecord({ StreamName, PartitionKey, Data: bytes('1') });
    const ordering = { SequenceNumberForOrdering: first.SequenceNumber };
    const next = await kinesis.putRecord({ StreamName, PartitionKey, Data: bytes('2'), ...ordering });
    assert.ok(BigInt(next.SequenceNumber ?? 0) > BigInt(first.SequenceNumber ?? 0));
  },
});

export const putLimits = rules('kinesis', 'limits of puts', 'streams/latest/dev/service-sizes-and-limits.html', {
  'up to 500 records go at once, more are refused': async ({ kinesis, stream }) => {
    const StreamName = await stream();
    const Records = Array.from({ length: 501 }, (_, n) => ({ PartitionKey: `${n}`, Data: bytes('x') }));
    const { FailedRecordCount } = await kinesis.putRecords({ StreamName, Records: Records.slice(1) });
    assert.equal(FailedRecordCount, 0);
    await refused(kinesis.putRecords({ StreamName, Records }), ...invalid);
  },
  'a record has 1 MiB at most, unless the stream says otherwise': async ({ kinesis, stream }) => {
    const StreamName = await stream();
    const Data = new Uint8Array(1024 * 1024 + 1);
    await kinesis.putRecord({ StreamName, PartitionKey: 'k', Data: Data.subarray(0, 1024 * 1024 - 1) });
    await refused(kinesis.putRecord({ StreamName, PartitionKey: 'k', Data }), ...invalid);
  },
  'a record that is too large refuses all that come with it': async ({ kinesis, stream, fresh }) => {
    const StreamName = await stream();
    const [before] = await putEach(kinesis, StreamName, 'k', 'before');
    const Records = [
      { PartitionKey: 'k', Data: bytes(fresh()) },
      { PartitionKey: 'k', Data: new Uint8Array(1024 * 1024 + 1) },
    ];
    await refused(kinesis.putRecords({ StreamName, Records }), ...invalid);
    await putEach(kinesis, StreamName, 'k', 'after');
    const from = { StreamName, ShardId: before?.ShardId, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const };
    const next = await textsFrom(kinesis, { ...from, StartingSequenceNumber: before?.SequenceNumber }, 1);
    assert.deepEqual(next, ['after']);
  },
  'no records at all are refused': async ({ kinesis, stream }) => {
    await refused(kinesis.putRecords({ StreamName: await stream(), Records: [] }), ...invalid);
  },
  'a partition key has 1 to 256 characters': async ({ kinesis, stream }) => {
    const StreamName = await stream();
    await kinesis.putRecord({ StreamName, PartitionKey: 'ž'.repeat(256), Data: bytes('x') });
    await refused(kinesis.putRecord({ StreamName, PartitionKey: 'k'.repeat(257), Data: bytes('x') }), ...invalid);
    await refused(kinesis.putRecord({ StreamName, PartitionKey: '', Data: bytes('x') }), ...invalid);
  },
  'a stream that is not there is ResourceNotFoundException': async ({ kinesis, fresh }) => {
    const put = kinesis.putRecord({ StreamName: fresh(), PartitionKey: 'k', Data: bytes('x') });
    await refused(put, 'ResourceNotFoundException');
  },
});
