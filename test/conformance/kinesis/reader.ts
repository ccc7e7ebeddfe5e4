import type { GetShardIteratorInput, Kinesis, PutRecordsResultEntry } from '@aws-sdk/client-kinesis';
import { eventually } from '../case.ts';

/** A shard's records as text, from an iterator on, until `count` of them were read or the shard's end. */
export async function textsFrom(
  kinesis: Kinesis,
  from: Omit<GetShardIteratorInput, 'StreamName'> & { StreamName: string },
  count: number,
): Promise<string[]> {
  let { ShardIterator: iterator } = await kinesis.getShardIterator(from);
  const texts: string[] = [];
  await eventually(`${count} records of ${from.ShardId}`, async () => {
    const { Records = [], NextShardIterator } = await kinesis.getRecords({ ShardIterator: iterator });
    texts.push(...Records.map(({ Data }) => Buffer.from(Data ?? []).toString()));
    iterator = NextShardIterator;
    return texts.length >= count || iterator === undefined;
  });
  return texts;
}

export const bytes = (text: string) => Buffer.from(text);

/** Puts texts under one partition key, one after another. */
export async function putEach(kinesis: Kinesis, StreamName: string, PartitionKey: string, ...texts: string[]) {
  const put: PutRecordsResultEntry[] = [];
  for (const text of texts) put.push(await kinesis.putRecord({ StreamName, PartitionKey, Data: bytes(text) }));
  return put.map(({ ShardId = '', SequenceNumber = '' }) => ({ ShardId, SequenceNumber }));
}

/** Open shards with their range of hash keys, by its beginning. */
export async function openShards(kinesis: Kinesis, StreamName: string) {
  const { Shards = [] } = await kinesis.listShards({ StreamName });
  return Shards.filter(({ SequenceNumberRange }) => SequenceNumberRange?.EndingSequenceNumber === undefined)
    .map((shard) => ({
      ...shard,
      ShardId: shard.ShardId ?? '',
      first: BigInt(shard.HashKeyRange?.StartingHashKey ?? 0),
      last: BigInt(shard.HashKeyRange?.EndingHashKey ?? 0),
    }))
    .toSorted((one, other) => (one.first < other.first ? -1 : 1));
}
