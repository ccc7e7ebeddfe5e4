import type { Traffic } from './traffic.ts';

/** A month, as AWS's own examples count it. */
export const MONTH_HOURS = 730;
export const MONTH_SECONDS = MONTH_HOURS * 3600;

/** How a function takes batches from a stream. */
export interface Batching {
  readonly shards: number;
  /** Longest wait for a full batch; a poll a second takes its place where that is shorter. */
  readonly windowSeconds: number;
  /** Most records of a batch. */
  readonly batchSize: number;
}

/** Records of a shard in a window: one for each request, because a request is of one visitor. */
export function recordsPerWindow({ events, eventsPerRequest }: Traffic, { shards, windowSeconds }: Batching): number {
  const recordsPerSecond = events / eventsPerRequest / MONTH_SECONDS / shards;
  return recordsPerSecond * Math.max(1, windowSeconds);
}

/** Records of a batch on average: windows without any make none. Arrivals are independent of each other (Poisson). */
export function recordsPerBatch(traffic: Traffic, batching: Batching): number {
  const records = recordsPerWindow(traffic, batching);
  if (records === 0) return 1;
  return Math.min(batching.batchSize, records / -Math.expm1(-records));
}

/** Batches of a month; however few events come in more windows, no more than there are windows, unless batches are full. */
export const batchesPerMonth = (traffic: Traffic, batching: Batching): number =>
  traffic.events / traffic.eventsPerRequest / recordsPerBatch(traffic, batching);
