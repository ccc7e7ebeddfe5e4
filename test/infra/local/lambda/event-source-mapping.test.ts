import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { failure, type Outcome } from '../../../../infra/local/lambda/outcome.ts';
import { type KinesisEvent, startBench, streamIsActive, textsOf } from './mappings.ts';

const ok: Outcome = { ok: true, payload: null };
const failAt = (sequenceNumber: string | undefined): Outcome => ({
  ok: true,
  payload: { batchItemFailures: [{ itemIdentifier: sequenceNumber }] },
});
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `k/${from + index}`);

test("gives the function a record as Lambda's poller does", async () => {
  await using bench = await startBench();
  const [sequenceNumber] = await bench.put('user-1/hello');

  await (await bench.start()).drained();

  expect(bench.events).toEqual([
    {
      Records: [
        {
          kinesis: {
            kinesisSchemaVersion: '1.0',
            partitionKey: 'user-1',
            sequenceNumber,
            data: Buffer.from('user-1/hello').toString('base64'),
            approximateArrivalTimestamp: expect.closeTo(Date.now() / 1000, -3),
          },
          eventSource: 'aws:kinesis',
          eventVersion: '1.0',
          eventID: `shardId-000000000000:${sequenceNumber}`,
          eventName: 'aws:kinesis:record',
          invokeIdentityArn: 'arn:aws:iam::000000000000:role/updater',
          awsRegion: 'us-east-1',
          eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/events',
        },
      ],
    },
  ]);
});

test('calls Kinesis with the permissions of the function', async () => {
  await using bench = await startBench();
  await (await bench.start()).drained();
  const reads = bench.gateway.counts().filter(({ operation }) => operation === 'GetRecords');
  expect(reads.map(({ caller }) => caller)).toEqual(['UpdaterA1']);
});

test('cuts batches at the batch size, in order', async () => {
  await using bench = await startBench();
  await bench.put(...numbers(25));

  await (await bench.start()).drained();

  expect(bench.invocations.map(({ length }) => length)).toEqual([10, 10, 5]);
  expect(bench.invocations.flat()).toEqual(numbers(25));
});

test('cuts a batch at six megabytes', async () => {
  await using bench = await startBench();
  for (let index = 0; index < 8; index += 1) await bench.put(`k/${index}/${'x'.repeat(999_000)}`);

  await (await bench.start()).drained();

  // A record of 0.999 MB is 1.332 MB in base64: four fit into 6 MB, five don't.
  expect(bench.invocations.map(({ length }) => length)).toEqual([4, 4]);
  for (const event of bench.events) expect(JSON.stringify(event).length).toBeLessThanOrEqual(6 * 1024 * 1024);
});

test('holds records for the batching window, and sends them at its end', async () => {
  await using bench = await startBench();
  await bench.start({ windowSeconds: 4 });
  await bench.put('k/1');
  await sleep(100);
  await bench.put('k/2');
  await sleep(100);
  expect(bench.invocations).toEqual([]);

  await expect.poll(() => bench.invocations).toEqual([['k/1', 'k/2']]);
});

test('sends a full batch before its window ends', async () => {
  await using bench = await startBench();
  await bench.start({ windowSeconds: 60, batchSize: 2 });
  await bench.put('k/1', 'k/2', 'k/3');
  await expect.poll(() => bench.invocations).toEqual([['k/1', 'k/2']]);
});

test('drained cuts the window short', async () => {
  await using bench = await startBench();
  const mapping = await bench.start({ windowSeconds: 60 });
  await bench.put('k/1');
  await mapping.drained();
  expect(bench.invocations).toEqual([['k/1']]);
});

test('is quick after a put and quiet without one', async () => {
  await using bench = await startBench(4);
  const mapping = await bench.start({}, { pace: { pollMs: 60_000 } });
  await mapping.drained();
  const reads = () => bench.gateway.counts().find(({ operation }) => operation === 'GetRecords')?.calls ?? 0;
  const before = reads();
  await sleep(300);
  expect(reads() - before).toBe(0);

  await bench.put('k/1');

  await expect.poll(() => bench.invocations).toEqual([['k/1']]);
});

