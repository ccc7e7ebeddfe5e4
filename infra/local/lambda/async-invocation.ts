import type { AsyncLimits } from '../deploy/local-parts.ts';
import type { Outcome } from './outcome.ts';
import { createWaker } from './waker.ts';

/** How it ended; what was cut off by a stop may be invoked again. */
export type AsyncEnd = 'done' | 'given up' | 'stopped';

/** Before the first retry and before the second; on AWS one minute and two. */
const defaultRetryMs: readonly number[] = [1000, 2000];

export interface AsyncInvocationOptions {
  readonly invoke: (event: unknown) => Promise<Outcome>;
  readonly limits: AsyncLimits;
  readonly retryMs?: readonly number[] | undefined;
  /** Ends the wait for a retry. */
  readonly signal: AbortSignal;
}

/** Invokes a function with an event until it succeeds, its retries are used up, or the runtime stops. */
export async function invokeAsync(
  event: unknown,
  { invoke, limits, retryMs = defaultRetryMs, signal }: AsyncInvocationOptions,
): Promise<AsyncEnd> {
  const latest = Date.now() + limits.maximumAgeSeconds * 1000;
  const halt = createWaker();
  signal.addEventListener('abort', halt.ring);
  try {
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const outcome = await invoke(event);
      if (outcome.ok) return 'done';
      if (signal.aborted || outcome.error.errorType === 'Runtime.Stopped') return 'stopped';
      const wait = retryMs[attempt] ?? retryMs.at(-1) ?? 0;
      if (attempt >= limits.maximumRetries || Date.now() + wait > latest) return 'given up';
      await halt.wait(wait);
    }
    return 'stopped';
  } finally {
    signal.removeEventListener('abort', halt.ring);
  }
}
