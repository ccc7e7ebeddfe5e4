import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { putBarrierOn, ReshardingError } from '../../../functions/adapters/barrier-records.ts';
import { createBarriers } from '../../../functions/adapters/barriers.ts';
import { createKinesis, type Kinesis } from '../../../functions/adapters/kinesis.ts';
import { createDynamoDbService } from '../../../infra/local/services/dynamodb.ts';
import { createKinesisService } from '../../../infra/local/services/kinesis.ts';
import { eventually } from '../../e2e/eventually.ts';
import { type LocalAws, startLocalAws } from '../../infra/local/services/local-aws.ts';
import { dynamoDbOf } from './local-dynamodb.ts';
import { createSegmentsTable } from './segments-table.ts';

let aws: LocalAws;
let kinesis: KinesisClient;
beforeAll(async () => {
  aws = await startLocalAws([createDynamoDbService, createKinesisService]);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ENDPOINT_URL', aws.gateway.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'HWSegmentBackfill');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a secret');
  kinesis = new KinesisClient({ ...aws.clientConfig(), requestHandler: new NodeHttpHandler() });
  await kinesis.send(new CreateStreamCommand({ StreamName: 'events', ShardCount: 3 }));
  await active();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  kinesis?.destroy();
  await aws?.[Symbol.asyncDispose]();
});

const active = () =>
  eventually(async () => {
    const { StreamDescriptionSummary: stream } = await kinesis.send(
      new DescribeStreamSummaryCommand({ StreamName: 'events' }),
    );
    return stream?.StreamStatus === 'ACTIVE';
  });

async function recordsOf(ShardId: string): Promise<string[]> {
  const { ShardIterator } = await kinesis.send(
    new GetShardIteratorCommand({ StreamName: 'events', ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
  return Records.map(({ Data }) => Buffer.from(Data ?? []).toString());
}

test('lies on every open shard, also after one was split', async () => {
  const put = putBarrierOn(createKinesis(), 'events');
  const first = await put('one');
  expect(first).toHaveLength(3);
  for (const shard of first) expect(await recordsOf(shard)).toEqual(['{"v":1,"kind":"barrier","id":"one"}']);

  const { Shards: [shard] = [] } = await kinesis.send(new ListShardsCommand({ StreamName: 'events' }));
  const { StartingHashKey = '0', EndingHashKey = '0' } = shard?.HashKeyRange ?? {};
  const NewStartingHashKey = String((BigInt(StartingHashKey) + BigInt(EndingHashKey)) / 2n);
  const split = { StreamName: 'events', ShardToSplit: shard?.ShardId, NewStartingHashKey };
  await kinesis.send(new SplitShardCommand(split));
  await active();
  const second = await put('two');
  expect(second).toHaveLength(4);
  expect(second).not.toContain(shard?.ShardId);
  for (const each of second) expect((await recordsOf(each)).at(-1)).toContain('"two"');
});

const open = (...ids: string[]) => ({
  Shards: ids.map((ShardId) => ({ ShardId, HashKeyRange: {}, SequenceNumberRange: {} })),
});

/** A stream that lists and stores as a test says. */
function aStream(lists: object[], stores: (count: number) => (string | undefined)[]): Kinesis {
  return async (operation, input) => {
    if (operation === 'ListShards') return (lists.length > 1 ? lists.shift() : lists[0]) as never;
    const { Records } = input as { Records: object[] };
    return { Records: stores(Records.length).map((ShardId) => ({ ShardId })) } as never;
  };
}

test('is put again where a shard was throttled, or opened in between', async () => {
  const answers = [['a', undefined], ['b'], ['d']];
  const stream = aStream([open('a', 'b'), open('a', 'b'), open('a', 'd')], () => answers.shift() ?? []);
  expect(await putBarrierOn(stream, 'events')('x')).toEqual(['a', 'b', 'd']);
});

test('gives up on a stream that never stands still', async () => {
  const lists = Array.from({ length: 20 }, (_, shard) => open(`shard-${shard}`));
  await expect(
    putBarrierOn(
      aStream(lists, () => ['another']),
      'events',
    )('x'),
  ).rejects.toBeInstanceOf(ReshardingError);
}, 20_000);

test('is passed on the shards that consumers have marked, however often', async () => {
  await createSegmentsTable(aws);
  const barriers = createBarriers(dynamoDbOf(aws), 'segments', Date.now);
  for (const shard of ['shard-1', 'shard-2', 'shard-1']) await barriers.markBarrier('x', shard);
  await barriers.markBarrier('y', 'shard-3');
  expect(await barriers.passedShards('x')).toEqual(new Set(['shard-1', 'shard-2']));
  expect(await barriers.passedShards('z')).toEqual(new Set());
});
