import path from 'node:path';
import type { FunctionSpec } from '../deploy/local-parts.ts';
import { openLogFile } from '../log-file.ts';
import { type Trouble, watchTrouble } from '../trouble.ts';
import { createFunctionPool, type PoolOptions } from './function-pool.ts';
import type { Outcome } from './outcome.ts';

/** A function of the template, by its logical id. */
export interface LocalFunction {
  readonly logicalId: string;
  readonly functionName: string;
  readonly logFile: string;
  /** Process ids of its living sandboxes; none while nobody has called it for a while. */
  pids(): number[];
  invoke(event: unknown): Promise<Outcome>;
  /** Invokes without being waited for when the runtime stops: whoever calls does so again after the next start. */
  invokeRepeatably(event: unknown): Promise<Outcome>;
}

/** All functions of the template. */
export interface LocalFunctions {
  readonly byLogicalId: ReadonlyMap<string, LocalFunction>;
  /** Throws when there is no such function. */
  get(logicalId: string): LocalFunction;
  /** Process ids of all living sandboxes. */
  pids(): number[];
  /** Refuses new work, gives running invocations `graceMs` to end, then kills. */
  stop(graceMs: number): Promise<void>;
}

export interface LocalFunctionsOptions {
  readonly specs: readonly FunctionSpec[];
  /** Path of the sandbox program. */
  readonly program: string;
  readonly endpointUrl: string;
  /** Folder of their logs. */
  readonly logs: string;
  /** Sandboxes of each function at most. */
  readonly limit: number;
  readonly idleMs?: number | undefined;
  /** URL of a module that each new sandbox of a function loads before its code. Default: none. */
  readonly preload?: ((logicalId: string) => string | undefined) | undefined;
  readonly onInvocation?: PoolOptions['onInvocation'];
  readonly onTrouble: (trouble: Trouble) => void;
}

export function createLocalFunctions(options: LocalFunctionsOptions): LocalFunctions {
  const { program, endpointUrl, limit, idleMs, onInvocation, onTrouble } = options;
  const pools = options.specs.map((spec) => {
    const { logicalId, functionName } = spec;
    const log = openLogFile(path.join(options.logs, `${functionName}.log`));
    const preload = () => options.preload?.(logicalId);
    const pool = createFunctionPool({ spec, program, endpointUrl, log, limit, idleMs, preload, onInvocation });
    const watch = watchTrouble({ functionName, logFile: log.file }, onTrouble);
    const watched = async (running: Promise<Outcome>) => {
      const outcome = await running;
      watch(outcome);
      return outcome;
    };
    const local: LocalFunction = {
      logicalId,
      functionName,
      logFile: log.file,
      pids: pool.pids,
      invoke: (event) => watched(pool.invoke(event)),
      invokeRepeatably: (event) => watched(pool.invoke(event, { waitedFor: false })),
    };
    return { pool, local };
  });
  const byLogicalId = new Map(pools.map(({ local }) => [local.logicalId, local]));
  return {
    byLogicalId,
    get: (logicalId) => {
      const local = byLogicalId.get(logicalId);
      if (local) return local;
      throw new Error(`There is no function ${logicalId}.`);
    },
    pids: () => pools.flatMap(({ pool }) => pool.pids()),
    stop: async (graceMs) => void (await Promise.all(pools.map(({ pool }) => pool.stop(graceMs)))),
  };
}