test('has one batch of a shard in flight at a time, and shards side by side', async () => {
  await using bench = await startBench(4);
  const running = new Map<string, number>();
  let mostOfAll = 0;
  let mostOfShard = 0;
  bench.answer(async ({ Records }) => {
    const shard = Records[0]?.eventID.split(':')[0] ?? '';
    running.set(shard, (running.get(shard) ?? 0) + 1);
    mostOfShard = Math.max(mostOfShard, ...running.values());
    mostOfAll = Math.max(
      mostOfAll,
      [...running.values()].reduce((sum, count) => sum + count, 0),
    );
    await sleep(20);
    running.set(shard, (running.get(shard) ?? 0) - 1);
    return ok;
  });
  await bench.put(...Array.from({ length: 100 }, (_, index) => `user-${index}/x`));

  await (await bench.start()).drained();

  expect(mostOfShard).toBe(1);
  expect(mostOfAll).toBeGreaterThan(1);
  expect(bench.invocations.flat().toSorted()).toHaveLength(100);
});

test('checkpoints at the lowest reported record and retries from there', async () => {
  await using bench = await startBench();
  const ids = await bench.put(...numbers(5));
  let first = true;
  bench.answer(() => {
    const outcome = first ? failAt(ids[2]) : ok;
    first = false;
    return outcome;
  });

  await (await bench.start()).drained();

  expect(bench.invocations).toEqual([numbers(5), ['k/2', 'k/3', 'k/4']]);
});

test.each([
  ['an empty id', failAt('')],
  ['an unknown id', failAt('42')],
  ['an error', failure('Error', 'no')],
])('retries the whole batch for %s', async (_, outcome) => {
  await using bench = await startBench();
  await bench.put(...numbers(3));
  const outcomes = [outcome];
  bench.answer(() => outcomes.pop() ?? ok);

  const mapping = await bench.start();
  await mapping.drained();

  expect(bench.invocations).toEqual([numbers(3), numbers(3)]);
  expect(mapping.status().shards[0]).toMatchObject({ processed: 3, retries: 1, discarded: 0, pending: 0 });
});

test('halves a failing batch until the poison record stands alone, and sets it aside', async () => {
  await using bench = await startBench();
  await bench.put(...numbers(8));
  bench.answer((event) => (textsOf(event).includes('k/5') ? failure('Error', 'poison') : ok));

  const mapping = await bench.start({ bisect: true, maximumRetries: 1, failureBucket: 'failed-batches' });
  await mapping.drained();

  expect(bench.failures()).toHaveLength(1);
  expect(textsOf(JSON.parse(bench.failures()[0]?.record.payload ?? '{}'))).toEqual(['k/5']);
  expect(bench.invocations.filter((texts) => texts.join() === 'k/5')).toHaveLength(2);
  expect(mapping.status().shards[0]).toMatchObject({ processed: 7, discarded: 1, undelivered: 0 });
});

test('writes a given-up batch whole to the failure bucket, as AWS does', async () => {
  await using bench = await startBench();
  const ids = await bench.put('k/1', 'k/2');
  bench.answer(() => failure('Error', 'never'));

  await (await bench.start({ maximumRetries: 2, failureBucket: 'failed-batches' })).drained();

  const [{ key, record } = { key: '', record: { payload: '' } }] = bench.failures();
  const day = new Date().toISOString().slice(0, 10);
  expect(key).toMatch(
    new RegExp(
      `^aws/lambda/11111111-2222-4333-8444-555555555555/shardId-000000000000/${day.replaceAll('-', '/')}/${day}T\\d\\d\\.\\d\\d\\.\\d\\d-[0-9a-f-]{36}$`,
    ),
  );
  expect(record).toMatchObject({
    requestContext: {
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:updater',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 3,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    KinesisBatchInfo: {
      shardId: 'shardId-000000000000',
      startSequenceNumber: ids[0],
      endSequenceNumber: ids[1],
      batchSize: 2,
      streamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/events',
    },
  });
  expect(JSON.parse(record.payload)).toEqual(bench.events[0]);
  const puts = bench.gateway.counts().filter(({ operation }) => operation === 'PutObject');
  expect(puts.map(({ caller }) => caller)).toEqual(['UpdaterA1']);
});

