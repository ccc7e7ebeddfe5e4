import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Station } from '../../../../infra/local/gateway/stations.ts';
import { aStack } from './stacks.ts';
import { assemblyOf, folderOf, start } from './test-runtime.ts';

const users = (count: number, text = 'x') => Array.from({ length: count }, (_, index) => `user-${index}/${text}`);

test('carries a request through API, producer, stream and consumer into the bucket', async () => {
  await using runtime = await start();

  expect(await runtime.send(...users(40))).toBe(200);
  await runtime.drained();

  expect(runtime.recorded().toSorted()).toEqual(users(40).toSorted());
  expect(runtime.status()[0]?.shards).toHaveLength(4);
});

test('resolves outputs and environments to what runs here', async () => {
  await using runtime = await start();

  const echo = await runtime.functions.get('Echo')?.invoke({});

  expect(runtime.outputs).toEqual({
    ApiUrl: runtime.apiUrl,
    LongApiUrl: `${runtime.apiUrl}/v1`,
    LakeName: 'headwater-test-lake',
    StreamName: 'Headwater-test-Events',
  });
  expect(echo).toMatchObject({
    payload: { env: { API_URL: runtime.apiUrl, AWS_ENDPOINT_URL: runtime.gateway.url, AWS_ACCESS_KEY_ID: 'HWEcho' } },
  });
});

test('writes the catalog that Athena reads', async () => {
  await using runtime = await start();
  const catalog = JSON.parse(readFileSync(path.join(runtime.dataDir, 'state', 'catalog.json'), 'utf8'));
  expect(catalog).toEqual({
    database: 'headwater_test',
    tables: [
      {
        name: 'events_landed',
        comment: 'Events.',
        kind: 'table',
        columns: [{ name: 'message_id', type: 'string', comment: 'Id.' }],
        partitionKeys: [{ name: 'day', type: 'string', comment: 'Day.' }],
        location: 's3://headwater-test-lake/events_landed/',
        projection: { 'projection.enabled': 'true', 'projection.day.type': 'date' },
      },
      {
        name: 'events',
        comment: 'presto view',
        kind: 'view',
        columns: [{ name: 'message_id', type: 'string', comment: '' }],
        partitionKeys: [],
        viewSql: 'SELECT 1',
        projection: {},
      },
    ],
    workGroups: [{ name: 'headwater-test', outputLocation: 's3://headwater-test-lake/results/' }],
  });
});

test('keeps everything between runs, and repeats nothing', async () => {
  const first = await start();
  await first.send(...users(10, 'first'));
  await first.drained();
  await first.stop();

  await using second = await start(aStack(), { dataDir: first.dataDir });
  rmSync(path.join(first.dataDir, 's3', 'headwater-test-lake', 'batches'), { recursive: true });
  await second.send(...users(10, 'second'));
  await second.drained();

  expect(second.recorded().toSorted()).toEqual(users(10, 'second').toSorted());
});

test('processes the whole stream again after a rewind', async () => {
  await using runtime = await start();
  await runtime.send(...users(10));
  await runtime.drained();
  rmSync(path.join(runtime.dataDir, 's3', 'headwater-test-lake', 'batches'), { recursive: true });

  await runtime.rewind();
  await runtime.drained();

  expect(runtime.recorded().toSorted()).toEqual(users(10).toSorted());
});

test('is settled when that is processed, too, which was on its way to the stream', async () => {
  let isHeld = false;
  const arrive = Promise.withResolvers<void>();
  const hold: Station = async (call, next) => {
    if (call.operation === 'PutRecords' && isHeld) await arrive.promise;
    return await next(call);
  };
  await using runtime = await start(aStack(), { stations: [hold], sandboxes: 2 });
  const [slow, late] = ['user-0/sleep=2000', 'user-1/sleep=5000'];
  await runtime.send(slow);
  await expect.poll(() => runtime.status().some(({ shards }) => shards.some(({ inFlight }) => inFlight))).toBe(true);
  isHeld = true;
  const sent = runtime.send(late);
  const begun = () => runtime.gateway.counts().find(({ operation }) => operation === 'PutRecords')?.calls;
  await expect.poll(begun).toBe(2);
  const settled = runtime.settled();
  await sleep(300);
  arrive.resolve();
  await sent;
  await settled;
  expect(runtime.recorded().toSorted()).toEqual([slow, late]);
});

test('loses nothing when sandboxes are killed', async () => {
  await using runtime = await start(aStack(), { pace: { firstRetryMs: 1, longestRetryMs: 10 } });
  const lines = Array.from({ length: 30 }, (_, index) => `user-${index}/sleep=30`);
  for (let index = 0; index < lines.length; index += 5) {
    await runtime.send(...lines.slice(index, index + 5));
    await sleep(40);
    for (const pid of runtime.functions.get('Recorder')?.pids() ?? []) process.kill(pid, 'SIGKILL');
  }
  await runtime.drained();
  expect(runtime.recorded().toSorted()).toEqual(lines.toSorted());
});

test('stops while handlers run, and goes on with their batch after a restart', async () => {
  const first = await start();
  await first.send('user/sleep=12000', 'user/after');
  const slow = first.echo({ sleepMs: 12_000 }).catch((error: Error) => error);
  await sleep(500);

  const from = performance.now();
  await first.stop();

  expect(performance.now() - from).toBeLessThan(10_000);
  await slow;
  expect(first.recorded()).toEqual([]);
  await using second = await start(aStack(), { dataDir: first.dataDir });
  await second.drained();
  expect(second.recorded()).toEqual(['user/sleep=12000', 'user/after']);
});

