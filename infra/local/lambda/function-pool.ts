import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type Outcome } from './outcome.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from './sandbox-process.ts';

export interface PoolOptions extends SandboxOptions {
  /** Sandboxes at most. Default 2: the laptop's cores are shared by everything. */
  readonly limit?: number;
  /** After so long without work, every sandbox but one ends. Default 20 s. */
  readonly idleMs?: number;
}

/** The sandboxes of one function. */
export interface FunctionPool {
  /** Runs the handler in a free sandbox, or waits for one in order of arrival. Never rejects. */
  invoke(event: unknown): Promise<Outcome>;
  /** Process ids of the living sandboxes. */
  pids(): number[];
  /** Refuses new work, gives running invocations `graceMs` to end, then kills. */
  stop(graceMs: number): Promise<void>;
}

export function createFunctionPool(options: PoolOptions): FunctionPool {
  const { limit = 2, idleMs = 20_000 } = options;
  const living = new Set<Sandbox>();
  const idle: Sandbox[] = [];
  const idleSince = new WeakMap<Sandbox, number>();
  const waiting: ((sandbox: Sandbox | Outcome) => void)[] = [];
  const running = new Set<Promise<Outcome>>();
  let starting = 0;
  let stopped = false;

  const drop = (sandbox: Sandbox) => {
    living.delete(sandbox);
    if (idle.includes(sandbox)) idle.splice(idle.indexOf(sandbox), 1);
    sandbox.kill();
  };
  const reap = (sandbox: Sandbox) => {
    const rested = Date.now() - (idleSince.get(sandbox) ?? 0) >= idleMs;
    if (rested && idle.includes(sandbox) && living.size > 1) drop(sandbox);
  };
  const release = (sandbox: Sandbox) => {
    if (stopped) return drop(sandbox);
    if (!sandbox.isAlive()) return startWhereNeeded();
    const next = waiting.shift();
    if (next) return next(sandbox);
    idle.push(sandbox);
    idleSince.set(sandbox, Date.now());
    setTimeout(reap, idleMs + 10, sandbox).unref();
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
    const outcome = await sandbox.invoke(randomUUID(), event);
    release(sandbox);
    return outcome;
  };

  return {
    pids: () => [...living].filter((sandbox) => sandbox.isAlive()).map(({ pid }) => pid),
    invoke: async (event) => {
      if (stopped) return failure('Runtime.Stopped', 'The local runtime is stopping');
      const outcome = run(event);
      running.add(outcome);
      await outcome;
      running.delete(outcome);
      return outcome;
    },
    stop: async (graceMs) => {
      stopped = true;
      for (const next of waiting.splice(0)) next(failure('Runtime.Stopped', 'The local runtime is stopping'));
      await Promise.race([Promise.all(running), sleep(graceMs, undefined, { ref: false })]);
      for (const sandbox of [...living]) drop(sandbox);
      options.log.close();
    },
  };
}
