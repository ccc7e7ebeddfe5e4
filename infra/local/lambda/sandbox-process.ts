import { type ChildProcess, fork } from 'node:child_process';
import type { FunctionSpec } from '../deploy/local-parts.ts';
import type { LogFile } from '../log-file.ts';
import { environmentOf } from './environment.ts';
import { failure, type Outcome, payloadLimit } from './outcome.ts';
import type { Invocation, SandboxMessage } from './sandbox.ts';

export interface SandboxOptions {
  readonly spec: FunctionSpec;
  /** Path of the sandbox program. */
  readonly program: string;
  readonly endpointUrl: string;
  readonly log: LogFile;
  /** URL of a module that a new sandbox loads before the function. Default: none. */
  readonly preload?: (() => string | undefined) | undefined;
}

/** A child process that runs one function, one invocation at a time. */
export interface Sandbox {
  readonly pid: number;
  /** Never rejects: a crash or a time-out is an outcome, after which the sandbox is dead. */
  invoke(requestId: string, event: unknown): Promise<Outcome>;
  isAlive(): boolean;
  kill(): void;
}

/** Lambda's limit for loading the code. */
const initSeconds = 10;

/** Starts a sandbox and loads the handler; gives the failed outcome instead when that fails. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox | Outcome> {
  const { spec, log } = options;
  const child = forkProgram(options);
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => log.write(chunk));

  let running: { readonly requestId: string; readonly settle: (outcome: Outcome) => void } | undefined;
  let alive = true;
  const finish = (requestId: string, outcome: Outcome) => {
    if (running?.requestId !== requestId) return;
    const { settle } = running;
    running = undefined;
    settle(outcome);
  };
  const die = () => {
    alive = false;
    child.kill('SIGKILL');
  };

  const slow = setTimeout(die, initSeconds * 1000);
  const started = await new Promise<Outcome | undefined>((resolve) => {
    child.on('message', (message: SandboxMessage) => {
      if (message.kind === 'ready') resolve(undefined);
      else if (message.kind === 'initError') resolve({ ok: false, error: message.error });
      else if (message.kind === 'answer') finish(message.requestId, answered(message.payload));
      else finish(message.requestId, { ok: false, error: message.error });
    });
    child.once('error', (error) => resolve(failure('Runtime.StartError', error.message)));
    child.once('exit', (code, signal) => {
      alive = false;
      const end = signal ? `signal: ${signal === 'SIGKILL' ? 'killed' : signal}` : `exit status ${code}`;
      const requestId = running?.requestId ?? '';
      const exited = failure('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: ${end}`);
      resolve(exited);
      finish(requestId, exited);
    });
  });
  clearTimeout(slow);
  if (started) {
    die();
    return started;
  }

  return {
    pid: child.pid ?? 0,
    isAlive: () => alive && child.connected,
    kill: die,
    invoke: (requestId, event) =>
      new Promise((resolve) => {
        const limitMs = spec.timeoutSeconds * 1000;
        const timer = setTimeout(() => {
          const message = `RequestId: ${requestId} Error: Task timed out after ${spec.timeoutSeconds.toFixed(2)} seconds`;
          log.write(`${message}\n`);
          die();
          finish(requestId, failure('Sandbox.Timedout', message));
        }, limitMs);
        const settle = (outcome: Outcome) => {
          clearTimeout(timer);
          resolve(outcome);
        };
        running = { requestId, settle };
        const invocation: Invocation = { requestId, event, limitMs, functionArn: spec.arn };
        child.send(invocation, (error) => {
          if (error) finish(requestId, failure('Runtime.ExitError', `RequestId: ${requestId} Error: ${error.message}`));
        });
      }),
  };
}

function forkProgram({ spec, program, endpointUrl, preload }: SandboxOptions): ChildProcess {
  const first = preload?.();
  const memory = Math.max(64, Math.round(spec.memoryMb * 0.9));
  return fork(program, [], {
    cwd: spec.codeFolder,
    env: environmentOf(spec, endpointUrl),
    // The young generation kept small: it is most of what a sandbox of short handlers would hold.
    execArgv: [
      `--max-old-space-size=${memory}`,
      '--max-semi-space-size=4',
      ...(first === undefined ? [] : [`--import=${first}`]),
    ],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

function answered(payload: string): Outcome {
  if (payload.length > payloadLimit) {
    const message = `Response payload size exceeded maximum allowed payload size (${payloadLimit} bytes).`;
    return failure('Function.ResponseSizeTooLarge', message);
  }
  return { ok: true, payload: JSON.parse(payload) };
}
