import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startGateway } from '../../../../infra/local/gateway/gateway.ts';
import type { Gateway } from '../../../../infra/local/gateway/types.ts';
import { createDynamoDbService } from '../../../../infra/local/services/dynamodb.ts';
import { createKinesisService } from '../../../../infra/local/services/kinesis.ts';
import { loadEmulator } from '../../../../infra/local/services/level-emulator.ts';
import { createSqsService } from '../../../../infra/local/services/sqs.ts';
import { makeDataDir } from './local-aws.ts';

/** The same contract for all services that keep a LevelDB folder: write something, find it again. */
const cases = [
  {
    name: 'kinesis',
    create: createKinesisService,
    write: async (gateway: Gateway) => {
      await gateway.invoke('tool', 'kinesis', 'CreateStream', { StreamName: 's', ShardCount: 1 });
      await expect
        .poll(() => gateway.invoke('tool', 'kinesis', 'DescribeStreamSummary', { StreamName: 's' }))
        .toMatchObject({
          StreamDescriptionSummary: { StreamStatus: 'ACTIVE' },
        });
      const records = Array.from({ length: 5 }, (_, index) => ({ PartitionKey: `${index}`, Data: 'aGVsbG8=' }));
      await gateway.invoke('tool', 'kinesis', 'PutRecords', { StreamName: 's', Records: records });
    },
    count: async (gateway: Gateway) => {
      const input = { StreamName: 's', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' };
      const { ShardIterator } = await gateway.invoke<{ ShardIterator: string }>(
        'tool',
        'kinesis',
        'GetShardIterator',
        input,
      );
      const { Records } = await gateway.invoke<{ Records: [] }>('tool', 'kinesis', 'GetRecords', { ShardIterator });
      return Records.length;
    },
  },
  {
    name: 'dynamodb',
    create: createDynamoDbService,
    write: async (gateway: Gateway) => {
      await gateway.invoke('tool', 'dynamodb', 'CreateTable', {
        TableName: 'ttt',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      });
      await expect
        .poll(() => gateway.invoke('tool', 'dynamodb', 'DescribeTable', { TableName: 'ttt' }))
        .toMatchObject({
          Table: { TableStatus: 'ACTIVE' },
        });
      for (let index = 0; index < 5; index++) {
        await gateway.invoke('tool', 'dynamodb', 'PutItem', { TableName: 'ttt', Item: { id: { S: `${index}` } } });
      }
    },
    count: async (gateway: Gateway) => {
      const { Count } = await gateway.invoke<{ Count: number }>('tool', 'dynamodb', 'Scan', { TableName: 'ttt' });
      return Count;
    },
  },
  {
    name: 'sqs',
    create: createSqsService,
    write: async (gateway: Gateway) => {
      const call = <Output>(operation: string, input: object) =>
        gateway.invoke<Output>('tool', 'sqs', operation, { QueueUrl: '/q.fifo', ...input });
      await call('CreateQueue', { QueueName: 'q.fifo', Attributes: { FifoQueue: 'true' } });
      const messages = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => aMessage(id));
      await call('SendMessageBatch', { Entries: messages });
      // One is deleted, one is in flight: neither counts.
      type Answer = { Messages: { ReceiptHandle: string }[] };
      const { Messages } = await call<Answer>('ReceiveMessage', { MaxNumberOfMessages: 2, VisibilityTimeout: 600 });
      await call('DeleteMessage', { ReceiptHandle: Messages[0]?.ReceiptHandle });
    },
    count: async (gateway: Gateway) => {
      const call = <Output>(operation: string, input: object) =>
        gateway.invoke<Output>('tool', 'sqs', operation, { QueueUrl: '/q.fifo', ...input });
      // The deduplication ids outlive the process, too.
      await call('SendMessageBatch', { Entries: ['a', 'g'].map((id) => aMessage(id)) });
      const { Attributes } = await call<{ Attributes: Record<string, string> }>('GetQueueAttributes', {
        AttributeNames: ['ApproximateNumberOfMessages'],
      });
      return Number(Attributes.ApproximateNumberOfMessages);
    },
  },
] as const;

type Case = (typeof cases)[number];

function aMessage(id: string): object {
  return { Id: id, MessageBody: id, MessageGroupId: id, MessageDeduplicationId: id };
}

let dataDir: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  dataDir = await makeDataDir();
});
afterEach(async () => {
  child?.kill('SIGKILL');
  child = undefined;
  await rm(dataDir, { recursive: true, force: true });
});

