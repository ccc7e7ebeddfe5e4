import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FunctionSpec } from '../../../../infra/local/deploy/local-parts.ts';
import {
  createFunctionPool,
  type FunctionPool,
  type PoolOptions,
} from '../../../../infra/local/lambda/function-pool.ts';
import { writeSandboxProgram } from '../../../../infra/local/lambda/sandbox-program.ts';
import { openLogFile } from '../../../../infra/local/log-file.ts';

export function functionFolder(name: string): string {
  return new URL(`../../../fixtures/functions/${name}`, import.meta.url).pathname;
}

export function aFunction(overrides: Partial<FunctionSpec> = {}): FunctionSpec {
  return {
    logicalId: 'EchoA1B2',
    functionName: 'stack-echo',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:stack-echo',
    roleArn: 'arn:aws:iam::000000000000:role/stack-echo-role',
    codeFolder: functionFolder('echo'),
    handler: 'index.handler',
    memoryMb: 256,
    timeoutSeconds: 3,
    environment: { TABLE: 'profiles' },
    ...overrides,
  };
}

export interface TestPool extends FunctionPool, AsyncDisposable {
  readonly logFile: string;
}

/** One program serves all pools: what it reads comes by its environment. */
const program = await writeSandboxProgram(mkdtempSync(path.join(tmpdir(), 'headwater-program-')));

/** A pool of real child processes in a folder of its own. */
export function startPool(spec: Partial<FunctionSpec> = {}, options: Partial<PoolOptions> = {}): TestPool {
  const folder = mkdtempSync(path.join(tmpdir(), 'headwater-pool-'));
  const log = openLogFile(path.join(folder, 'logs', 'echo.log'));
  const pool = createFunctionPool({
    spec: aFunction(spec),
    program,
    endpointUrl: 'http://127.0.0.1:1',
    log,
    ...options,
  });
  return {
    ...pool,
    logFile: log.file,
    [Symbol.asyncDispose]: async () => {
      await pool.stop(0);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
