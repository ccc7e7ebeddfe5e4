import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type Outcome } from './outcome.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from './sandbox-process.ts';

export interface PoolOptions extends SandboxOptions {
  /** Sandboxes at most. Default 2: the laptop's cores are shared by everything. */
  readonly limit?: number;
  /** After so long without work a sandbox ends, as Lambda reclaims them; the next call starts another. Default 20 s. */
  readonly idleMs?: number | undefined;
  /** Told of each invocation that a sandbox ran. */
  readonly onInvocation?: ((invocation: FinishedInvocation) => void) | undefined;
}

/** An invocation that ended, as it is billed: without the wait for a free sandbox and its start. */
export interface FinishedInvocation {
  readonly functionLogicalId: string;
  readonly event: unknown;
  readonly outcome: Outcome;
  readonly milliseconds: number;
}

/** The sandboxes of one function. */
export interface FunctionPool {
  /**
   * Runs the handler in a free sandbox, or waits for one in order of arrival. Never rejects.
   * What is not `waitedFor` is cut off by `stop` at once.
   */
  invoke(event: unknown, options?: { readonly waitedFor: boolean }): Promise<Outcome>;
  /** Process ids of the living sandboxes. */
  pids(): number[];
  /** Refuses new work, gives running invocations `graceMs` to end, then kills. */
  stop(graceMs: number): Promise<void>;
}

const isStopping = failure('Runtime.Stopped', 'The local runtime is stopping');

export function createFunctionPool(options: PoolOptions): FunctionPool {
  const { limit = 2, idleMs = 20_000 } = options;
  const living = new Set<Sandbox>();
  const idle: Sandbox[] = [];
  const timers = new WeakMap<Sandbox, NodeJS.Timeout>();
  const waiting: ((sandbox: Sandbox | Outcome) => void)[] = [];
  const running = new Set<Promise<Outcome>>();
  let starting = 0;
  let stopped = false;

  const drop = (sandbox: Sandbox) => {
    living.delete(sandbox);
    if (idle.includes(sandbox)) idle.splice(idle.indexOf(sandbox), 1);
    clearTimeout(timers.get(sandbox));
    sandbox.kill();
  };
  const rest = (sandbox: Sandbox) => {
    idle.push(sandbox);
    const timer = timers.get(sandbox) ?? setTimeout(() => idle.includes(sandbox) && drop(sandbox), idleMs).unref();
    timers.set(sandbox, timer.refresh());
  };
  const release = (sandbox: Sandbox) => {
    if (stopped) return drop(sandbox);
    if (!sandbox.isAlive()) return startWhereNeeded();
    const next = waiting.shift();
    if (next) return next(sandbox);
    rest(sandbox);
  };
  const startOne = async () => {
    starting += 1;
    const started = await startSandbox(options);
    starting -= 1;
    if ('ok' in started) {
      waiting.shift()?.(started);
      return startWhereNeeded();
    }
    living.add(started);
    release(started);
  };
  const startWhereNeeded = () => {
    for (const sandbox of [...living]) if (!sandbox.isAlive()) drop(sandbox);
    while (!stopped && starting < waiting.length && living.size + starting < limit) void startOne();
  };
  const acquire = (): Promise<Sandbox | Outcome> => {
    for (let sandbox = idle.pop(); sandbox; sandbox = idle.pop()) {
      if (sandbox.isAlive()) return Promise.resolve(sandbox);
    }
    return new Promise((resolve) => {
      waiting.push(resolve);
      startWhereNeeded();
    });
  };
  const run = async (event: unknown): Promise<Outcome> => {
    const sandbox = await acquire();
    if ('ok' in sandbox) return sandbox;
    const begun = performance.now();
    const outcome = await sandbox.invoke(randomUUID(), event);
    const milliseconds = performance.now() - begun;
    release(sandbox);
    options.onInvocation?.({ functionLogicalId: options.spec.logicalId, event, outcome, milliseconds });
    return stopped && !outcome.ok && !sandbox.isAlive() ? isStopping : outcome;
  };

  return {
    pids: () => [...living].filter((sandbox) => sandbox.isAlive()).map(({ pid }) => pid),
    invoke: async (event, { waitedFor } = { waitedFor: true }) => {
      if (stopped) return isStopping;
      const outcome = run(event);
      if (!waitedFor) return outcome;
      running.add(outcome);
      await outcome;
      running.delete(outcome);
      return outcome;
    },
    stop: async (graceMs) => {
      stopped = true;
      for (const next of waiting.splice(0)) next(isStopping);
      await Promise.race([Promise.all(running), sleep(graceMs, undefined, { ref: false })]);
      for (const sandbox of [...living]) drop(sandbox);
      options.log.close();
    },
  };
}