test('goes on after a given-up batch', async () => {
  await using bench = await startBench();
  await bench.put(...numbers(4));
  bench.answer((event) => (textsOf(event).includes('k/0') ? failure('Error', 'never') : ok));

  await (await bench.start({ batchSize: 2 })).drained();

  expect(bench.invocations.at(-1)).toEqual(['k/2', 'k/3']);
});

test('counts what no destination could keep', async () => {
  await using bench = await startBench(1, [
    async (call, next) =>
      call.operation === 'PutObject' ? { status: 503, headers: {}, body: Buffer.alloc(0) } : next(call),
  ]);
  await bench.put('k/1');
  bench.answer(() => failure('Error', 'never'));
  const mapping = await bench.start({ maximumRetries: 0, failureBucket: 'failed-batches' });
  await mapping.drained();
  expect(mapping.status().shards[0]).toMatchObject({ discarded: 1, undelivered: 1 });
});

test('sets aside records that are too old, without another invocation', async () => {
  await using bench = await startBench();
  await bench.put('k/old');
  await sleep(6500);
  await bench.put('k/new');

  await (await bench.start({ maximumAgeSeconds: 6, failureBucket: 'failed-batches' })).drained();

  expect(bench.invocations).toEqual([['k/new']]);
  const [{ record } = { record: { payload: '{}' } }] = bench.failures();
  expect(record).toMatchObject({
    requestContext: { condition: 'RecordAgeExceeded' },
    KinesisBatchInfo: { batchSize: 1 },
  });
  expect(textsOf(JSON.parse(record.payload))).toEqual(['k/old']);
});

test('gives a failing record up when it gets too old', async () => {
  await using bench = await startBench();
  await bench.put('k/1');
  bench.answer(() => failure('Error', 'never'));
  await (await bench.start({ maximumRetries: -1, maximumAgeSeconds: 1, failureBucket: 'failed-batches' })).drained();
  expect(bench.failures()[0]?.record).toMatchObject({ requestContext: { condition: 'RecordAgeExceeded' } });
});

test('goes on after a restart where it stopped', async () => {
  await using bench = await startBench(2);
  await bench.put(...Array.from({ length: 20 }, (_, index) => `user-${index}/a`));
  const first = await bench.start();
  await first.drained();
  await first.stop();
  bench.invocations.length = 0;
  await bench.put('user-1/b', 'user-2/b');

  await (await bench.start()).drained();

  expect(bench.invocations.flat().toSorted()).toEqual(['user-1/b', 'user-2/b']);
});

test('repeats after a restart what was in flight', async () => {
  await using bench = await startBench();
  await bench.put(...numbers(4));
  let release = () => {};
  const invoked = new Promise<void>((resolve) => {
    bench.answer(async (event) => {
      if (!textsOf(event).includes('k/2')) return ok;
      resolve();
      return new Promise((settle) => {
        release = () => settle(failure('Runtime.ExitError', 'killed'));
      });
    });
  });
  const first = await bench.start({ batchSize: 2, maximumRetries: 0 });
  await invoked;
  const stopping = first.stop();
  release();
  await stopping;
  bench.answer(() => ok);
  bench.invocations.length = 0;

  await (await bench.start({ batchSize: 2 })).drained();

  expect(bench.invocations).toEqual([['k/2', 'k/3']]);
});

test('reads from its own creation on with LATEST, also after a restart', async () => {
  await using bench = await startBench();
  await bench.put('k/before');
  await sleep(5);
  const first = await bench.start({ startingPosition: 'LATEST' });
  await first.stop();
  await bench.put('k/while-down');

  await (await bench.start({ startingPosition: 'LATEST' })).drained();

  expect(bench.invocations).toEqual([['k/while-down']]);
});

test('starts anew on a stream that was deleted and made again', async () => {
  await using bench = await startBench();
  await bench.put('k/1');
  const first = await bench.start();
  await first.drained();
  await first.stop();
  await bench.gateway.invoke('tool', 'kinesis', 'DeleteStream', { StreamName: 'events' });
  // Streams are told apart by their creation time, which is in whole seconds.
  await sleep(1100);
  await bench.gateway.invoke('tool', 'kinesis', 'CreateStream', { StreamName: 'events', ShardCount: 1 });
  await streamIsActive(bench.gateway);
  await bench.put('k/2');

  await (await bench.start()).drained();

  expect(bench.invocations).toEqual([['k/1'], ['k/2']]);
});

