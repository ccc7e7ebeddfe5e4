/**
 * The program of a function sandbox: a child process that loads one handler and answers one invocation at a
 * time over its IPC channel.
 */
import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';

export interface Invocation {
  readonly requestId: string;
  readonly event: unknown;
  /** Milliseconds that the function has; by its own clock, which a test may have set otherwise. */
  readonly limitMs: number;
  readonly functionArn: string;
}

export interface HandlerError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** What a sandbox tells; `payload` is the handler's answer as JSON. */
export type SandboxMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'initError'; readonly error: HandlerError }
  | { readonly kind: 'answer'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'handlerError'; readonly requestId: string; readonly error: HandlerError };

type Handler = (event: unknown, context: object) => unknown;

const { env } = process;
let running = '';

// A Ctrl-C in the terminal reaches the whole process group: only the runtime decides when a sandbox ends.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
process.on('unhandledRejection', (reason) => {
  const { errorMessage, trace } = describe(reason);
  fail({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage, trace });
});
process.on('uncaughtException', (error) => fail(describe(error)));

function tell(message: SandboxMessage, then?: () => void): void {
  process.send?.(message, undefined, undefined, then);
}

function fail(error: HandlerError): void {
  console.error(error);
  const exit = () => process.exit(128);
  if (running) tell({ kind: 'handlerError', requestId: running, error }, exit);
  else tell({ kind: 'initError', error }, exit);
}

function describe(thrown: unknown): HandlerError {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
}

async function loadHandler(): Promise<Handler> {
  const [, module = '', name = ''] = /^(.*)\.([^.]+)$/.exec(env._HANDLER ?? '') ?? [];
  for (const extension of ['mjs', 'js', 'cjs']) {
    const file = `${env.LAMBDA_TASK_ROOT}/${module}.${extension}`;
    const loaded = await import(pathToFileURL(file).href).catch((error) => {
      if (error.code === 'ERR_MODULE_NOT_FOUND' && error.url === pathToFileURL(file).href) return undefined;
      throw error;
    });
    const handler = loaded && (loaded[name] ?? loaded.default?.[name]);
    if (typeof handler === 'function') return handler;
    if (loaded) throw named('Runtime.HandlerNotFound', `${env._HANDLER} is undefined or not exported`);
  }
  throw named('Runtime.ImportModuleError', `Error: Cannot find module '${module}'`);
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function contextOf({ requestId, limitMs, functionArn }: Invocation): object {
  const deadlineMs = Date.now() + limitMs;
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: functionArn,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

/** A trace that nobody samples: Lambda names one for each invocation. */
function traceOf(now: number): string {
  const time = Math.floor(now / 1000).toString(16);
  return `Root=1-${time}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}

async function serve(handler: Handler, invocation: Invocation): Promise<void> {
  const { requestId } = invocation;
  running = requestId;
  env._X_AMZN_TRACE_ID = traceOf(Date.now());
  try {
    const payload = JSON.stringify((await handler(invocation.event, contextOf(invocation))) ?? null);
    tell({ kind: 'answer', requestId, payload });
  } catch (error) {
    console.error(error);
    tell({ kind: 'handlerError', requestId, error: describe(error) });
  } finally {
    running = '';
  }
}

try {
  const handler = await loadHandler();
  process.on('message', (invocation: Invocation) => void serve(handler, invocation));
  tell({ kind: 'ready' });
} catch (error) {
  fail(describe(error));
}
