import { zstdCompressSync } from 'node:zlib';
import { putUnits, recordVolume } from '../gateway/billing-requests.ts';
import { MONTH_SECONDS } from './batches.ts';
import { billOf } from './bill.ts';
import { monthOf } from './month.ts';
import { dollarsOf } from './prices.ts';
import type { Sample } from './sample.ts';
import { EVENT_BYTES, eventsOf } from './sample-events.ts';
import { sampleRequests, type Traffic } from './traffic.ts';
import { updaterWindow } from './updater-window.ts';

/** One way to set something, and the month's bill with it. */
export interface Choice {
  readonly question: string;
  readonly answer: string;
  /** Dollars a month in all. */
  readonly total: number;
}

/** How many times the average the busiest moment is. */
const PEAK = 10;
/** A shard takes 1 MB a second, but three consumers share the 2 MB that it gives: that leaves two thirds. */
const SHARD_BYTES = (2 / 3) * 1024 ** 2;

/** Shards for the busiest moment: two at least, so that no key holds up all others. */
export const shardsFor = ({ events }: Pick<Traffic, 'events'>): number =>
  Math.max(2, Math.ceil((events * EVENT_BYTES * 1.1 * PEAK) / MONTH_SECONDS / SHARD_BYTES));

/** What the settings that are worth a thought would cost, all else as measured. */
export function choicesOf(sample: Sample, traffic: Traffic): Choice[] {
  const bill = (choices: Parameters<typeof monthOf>[2]) =>
    billOf(traffic.events, monthOf(sample, traffic, choices)).total;
  const shards = shardsFor(traffic);
  const provisioned = (retentionHours: number) => ({ mode: 'provisioned', shards, retentionHours }) as const;
  const onDemand = (retentionHours: number) => ({ mode: 'onDemand', shards: 4, retentionHours }) as const;
  return [
    { question: 'stream', answer: 'on demand, 24 h kept', total: bill({ stream: onDemand(24) }) },
    { question: 'stream', answer: 'on demand, 72 h kept', total: bill({ stream: onDemand(72) }) },
    { question: 'stream', answer: `${shards} shards, 24 h kept`, total: bill({ stream: provisioned(24) }) },
    { question: 'stream', answer: `${shards} shards, 72 h kept`, total: bill({ stream: provisioned(72) }) },
    ...[20, 60, 120, 300].map((lakeWindowSeconds) => ({
      question: 'lake window',
      answer: `${lakeWindowSeconds} s`,
      total: bill({ lakeWindowSeconds }),
    })),
    ...[1, 5, 60, 300].map((seconds) => ({
      question: 'profile window',
      answer: `${seconds} s`,
      total: bill({}) + updaterWindow(sample, traffic, seconds),
    })),
    { question: 'busy tables', answer: 'on demand', total: bill({ tables: new Map() }) },
    { question: 'busy tables', answer: 'provisioned, 70 % used', total: bill({ tables: busyTables(sample) }) },
    ...packings(sample, traffic),
  ];
}

/** The tables that every batch reads or writes, with the least that the settings of a stage take by default. */
const busyTables = ({ tableBytes }: Sample) =>
  new Map(
    Object.keys(tableBytes)
      .filter((logicalId) => /^(Profiles|Audience|DueTimes|Privacy)Table/.test(logicalId))
      .map((logicalId) => [logicalId, { leastWrites: 2, leastReads: 4, utilisation: 0.7 }]),
  );

/** What the stream takes in and gives to three consumers, by how events lie in records. */
function packings(sample: Sample, traffic: Traffic): Choice[] {
  const { total } = billOf(traffic.events, monthOf(sample, traffic));
  const costs = costOfRecords(sample, traffic);
  return costs.map(({ answer, dollars }) => ({
    question: 'records',
    answer,
    total: total + dollars - (costs[0]?.dollars ?? 0),
  }));
}

const CONSUMERS = 3;
/** Bytes of an envelope around the events of a record. */
const ENVELOPE_BYTES = 300;

function costOfRecords({ stream }: Sample, traffic: Traffic): { answer: string; dollars: number }[] {
  const requests = sampleRequests(traffic, 200 * traffic.eventsPerRequest);
  const now = Date.UTC(2026, 7, 1);
  const packed = requests.map((request) => Buffer.from(eventsOf(request, now).join(',')));
  const envelope = Buffer.alloc(ENVELOPE_BYTES, 'x');
  const zipped = packed.map((events) => zstdCompressSync(Buffer.concat([envelope, events])).length);
  const scale = traffic.events / traffic.eventsPerRequest / requests.length;
  const dollars = (sizes: readonly number[]) => {
    const units = sizes.reduce((sum, size) => sum + putUnits(size), 0) * scale;
    const bytes = sizes.reduce((sum, size) => sum + recordVolume(size), 0) * scale;
    if (stream.mode === 'provisioned') return dollarsOf('kinesisPutUnits', units);
    return dollarsOf('kinesisBytesIn', bytes) + dollarsOf('kinesisBytesOut', CONSUMERS * bytes);
  };
  const single = requests.flatMap(({ events }) => Array.from({ length: events }, () => EVENT_BYTES + ENVELOPE_BYTES));
  return [
    { answer: "a request's events in one record, compressed", dollars: dollars(zipped) },
    { answer: 'the same as text', dollars: dollars(packed.map(({ length }) => length + ENVELOPE_BYTES)) },
    { answer: 'a record an event', dollars: dollars(single) },
  ];
}
