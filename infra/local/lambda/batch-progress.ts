import type { Outcome } from './outcome.ts';

/** Records that are invoked together, and how many retries they have used up together. */
export interface Chunk<R> {
  readonly records: readonly R[];
  readonly retries: number;
}

/** What an invocation says of its chunk: all done, done up to an index, or nothing done. */
export type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'failedAt'; readonly index: number }
  | { readonly kind: 'failed' };

export interface RetrySettings {
  readonly bisect: boolean;
  /** -1: without end. */
  readonly maximumRetries: number;
}

export interface Progress<R> {
  /** How many records at the head of the chunk are processed. */
  readonly processed: number;
  /** What to invoke next, in order. */
  readonly next: readonly Chunk<R>[];
  /** What is given up, to the failure destination. */
  readonly discarded: readonly R[];
  /** Whether a retry was used up, so that the poller waits before the next invocation. */
  readonly retried: boolean;
}

/**
 * Reads the handler's answer. With reported failures the lowest reported record counts; an id that is empty or
 * not of this batch fails the whole batch; an empty or missing list is success.
 */
export function verdictOf(outcome: Outcome, sequenceNumbers: readonly string[], reportsFailures: boolean): Verdict {
  if (!outcome.ok) return { kind: 'failed' };
  if (!reportsFailures || outcome.payload === null) return { kind: 'done' };
  if (typeof outcome.payload !== 'object') return { kind: 'failed' };
  const failures = (outcome.payload as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(failures)) return { kind: 'failed' };
  if (failures.length === 0) return { kind: 'done' };
  const indexes = failures.map((item) => sequenceNumbers.indexOf(item?.itemIdentifier));
  return indexes.includes(-1) ? { kind: 'failed' } : { kind: 'failedAt', index: Math.min(...indexes) };
}

/**
 * Decides what follows an invocation.
 *
 * A reported failure splits the chunk at the reported record: what is before it is processed, the rest is
 * invoked again with all its retries, unless nothing was processed, which uses one up. A function error halves
 * the chunk if the mapping bisects, which uses none up. When no retry is left the chunk is discarded whole.
 */
export function progressOf<R>({ records, retries }: Chunk<R>, verdict: Verdict, settings: RetrySettings): Progress<R> {
  if (verdict.kind === 'done') return { processed: records.length, next: [], discarded: [], retried: false };
  if (verdict.kind === 'failedAt' && verdict.index > 0) {
    const next = [{ records: records.slice(verdict.index), retries: 0 }];
    return { processed: verdict.index, next, discarded: [], retried: true };
  }
  if (verdict.kind === 'failed' && settings.bisect && records.length > 1) {
    const middle = Math.ceil(records.length / 2);
    const next = [records.slice(0, middle), records.slice(middle)].map((half) => ({ records: half, retries: 0 }));
    return { processed: 0, next, discarded: [], retried: false };
  }
  if (settings.maximumRetries >= 0 && retries >= settings.maximumRetries) {
    return { processed: 0, next: [], discarded: records, retried: false };
  }
  return { processed: 0, next: [{ records, retries: retries + 1 }], discarded: [], retried: true };
}
