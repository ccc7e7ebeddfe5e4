import type { AsyncLimits } from '../deploy/local-parts.ts';
import { type AsyncEnd, invokeAsync } from './async-invocation.ts';
import { type EventQueue, openEventQueue } from './event-queue.ts';
import type { LocalFunctions } from './local-functions.ts';

/** Invocations that nobody waits for: each is tried again as its function's limits say. */
export interface AsyncInvocations extends EventQueue {
  /** Invokes now and resolves when it is done, given up or cut off; a runtime that stops forgets it. */
  run(functionLogicalId: string, event: unknown): Promise<AsyncEnd>;
  /** Begins no further attempt. */
  stop(): void;
}

export interface AsyncInvocationsOptions {
  readonly functions: LocalFunctions;
  readonly limits: ReadonlyMap<string, AsyncLimits>;
  /** Where accepted events are kept. */
  readonly folder: string;
  readonly retryMs?: readonly number[] | undefined;
}

/** What Lambda does unless the template says otherwise. */
const usualLimits: AsyncLimits = { maximumRetries: 2, maximumAgeSeconds: 21_600 };

/** Opens the queue of accepted events and goes on with those of an earlier run. */
export async function openAsyncInvocations(options: AsyncInvocationsOptions): Promise<AsyncInvocations> {
  const stopping = new AbortController();
  const run = async (functionLogicalId: string, event: unknown): Promise<AsyncEnd> => {
    const local = options.functions.byLogicalId.get(functionLogicalId);
    if (!local) return 'given up';
    return invokeAsync(event, {
      invoke: local.invokeRepeatably,
      limits: options.limits.get(functionLogicalId) ?? usualLimits,
      retryMs: options.retryMs,
      signal: stopping.signal,
    });
  };
  const { accept } = await openEventQueue({ folder: options.folder, run });
  return { run, accept, stop: () => stopping.abort() };
}