test('lets a running request end before it stops', async () => {
  const runtime = await start();
  const answer = runtime.echo({ log: 'begun', sleepMs: 300 });
  await expect.poll(() => readFileSync(runtime.functions.get('Echo')?.logFile ?? '', 'utf8')).toContain('begun');
  await runtime.stop();
  expect((await answer).status).toBe(200);
});

test('says where it runs, as long as it does', async () => {
  const runtime = await start();
  const file = path.join(runtime.dataDir, 'state', 'runtime.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    pid: process.pid,
    gatewayUrl: runtime.gateway.url,
    apiUrl: runtime.apiUrl,
    outputs: runtime.outputs,
  });
  await runtime.stop();
  expect(existsSync(file)).toBe(false);
});

test('adds up the memory of all its processes', async () => {
  await using runtime = await start();
  const alone = runtime.memory();
  await runtime.functions.get('Echo')?.invoke({});
  expect(alone).toBeGreaterThan(10_000_000);
  expect(runtime.memory()).toBeGreaterThan(alone + 5_000_000);
});

test('tells of a failing function once in a while, not at every failure', async () => {
  const troubles: object[] = [];
  await using runtime = await start(aStack(), { onTrouble: (trouble) => troubles.push(trouble) });

  for (let index = 0; index < 3; index += 1) await runtime.functions.get('Echo')?.invoke({ throw: 'too far' });

  expect(troubles).toEqual([
    {
      functionName: 'Headwater-test-Echo',
      errorType: 'RangeError',
      errorMessage: 'too far',
      failures: 1,
      logFile: path.join(runtime.dataDir, 'logs', 'Headwater-test-Echo.log'),
    },
  ]);
});

test('refuses a second runtime on the same data folder, and works on after it', async () => {
  await using runtime = await start();
  await expect(start(aStack(), { dataDir: runtime.dataDir })).rejects.toThrow(
    `Another runtime (process ${process.pid}) works on ${runtime.dataDir}: stop it, or choose another folder with --data.`,
  );
  expect(await runtime.send('user/x')).toBe(200);
});

test('takes the data folder over from a process that died', async () => {
  const dataDir = folderOf('headwater-data-');
  const first = await start(aStack(), { dataDir });
  await first.stop();
  writeFileSync(path.join(dataDir, 'state', 'lock.json'), JSON.stringify({ pid: 2 ** 22 - 3, startTime: '1' }));
  await using second = await start(aStack(), { dataDir });
  expect(await second.send('user/x')).toBe(200);
});

const bucket = { Type: 'AWS::S3::Bucket' };

test.each<[string, () => Promise<unknown>, string]>([
  [
    'a resource type that it does not know',
    () => start(aStack({ Machine: { Type: 'AWS::StepFunctions::StateMachine' } })),
    'Machine is of the type AWS::StepFunctions::StateMachine, which the local runtime does not know',
  ],
  [
    'a mapping setting that the poller does not honour',
    () =>
      start(
        aStack({
          Filtered: {
            Type: 'AWS::Lambda::EventSourceMapping',
            Properties: { ...aStack().Resources.Mapping?.Properties, TumblingWindowInSeconds: 5 },
          },
        }),
      ),
    'Filtered (AWS::Lambda::EventSourceMapping) cannot run locally: Properties: Unrecognized key: "TumblingWindowInSeconds"',
  ],
  [
    'a function without code',
    () => {
      const assemblyDir = assemblyOf(aStack());
      rmSync(path.join(assemblyDir, 'asset.echo'), { recursive: true });
      return start(aStack(), { assemblyDir });
    },
    'The build is incomplete: the code of Echo is missing',
  ],
  [
    'a missing build',
    () => start(aStack(), { assemblyDir: '/nowhere' }),
    'The build is incomplete: /nowhere/manifest.json is missing',
  ],
  [
    'a data folder that is a file',
    () => {
      const file = path.join(folderOf('headwater-data-'), 'file');
      writeFileSync(file, '');
      return start(aStack(), { dataDir: file });
    },
    'choose another with --data',
  ],
  [
    'a view that cannot be decoded',
    () =>
      start(
        aStack({
          Bad: {
            Type: 'AWS::Glue::Table',
            Properties: {
              DatabaseName: 'd',
              TableInput: { Name: 'bad', TableType: 'VIRTUAL_VIEW', ViewOriginalText: 'SELECT 1' },
            },
          },
        }),
      ),
    'The view bad has no ViewOriginalText',
  ],
])('says what is wrong with %s', async (_, attempt, message) => {
  await expect(attempt()).rejects.toThrow(message);
});

test('leaves nothing running after a failed start', async () => {
  const dataDir = folderOf('headwater-data-');
  await expect(start(aStack({ Machine: { Type: 'AWS::StepFunctions::StateMachine' } }), { dataDir })).rejects.toThrow(
    'AWS::StepFunctions::StateMachine',
  );
  await using runtime = await start(aStack({ Another: bucket }), { dataDir });
  expect(await runtime.send('user/x')).toBe(200);
});

test('says that the data folder holds a table of another shape', async () => {
  const first = await start();
  await first.stop();
  const other = aStack({
    Profiles: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      },
    },
  });
  await expect(start(other, { dataDir: first.dataDir })).rejects.toThrow(
    'The table Headwater-test-Profiles of the data folder has other keys or indexes than the template',
  );
});

test.each([
  ['checkpoint', 'state/checkpoints/Mapping.json', 'Mapping.json of the data folder cannot be read'],
  ['database', 'kinesis/CURRENT', 'is damaged'],
])('says that a %s of the data folder is damaged', async (_, file, message) => {
  const first = await start();
  await first.stop();
  writeFileSync(path.join(first.dataDir, file), '{"torn');
  const again = start(aStack(), { dataDir: first.dataDir });
  await expect(again).rejects.toThrow(message);
  await expect(again).rejects.toMatchObject({ name: 'DamagedDataError' });
});
