import type { MappingSpec } from '../deploy/local-parts.ts';
import { type Chunk, progressOf, verdictOf } from './batch-progress.ts';
import type { Position } from './checkpoints.ts';
import type { FailureDestination } from './failure-destination.ts';
import { batchLength, eventOf, type PolledRecord, polledRecord } from './kinesis-event.ts';
import type { Outcome } from './outcome.ts';
import type { ShardReader } from './shard-reader.ts';
import { createWaker } from './waker.ts';

export interface ShardWorkerOptions {
  readonly spec: MappingSpec;
  readonly shardId: string;
  readonly reader: ShardReader;
  readonly invoke: (event: object) => Promise<Outcome>;
  readonly destination: FailureDestination;
  /** Makes a position durable. */
  readonly checkpoint: (position: Position) => Promise<void>;
  readonly pace: Pace;
}

/** Milliseconds. */
export interface Pace {
  /** Between two looks at a shard where nobody rang. */
  readonly pollMs: number;
  /** Between two looks while a batching window is open. */
  readonly windowPollMs: number;
  /** From the ring of a put to the read, so that the puts of one moment make one batch. */
  readonly settleMs: number;
  /** Before the first retry; each further one waits twice as long. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

export const defaultPace: Pace = {
  pollMs: 1000,
  windowPollMs: 200,
  settleMs: 10,
  firstRetryMs: 100,
  longestRetryMs: 2000,
};

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
  /** Closes the batching window and resolves when all records that are in the shard now are settled. */
  drain(): Promise<void>;
  status(): ShardStatus;
  stop(): Promise<void>;
}

export function startShardWorker(options: ShardWorkerOptions): ShardWorker {
  const { spec, shardId, reader, pace } = options;
  const puts = createWaker();
  const commands = createWaker();
  const halt = createWaker();
  const drains: { readonly order: number; readonly resolve: () => void; readonly reject: (error: Error) => void }[] =
    [];
  const buffer: PolledRecord[] = [];
  const count = { processed: 0, retries: 0, discarded: 0, undelivered: 0 };
  let asked = 0;
  let pending = 0;
  let inFlight = false;
  let caughtUp = false;
  let stopping = false;
  let lastError: string | undefined;
  let failedReads = 0;

  /** Waits for the next batch; none when the worker stops or the shard has ended. */
  const nextBatch = async (): Promise<PolledRecord[]> => {
    let windowEnd = 0;
    while (!stopping) {
      const length = batchLength(buffer, spec.batchSize);
      if (length === spec.batchSize || length < buffer.length) return buffer.splice(0, length);
      puts.clear();
      commands.clear();
      const drainsAsked = asked;
      const read = await reader.read(spec.batchSize - buffer.length).catch((error: Error) => error);
      if (read instanceof Error) {
        lastError = `${read.name}: ${read.message}`;
        await halt.wait(backoff(failedReads++));
        continue;
      }
      failedReads = 0;
      buffer.push(...read.records.map((record) => polledRecord(spec, shardId, record)));
      caughtUp = buffer.length === 0;
      if (buffer.length === 0) settleDrains(drainsAsked);
      if (read.ended && buffer.length === 0) return [];
      if (read.records.length > 0 && windowEnd === 0) windowEnd = Date.now() + spec.windowSeconds * 1000;
      if (buffer.length > 0) {
        const rest = windowEnd - Date.now();
        const isOver = rest <= 0 || read.ended || (read.records.length === 0 && drains.length > 0);
        if (isOver) return buffer.splice(0, batchLength(buffer, spec.batchSize));
        if (read.records.length === 0) await commands.wait(Math.min(rest, pace.windowPollMs));
      } else {
        await puts.wait(pace.pollMs);
        await commands.wait(pace.settleMs);
      }
    }
    return [];
  };

  const backoff = (retries: number) => Math.min(pace.longestRetryMs, pace.firstRetryMs * 2 ** retries);

  const settleDrains = (upTo: number) => {
    for (const drain of drains.filter(({ order }) => order <= upTo)) {
      drains.splice(drains.indexOf(drain), 1);
      drain.resolve();
    }
  };

  const settle = async (records: readonly PolledRecord[]) => {
    const last = records.at(-1);
    if (!last) return;
    pending -= records.length;
    await checkpoint({ after: last.sequenceNumber });
  };

  /** A position that cannot be written is no reason to stop: the records come again after a restart. */
  const checkpoint = (position: Position) =>
    options.checkpoint(position).catch((error: Error) => {
      lastError = `${error.name}: ${error.message}`;
    });

  const discard = async (
    records: readonly PolledRecord[],
    condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded',
    invocations: number,
    outcome: Outcome | undefined,
  ) => {
    const kept = await options.destination({ shardId, records, condition, invocations, outcome });
    count.discarded += records.length;
    if (!kept) count.undelivered += records.length;
    await settle(records);
  };

  /** Sets aside the head of the chunk that has become too old; gives what is left. */
  const withoutExpired = async (chunk: Chunk<PolledRecord>, outcome: Outcome | undefined) => {
    if (spec.maximumAgeSeconds < 0) return chunk;
    const oldest = Date.now() - spec.maximumAgeSeconds * 1000;
    const fresh = chunk.records.findIndex(({ arrivedAtMs }) => arrivedAtMs >= oldest);
    const expired = fresh === -1 ? chunk.records : chunk.records.slice(0, fresh);
    if (expired.length > 0) {
      await discard(expired, 'RecordAgeExceeded', chunk.retries, chunk.retries > 0 ? outcome : undefined);
    }
    return { records: chunk.records.slice(expired.length), retries: chunk.retries };
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
      const { processed, next, discarded, retried } = progressOf(chunk, verdict, spec);
      chunks.unshift(...next);
      count.processed += processed;
      await settle(chunk.records.slice(0, processed));
      if (discarded.length > 0) await discard(discarded, 'RetryAttemptsExhausted', chunk.retries + 1, outcome);
      if (retried) {
        count.retries += 1;
        await halt.wait(backoff(chunk.retries));
      }
    }
  };

  const run = async (): Promise<boolean> => {
    while (!stopping) {
      const batch = await nextBatch();
      if (batch.length > 0) await processBatch(batch);
      else if (!stopping) {
        await checkpoint({ ended: true });
        settleDrains(asked);
        return true;
      }
    }
    for (const { reject } of drains.splice(0)) reject(new Error('The event source mapping was stopped.'));
    return false;
  };

  const finished = run();
  return {
    finished,
    ring: () => puts.ring(),
    drain: () =>
      new Promise((resolve, reject) => {
        asked += 1;
        drains.push({ order: asked, resolve, reject });
        commands.ring();
        puts.ring();
        void finished.then(() => settleDrains(asked));
      }),
    status: () => ({ shardId, pending: pending + buffer.length, inFlight, caughtUp, ...count, lastError }),
    stop: async () => {
      stopping = true;
      for (const waker of [puts, commands, halt]) waker.ring();
      await finished;
    },
  };
}
