import type { MappingSpec } from '../deploy/local-parts.ts';
import { batchLength, type KinesisRecord, type PolledRecord, polledRecord } from './kinesis-event.ts';
import { backoffMs, type Pace } from './pace.ts';
import type { RecordFilter } from './record-filter.ts';
import { mostRecords, type ShardRead, type ShardReader } from './shard-reader.ts';
import { createWaker } from './waker.ts';

export interface BatchSourceOptions {
  readonly spec: MappingSpec;
  readonly shardId: string;
  readonly reader: ShardReader;
  readonly pace: Pace;
  /** Which records are for the function; the others are passed over. Default: all. */
  readonly filter?: RecordFilter | undefined;
  /** Told now and then how far records were passed over with nothing before them to be settled. */
  readonly onPassed: (sequenceNumber: string) => Promise<void>;
  /** Told of a read that was refused; it is made again. */
  readonly onError: (error: Error) => void;
}

/** Cuts one shard into batches by size, bytes and batching window. */
export interface BatchSource {
  /** The next batch, once it is full or its window is over; none when the shard has ended or after `stop`. */
  next(): Promise<PolledRecord[]>;
  /** Says that there may be new records. */
  ring(): void;
  /** Closes the batching window, and resolves when a read that began after this call found nothing left. */
  drain(): Promise<void>;
  /** Settles all drains: the shard has ended. */
  end(): void;
  /** Lets `next` return, and rejects all drains. */
  stop(): void;
  status(): { readonly buffered: number; readonly caughtUp: boolean };
}

interface Drain {
  readonly order: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export function createBatchSource(options: BatchSourceOptions): BatchSource {
  const { spec, shardId, reader, pace, filter, onError } = options;
  const puts = createWaker();
  const commands = createWaker();
  const buffer: PolledRecord[] = [];
  const drains: Drain[] = [];
  let asked = 0;
  let failedReads = 0;
  let caughtUp = false;
  let passed: string | undefined;
  let passedAt = 0;
  let state: 'open' | 'ended' | 'stopped' = 'open';

  const settleDrains = (upTo: number) => {
    for (const drain of drains.filter(({ order }) => order <= upTo)) {
      drains.splice(drains.indexOf(drain), 1);
      drain.resolve();
    }
  };

  const take = () => buffer.splice(0, batchLength(buffer, spec.batchSize));

  const keep = (record: KinesisRecord) => {
    const last = buffer.at(-1);
    if (!filter || filter(record.Data)) {
      buffer.push(polledRecord(spec, shardId, record));
      passed = undefined;
    } else if (last) last.through = record.SequenceNumber;
    else passed = record.SequenceNumber;
  };

  /** A position is worth a write when the shard is read to its end, or after a while. */
  const tellPassed = async ({ records }: ShardRead) => {
    if (passed === undefined || buffer.length > 0) return;
    if (records.length > 0 && Date.now() - passedAt < pace.passMs) return;
    await options.onPassed(passed);
    passed = undefined;
    passedAt = Date.now();
  };

  /** Reads once into the buffer; tells what came, or `undefined` when the read was refused. */
  const fill = async (): Promise<{ readonly came: number; readonly ended: boolean } | undefined> => {
    const drainsAsked = asked;
    try {
      const read = await reader.read(filter ? mostRecords : spec.batchSize - buffer.length);
      failedReads = 0;
      for (const record of read.records) keep(record);
      await tellPassed(read);
      caughtUp = buffer.length === 0 && read.records.length === 0;
      if (caughtUp) settleDrains(drainsAsked);
      return { came: read.records.length, ended: read.ended };
    } catch (error) {
      onError(error as Error);
      return undefined;
    }
  };

  const next = async (): Promise<PolledRecord[]> => {
    let windowEnd = 0;
    while (state === 'open') {
      const length = batchLength(buffer, spec.batchSize);
      if (length === spec.batchSize || length < buffer.length) return take();
      puts.clear();
      commands.clear();
      const read = await fill();
      if (!read) {
        await commands.wait(backoffMs(pace, failedReads++));
      } else if (buffer.length === 0) {
        if (read.came > 0) continue;
        if (read.ended) return [];
        await puts.wait(pace.pollMs);
        await commands.wait(pace.settleMs);
      } else {
        windowEnd ||= Date.now() + spec.windowSeconds * 1000;
        const rest = windowEnd - Date.now();
        if (rest <= 0 || read.ended || (read.came === 0 && drains.length > 0)) return take();
        if (read.came === 0) await commands.wait(Math.min(rest, pace.windowPollMs));
      }
    }
    return [];
  };

  return {
    next,
    ring: puts.ring,
    drain: () =>
      new Promise((resolve, reject) => {
        if (state === 'ended') return resolve();
        if (state === 'stopped') return reject(stoppedError());
        asked += 1;
        drains.push({ order: asked, resolve, reject });
        for (const waker of [puts, commands]) waker.ring();
      }),
    end: () => {
      state = 'ended';
      settleDrains(asked);
    },
    stop: () => {
      if (state === 'open') state = 'stopped';
      for (const waker of [puts, commands]) waker.ring();
      for (const { reject } of drains.splice(0)) reject(stoppedError());
    },
    status: () => ({ buffered: buffer.length, caughtUp }),
  };
}

const stoppedError = () => new Error('The event source mapping was stopped.');
