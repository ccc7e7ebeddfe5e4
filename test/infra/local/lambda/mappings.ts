import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MappingSpec } from '../../../../infra/local/deploy/local-parts.ts';
import type { Station } from '../../../../infra/local/gateway/stations.ts';
import type { Gateway } from '../../../../infra/local/gateway/types.ts';
import {
  type EventSourceMapping,
  type MappingOptions,
  startEventSourceMapping,
} from '../../../../infra/local/lambda/event-source-mapping.ts';
import type { Outcome } from '../../../../infra/local/lambda/outcome.ts';
import { s3Put } from '../../../../infra/local/s3-put.ts';
import { createKinesisService } from '../../../../infra/local/services/kinesis.ts';
import { createS3Service } from '../../../../infra/local/services/s3.ts';
import { startLocalAws } from '../services/local-aws.ts';

export interface KinesisEvent {
  readonly Records: readonly {
    readonly eventID: string;
    readonly kinesis: { readonly data: string; readonly sequenceNumber: string; readonly partitionKey: string };
  }[];
}

export function aMapping(overrides: Partial<MappingSpec> = {}): MappingSpec {
  return {
    logicalId: 'UpdatesMapping',
    uuid: '11111111-2222-4333-8444-555555555555',
    functionLogicalId: 'UpdaterA1',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:updater',
    roleArn: 'arn:aws:iam::000000000000:role/updater',
    streamName: 'events',
    streamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/events',
    enabled: true,
    batchSize: 10,
    windowSeconds: 0,
    startingPosition: 'TRIM_HORIZON',
    bisect: false,
    reportsFailures: true,
    maximumRetries: 2,
    maximumAgeSeconds: -1,
    failureBucket: undefined,
    filters: [],
    ...overrides,
  };
}

export const textOf = ({ kinesis }: KinesisEvent['Records'][number]) => Buffer.from(kinesis.data, 'base64').toString();
export const textsOf = (event: KinesisEvent) => event.Records.map(textOf);

type Handler = (event: KinesisEvent) => Outcome | Promise<Outcome>;

export interface Bench extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly dataDir: string;
  /** Texts of each invocation's records, in order. */
  readonly invocations: string[][];
  /** Whatever was answered well, in order of invocation. */
  readonly events: KinesisEvent[];
  start(overrides?: Partial<MappingSpec>, options?: Partial<MappingOptions>): Promise<EventSourceMapping>;
  put(...texts: string[]): Promise<string[]>;
  /** Lets the handler answer otherwise from now on. */
  answer(handler: Handler): void;
  /** Objects of the failure bucket. */
  failures(): { readonly key: string; readonly record: Record<string, unknown> & { payload: string } }[];
}

const done: Handler = () => ({ ok: true, payload: { batchItemFailures: [] } });

/** A stream of `shards` shards on kinesalite behind the gateway, and a scripted function. */
export async function startBench(shards = 1, stations: readonly Station[] = []): Promise<Bench> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'headwater-esm-'));
  const mappings: EventSourceMapping[] = [];
  const aws = await startLocalAws([createKinesisService, createS3Service], {
    dataDir,
    stations,
    onCall: (call, answer) => {
      for (const mapping of mappings) mapping.notice(call, answer);
    },
  });
  const { gateway } = aws;
  await gateway.invoke('tool', 'kinesis', 'CreateStream', { StreamName: 'events', ShardCount: shards });
  await s3Put(gateway, 'tool', '/failed-batches');
  await streamIsActive(gateway);

  let handler = done;
  const invocations: string[][] = [];
  const events: KinesisEvent[] = [];
  const invoke = async (event: object) => {
    invocations.push(textsOf(event as KinesisEvent));
    events.push(event as KinesisEvent);
    return handler(event as KinesisEvent);
  };
  return {
    gateway,
    dataDir,
    invocations,
    events,
    answer: (next) => {
      handler = next;
    },
    start: async (overrides = {}, options = {}) => {
      const mapping = await startEventSourceMapping({
        spec: aMapping(overrides),
        gateway,
        invoke,
        stateFolder: path.join(dataDir, 'state'),
        pace: { pollMs: 100, windowPollMs: 20, settleMs: 0, firstRetryMs: 1, longestRetryMs: 5 },
        ...options,
      });
      mappings.push(mapping);
      return mapping;
    },
    put: async (...texts) => {
      const Records = texts.map((text) => ({
        Data: Buffer.from(text).toString('base64'),
        PartitionKey: text.split('/')[0],
      }));
      const output = await gateway.invoke<{ Records: { SequenceNumber: string }[] }>('tool', 'kinesis', 'PutRecords', {
        StreamName: 'events',
        Records,
      });
      return output.Records.map(({ SequenceNumber }) => SequenceNumber);
    },
    failures: () => {
      const folder = path.join(dataDir, 's3', 'failed-batches');
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      return files
        .map((entry) => path.join(entry.parentPath, entry.name))
        .toSorted()
        .map((file) => ({ key: path.relative(folder, file), record: JSON.parse(readFileSync(file, 'utf8')) }));
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(mappings.map((mapping) => mapping.stop()));
      await aws[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export async function streamIsActive(gateway: Gateway): Promise<void> {
  for (;;) {
    const { StreamDescriptionSummary: summary } = await gateway.invoke<{
      StreamDescriptionSummary: { StreamStatus: string };
    }>('tool', 'kinesis', 'DescribeStreamSummary', { StreamName: 'events' });
    if (summary.StreamStatus === 'ACTIVE') return;
    await sleep(5);
  }
}
