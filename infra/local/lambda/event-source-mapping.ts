import path from 'node:path';
import type { MappingSpec } from '../deploy/local-parts.ts';
import type { AwsAnswer, AwsCall, Gateway } from '../gateway/types.ts';
import { openCheckpoints, type Position } from './checkpoints.ts';
import { createFailureDestination } from './failure-destination.ts';
import type { Outcome } from './outcome.ts';
import { defaultPace, type Pace } from './pace.ts';
import { recordFilter } from './record-filter.ts';
import { createShardReader } from './shard-reader.ts';
import { type ShardStatus, type ShardWorker, startShardWorker } from './shard-worker.ts';

export interface MappingOptions {
  readonly spec: MappingSpec;
  readonly gateway: Gateway;
  readonly invoke: (event: object) => Promise<Outcome>;
  /** Folder of the checkpoint files. */
  readonly stateFolder: string;
  readonly pace?: Partial<Pace>;
}

export interface MappingStatus {
  readonly logicalId: string;
  readonly functionLogicalId: string;
  readonly shards: readonly ShardStatus[];
}

/** `Enabled` while it polls; `Disabling` until the running invocation has ended. */
export type MappingState = 'Enabled' | 'Disabling' | 'Disabled';

/** Feeds a stream to a function with the semantics of Lambda's event source mapping. */
export interface EventSourceMapping {
  state(): MappingState;
  /** Stops polling, or goes on where it stopped; records wait on the stream meanwhile. Until the runtime ends. */
  enable(isEnabled: boolean): void;
  /** Resolves when every record that is in the stream now is processed or discarded, or when it is disabled; cuts batching windows short. */
  drained(): Promise<void>;
  /** Processes the stream again, from its first record that arrived at `fromMs` or later. Default: the whole stream. */
  rewind(fromMs?: number): Promise<void>;
  /** Takes note of a call that passed the gateway: puts wake the pollers, reshards make new ones. */
  notice(call: AwsCall, answer: AwsAnswer): void;
  status(): MappingStatus;
  /** Stops polling and waits for the invocation that is running. */
  stop(): Promise<void>;
}

interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly AdjacentParentShardId?: string;
  readonly SequenceNumberRange: { readonly EndingSequenceNumber?: string };
}

const discoverMs = 30_000;
const puts = new Set(['PutRecord', 'PutRecords']);
const reshards = new Set(['SplitShard', 'MergeShards', 'UpdateShardCount']);

/** Opens a mapping's checkpoints and starts to poll. Rejects when the stream cannot be described. */
export async function startEventSourceMapping(options: MappingOptions): Promise<EventSourceMapping> {
  const { spec, gateway } = options;
  const call = <Output>(operation: string) =>
    gateway.invoke<Output>(spec.functionLogicalId, 'kinesis', operation, { StreamName: spec.streamName });
  const { StreamDescriptionSummary: stream } = await call<{
    StreamDescriptionSummary: { StreamCreationTimestamp: number };
  }>('DescribeStreamSummary');
  const file = path.join(options.stateFolder, `${spec.logicalId}.json`);
  const from = spec.startingPosition === 'LATEST' ? Date.now() : 0;
  const checkpoints = await openCheckpoints(file, stream.StreamCreationTimestamp, from);
  const filter = spec.filters.length > 0 ? recordFilter(spec.filters) : undefined;
  const destination = createFailureDestination(gateway, spec);
  const pace = { ...defaultPace, ...options.pace };

  const workers = new Map<string, ShardWorker>();
  let known = new Map<string, Shard>();
  let stopped = !spec.enabled;
  let isEnabled = spec.enabled;
  let disabling: Promise<void> | undefined;

  const startWorker = (shardId: string, position: Position) => {
    const isClosed = () => known.get(shardId)?.SequenceNumberRange.EndingSequenceNumber !== undefined;
    const reader = createShardReader({ gateway, spec, shardId, from: position, isClosed });
    const checkpoint = (next: Position) => checkpoints.set(shardId, next);
    const { invoke } = options;
    const worker = startShardWorker({ spec, shardId, reader, filter, invoke, destination, checkpoint, pace });
    workers.set(shardId, worker);
    void worker.finished.then((ended) => (ended ? discoverSafely() : undefined));
  };

  /** Lists the shards and starts a worker for each whose parents are processed to their end. */
  const discover = async () => {
    const { Shards: shards } = await call<{ Shards: Shard[] }>('ListShards');
    if (stopped) return;
    known = new Map(shards.map((shard) => [shard.ShardId, shard]));
    const isDone = (shardId?: string) =>
      shardId === undefined || !known.has(shardId) || 'ended' in checkpoints.positionOf(shardId);
    for (const { ShardId, ParentShardId, AdjacentParentShardId } of shards) {
      const position = checkpoints.positionOf(ShardId);
      if (workers.has(ShardId) || 'ended' in position) continue;
      if (isDone(ParentShardId) && isDone(AdjacentParentShardId)) startWorker(ShardId, position);
    }
  };

  let discovering: Promise<void> | undefined;
  /** One listing at a time; a refused one is made good by the next. */
  const discoverSafely = (): Promise<void> => {
    discovering ??= discover()
      .catch(() => {})
      .finally(() => {
        discovering = undefined;
      });
    return discovering;
  };

  const stopWorkers = async () => {
    stopped = true;
    await Promise.all([...workers.values()].map((worker) => worker.stop()));
  };

  const enable = async () => {
    await disabling;
    if (!isEnabled || !stopped) return;
    workers.clear();
    stopped = false;
    await discoverSafely();
  };

  const disable = () => {
    disabling ??= stopWorkers().finally(() => {
      disabling = undefined;
      if (isEnabled) void enable();
    });
  };

  const timer = setInterval(() => void discoverSafely(), discoverMs);
  timer.unref();
  if (!stopped) await discover();

  const drain = async () => {
    for (let seen = -1; seen !== workers.size; ) {
      await discover();
      seen = workers.size;
      await Promise.all([...workers.values()].map((worker) => worker.drain()));
      await discover();
    }
  };

  return {
    state: () => (disabling ? 'Disabling' : isEnabled ? 'Enabled' : 'Disabled'),
    enable: (wanted) => {
      if (wanted === isEnabled) return;
      isEnabled = wanted;
      if (wanted) void enable();
      else disable();
    },
    drained: async () => {
      if (!isEnabled) return;
      try {
        await drain();
      } catch (error) {
        // Whoever pauses it leaves nothing to wait for.
        if (isEnabled) throw error;
      }
    },
    rewind: async (fromMs = 0) => {
      await stopWorkers();
      workers.clear();
      await checkpoints.reset(fromMs);
      stopped = !isEnabled;
      if (!stopped) await discover();
    },
    notice: ({ service, operation, body }, answer) => {
      if (service !== 'kinesis' || stopped) return;
      if (reshards.has(operation)) void discoverSafely();
      if (!puts.has(operation) || !body.includes(spec.streamName)) return;
      const put = new Set(answer.body.toString('latin1').match(/shardId-\d+/g));
      for (const shardId of put) {
        const worker = workers.get(shardId);
        if (worker) worker.ring();
        else if (!known.has(shardId)) void discoverSafely();
      }
    },
    status: () => ({
      logicalId: spec.logicalId,
      functionLogicalId: spec.functionLogicalId,
      shards: [...workers.values()].map((worker) => worker.status()),
    }),
    stop: async () => {
      clearInterval(timer);
      await stopWorkers();
    },
  };
}
