import type { MappingSpec } from '../deploy/local-parts.ts';
import { type Chunk, progressOf, verdictOf } from './batch-progress.ts';
import { createBatchSource } from './batch-source.ts';
import type { Position } from './checkpoints.ts';
import type { Discard, FailureDestination } from './failure-destination.ts';
import { eventOf, type PolledRecord } from './kinesis-event.ts';
import type { Outcome } from './outcome.ts';
import { backoffMs, type Pace } from './pace.ts';
import type { RecordFilter } from './record-filter.ts';
import type { ShardReader } from './shard-reader.ts';
import { createWaker } from './waker.ts';

export interface ShardWorkerOptions {
  readonly spec: MappingSpec;
  readonly shardId: string;
  readonly reader: ShardReader;
  /** Which records are for the function. Default: all. */
  readonly filter?: RecordFilter | undefined;
  readonly invoke: (event: object) => Promise<Outcome>;
  readonly destination: FailureDestination;
  /** Makes a position durable. */
  readonly checkpoint: (position: Position) => Promise<void>;
  readonly pace: Pace;
}

export interface ShardStatus {
  readonly shardId: string;
  /** Records read and not yet processed or discarded. */
  readonly pending: number;
  readonly inFlight: boolean;
  readonly caughtUp: boolean;
  readonly processed: number;
  readonly retries: number;
  readonly discarded: number;
  /** Discarded records that no destination keeps. */
  readonly undelivered: number;
  readonly lastError: string | undefined;
}

/** Polls one shard and invokes the function with its records, in order, one batch at a time. */
export interface ShardWorker {
  /** Settles when the shard is processed to its end (`true`) or the worker was stopped (`false`). */
  readonly finished: Promise<boolean>;
  /** Says that there may be new records. */
  ring(): void;
  /** Cuts the batching window short and resolves when all records that are in the shard now are settled. */
  drain(): Promise<void>;
  status(): ShardStatus;
  stop(): Promise<void>;
}

export function startShardWorker(options: ShardWorkerOptions): ShardWorker {
  const { spec, shardId, reader, pace, filter } = options;
  const count = { processed: 0, retries: 0, discarded: 0, undelivered: 0 };
  const halt = createWaker();
  let pending = 0;
  let inFlight = false;
  let stopping = false;
  let lastError: string | undefined;
  const note = ({ name, message }: Error) => {
    lastError = `${name}: ${message}`;
  };
  /** A position that cannot be written is no reason to stop: the records come again after a restart. */
  const checkpoint = (position: Position) => options.checkpoint(position).catch(note);
  const onPassed = (sequenceNumber: string) => checkpoint({ after: sequenceNumber });
  const source = createBatchSource({ spec, shardId, reader, pace, filter, onPassed, onError: note });

  const settle = async (records: readonly PolledRecord[]) => {
    const last = records.at(-1);
    if (!last) return;
    pending -= records.length;
    await checkpoint({ after: last.through });
  };

  const discard = async (given: Omit<Discard, 'shardId'>) => {
    const isKept = await options.destination({ shardId, ...given });
    count.discarded += given.records.length;
    if (!isKept) count.undelivered += given.records.length;
    await settle(given.records);
  };

  /** Sets aside the head of the chunk that has become too old; gives what is left. */
  const withoutExpired = async (chunk: Chunk<PolledRecord>, last: Outcome | undefined) => {
    if (spec.maximumAgeSeconds < 0) return chunk;
    const oldest = Date.now() - spec.maximumAgeSeconds * 1000;
    const fresh = chunk.records.findIndex(({ arrivedAtMs }) => arrivedAtMs >= oldest);
    const records = fresh === -1 ? chunk.records : chunk.records.slice(0, fresh);
    if (records.length > 0) {
      const outcome = chunk.retries > 0 ? last : undefined;
      await discard({ records, condition: 'RecordAgeExceeded', invocations: chunk.retries, outcome });
    }
    return { records: chunk.records.slice(records.length), retries: chunk.retries };
  };

  const processBatch = async (batch: readonly PolledRecord[]) => {
    const chunks: Chunk<PolledRecord>[] = [{ records: batch, retries: 0 }];
    pending = batch.length;
    let outcome: Outcome | undefined;
    for (let head = chunks.shift(); head && !stopping; head = chunks.shift()) {
      const chunk = await withoutExpired(head, outcome);
      if (chunk.records.length === 0) continue;
      inFlight = true;
      outcome = await options.invoke(eventOf(chunk.records));
      inFlight = false;
      if (!outcome.ok) lastError = `${outcome.error.errorType}: ${outcome.error.errorMessage}`;
      if (!outcome.ok && stopping) return;
      const ids = chunk.records.map(({ sequenceNumber }) => sequenceNumber);
      const verdict = verdictOf(outcome, ids, spec.reportsFailures);
      const { processed, next, discarded: records, retried } = progressOf(chunk, verdict, spec);
      chunks.unshift(...next);
      count.processed += processed;
      await settle(chunk.records.slice(0, processed));
      if (records.length > 0) {
        await discard({ records, condition: 'RetryAttemptsExhausted', invocations: chunk.retries + 1, outcome });
      }
      if (retried) {
        count.retries += 1;
        await halt.wait(backoffMs(pace, chunk.retries));
      }
    }
  };

  const run = async (): Promise<boolean> => {
    for (;;) {
      const batch = await source.next();
      if (stopping) return false;
      if (batch.length > 0) await processBatch(batch);
      else {
        await checkpoint({ ended: true });
        source.end();
        return true;
      }
    }
  };

  const finished = run();
  return {
    finished,
    ring: source.ring,
    drain: source.drain,
    status: () => {
      const { buffered, caughtUp } = source.status();
      return { shardId, pending: pending + buffered, inFlight, caughtUp, ...count, lastError };
    },
    stop: async () => {
      stopping = true;
      halt.ring();
      source.stop();
      await finished;
    },
  };
}