async function withService<Result>({ create }: Case, work: (gateway: Gateway) => Promise<Result>): Promise<Result> {
  const service = await create({ dataDir });
  const gateway = await startGateway({ services: [service] });
  try {
    return await work(gateway);
  } finally {
    await gateway.close();
    await service.close();
  }
}

/** Serves the folder from a process of its own and resolves with the address of its gateway. */
async function serveInChild({ name }: Case): Promise<string> {
  child = fork(path.join(import.meta.dirname, 'serve-folder.ts'), [name, dataDir], { stdio: 'ignore' });
  const [url] = await once(child, 'message');
  return String(url);
}

function overHttp(url: string): Gateway {
  const versions: Record<string, string> = {
    kinesis: 'Kinesis_20131202',
    dynamodb: 'DynamoDB_20120810',
    sqs: 'AmazonSQS',
  };
  const invoke = async (_caller: string, service: string, operation: string, input: object) => {
    const authorization = `AWS4-HMAC-SHA256 Credential=HWTOOL/20260102/us-east-1/${service}/aws4_request`;
    const headers = { authorization, 'x-amz-target': `${versions[service]}.${operation}` };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(input) });
    const text = await answer.text();
    return text && JSON.parse(text);
  };
  return { url, counts: () => [], invoke, close: async () => {} };
}

test.each(cases)('$name keeps what was written over a close', async (service) => {
  await withService(service, service.write);

  expect(await withService(service, service.count)).toBe(5);
});

test.each(cases)('$name keeps what was acknowledged before a kill', async (service) => {
  await service.write(overHttp(await serveInChild(service)));
  child?.kill('SIGKILL');
  if (child) await once(child, 'exit');

  expect(await withService(service, service.count)).toBe(5);
});

test.each(cases)('$name says that another process holds its folder', async (service) => {
  await serveInChild(service);

  await expect(service.create({ dataDir })).rejects.toMatchObject({
    name: 'DataFolderError',
    message: `The data folder ${path.join(dataDir, service.name)} is in use by another process: stop that one, or pass another --data`,
  });
});

test.each(cases)('$name says which folder is damaged and how to mend it', async (service) => {
  await withService(service, service.write);
  const folder = path.join(dataDir, service.name);
  const manifest = (await readdir(folder)).find((file) => file.startsWith('MANIFEST')) ?? '';
  await writeFile(path.join(folder, manifest), 'nonsense');

  await expect(service.create({ dataDir })).rejects.toMatchObject({
    name: 'DataFolderError',
    message: expect.stringMatching(
      /^The data folder .* cannot be used \(.+\): if it is damaged, delete it, or pass another --data$/,
    ),
  });
});

test.each(cases)('$name says that its folder is a file', async (service) => {
  await writeFile(path.join(dataDir, service.name), '');

  await expect(service.create({ dataDir })).rejects.toMatchObject({ name: 'DataFolderError' });
});

/** Leaves a stream as a process does that was killed while it changed the stream. */
async function cutOff(name: string, StreamStatus: string): Promise<void> {
  interface Store {
    readonly db: { once(event: 'open', listener: () => void): void; close(): Promise<void> };
    readonly metaDb: { get(name: string): Promise<object>; put(name: string, stream: object): Promise<void> };
  }
  const { db, metaDb } = loadEmulator<Store>('kinesalite').createStore({ path: path.join(dataDir, 'kinesis') });
  await new Promise<void>((resolve) => db.once('open', resolve));
  await metaDb.put(name, { ...(await metaDb.get(name)), StreamStatus });
  await db.close();
}

test.each([
  ['UPDATING', 'ACTIVE'],
  ['CREATING', 'gone'],
  ['DELETING', 'gone'],
])('a stream that a kill left %s is %s after the next start', async (left, found) => {
  const kinesis = cases[0];
  await withService(kinesis, kinesis.write);
  await cutOff('s', left);

  const status = await withService(kinesis, (gateway) =>
    gateway
      .invoke<{ StreamDescriptionSummary: { StreamStatus: string } }>('tool', 'kinesis', 'DescribeStreamSummary', {
        StreamName: 's',
      })
      .then(
        ({ StreamDescriptionSummary: summary }) => summary.StreamStatus,
        (error: Error) => (error.name === 'ResourceNotFoundException' ? 'gone' : error.name),
      ),
  );

  expect(status).toBe(found);
});