test('processes the whole stream again after a rewind', async () => {
  await using bench = await startBench();
  await bench.put(...numbers(3));
  const mapping = await bench.start();
  await mapping.drained();

  await mapping.rewind();
  await mapping.drained();

  expect(bench.invocations).toEqual([numbers(3), numbers(3)]);
});

test("processes a split shard's records before its children's", async () => {
  await using bench = await startBench();
  await bench.put(...numbers(15));
  await bench.gateway.invoke('tool', 'kinesis', 'SplitShard', {
    StreamName: 'events',
    ShardToSplit: 'shardId-000000000000',
    NewStartingHashKey: (2n ** 127n).toString(),
  });
  await streamIsActive(bench.gateway);
  await bench.put(...Array.from({ length: 20 }, (_, index) => `user-${index}/after`), 'k/after');

  await (await bench.start()).drained();

  const texts = bench.invocations.flat();
  expect(texts.slice(0, 15)).toEqual(numbers(15));
  expect(texts).toHaveLength(36);
});

test('follows a split and a merge while it runs', async () => {
  await using bench = await startBench();
  const mapping = await bench.start();
  await bench.put(...numbers(5));
  await bench.gateway.invoke('tool', 'kinesis', 'SplitShard', {
    StreamName: 'events',
    ShardToSplit: 'shardId-000000000000',
    NewStartingHashKey: (2n ** 127n).toString(),
  });
  await streamIsActive(bench.gateway);
  await bench.put(...numbers(5, 5), 'a/1', 'b/1', 'c/1');
  await bench.gateway.invoke('tool', 'kinesis', 'MergeShards', {
    StreamName: 'events',
    ShardToMerge: 'shardId-000000000001',
    AdjacentShardToMerge: 'shardId-000000000002',
  });
  await streamIsActive(bench.gateway);
  await bench.put(...numbers(5, 10));

  await mapping.drained();

  const ofKey = bench.invocations.flat().filter((text) => text.startsWith('k/'));
  expect(ofKey).toEqual(numbers(15));
  expect(bench.invocations.flat()).toHaveLength(18);
});

test('loses nothing and keeps the order of a key while reads are refused', async () => {
  let calls = 0;
  await using bench = await startBench(2, [
    async (call, next) => {
      calls += 1;
      const refuse = ['GetRecords', 'GetShardIterator'].includes(call.operation) && calls % 3 === 0;
      const body = Buffer.from('{"__type":"ProvisionedThroughputExceededException","message":"slow down"}');
      return refuse ? { status: 400, headers: {}, body } : next(call);
    },
  ]);
  const mapping = await bench.start();
  const sent: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    const texts = Array.from({ length: 10 }, (_, index) => `user-${index % 5}/${round * 10 + index}`);
    sent.push(...texts);
    await bench.put(...texts);
  }

  await mapping.drained();

  const got = bench.invocations.flat();
  for (let user = 0; user < 5; user += 1) {
    const ofUser = (texts: string[]) => texts.filter((text) => text.startsWith(`user-${user}/`));
    expect(ofUser(got)).toEqual(ofUser(sent));
  }
});

test('finds records that were put at any moment of an idle shard', async () => {
  await using bench = await startBench();
  const mapping = await bench.start({}, { pace: { pollMs: 1, settleMs: 0 } });
  for (let index = 0; index < 60; index += 1) {
    await bench.put(`k/${index}`);
    await sleep(index % 7);
  }
  await mapping.drained();
  expect(bench.invocations.flat()).toEqual(numbers(60));
});

test('a disabled mapping does nothing', async () => {
  await using bench = await startBench();
  await bench.put('k/1');
  const mapping = await bench.start({ enabled: false });
  await mapping.drained();
  await sleep(50);
  expect(bench.invocations).toEqual([]);
});

test('drained rejects when the mapping stops meanwhile', async () => {
  await using bench = await startBench();
  await bench.put('k/1');
  bench.answer(async (_: KinesisEvent) => {
    await sleep(100);
    return failure('Error', 'never');
  });
  const mapping = await bench.start({ maximumRetries: -1 });
  const drained = expect(mapping.drained()).rejects.toThrow('stopped');
  await sleep(50);
  await mapping.stop();
  await drained;
});
