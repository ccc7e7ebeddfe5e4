import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDataDirectory } from './data-directory.ts';
import { type Deployment, deployStack } from './deploy/deploy-stack.ts';
import { callLog } from './gateway/call-log.ts';
import { startGateway } from './gateway/gateway.ts';
import type { Station } from './gateway/stations.ts';
import type { AwsAnswer, AwsCall, Gateway } from './gateway/types.ts';
import { createHttpApi } from './http/http-api.ts';
import { startHttpServer } from './http/http-server.ts';
import { createPermissions, type Permissions } from './iam/permissions.ts';
import { openAsyncInvocations } from './lambda/async-invocations.ts';
import { type EventSourceMapping, type MappingStatus, startEventSourceMapping } from './lambda/event-source-mapping.ts';
import type { FinishedInvocation } from './lambda/function-pool.ts';
import { createLocalFunctions, type LocalFunction } from './lambda/local-functions.ts';
import type { Pace } from './lambda/pace.ts';
import { writeSandboxProgram } from './lambda/sandbox-program.ts';
import { startSchedule } from './lambda/schedule.ts';
import { keepHeapLean } from './lean-heap.ts';
import { openLogFile } from './log-file.ts';
import { memoryOf } from './memory.ts';
import { openServices } from './open-services.ts';
import { createLambdaService } from './services/lambda.ts';
import { writeState } from './state-file.ts';
import { loadAssembly } from './template/assembly.ts';
import { deniedTrouble, type Trouble } from './trouble.ts';

export interface RuntimeOptions {
  /** Folder of the synthesized stack. */
  readonly assemblyDir: string;
  /** Folder of everything that is kept between runs. */
  readonly dataDir: string;
  /** Port of the HTTP API on the loopback address; 0 takes any free one. */
  readonly port: number;
  /** Sandboxes of each function at most. Default 1: a laptop has few cores, and each takes 50 to 100 MB. */
  readonly sandboxes?: number;
  /** After so long without work a sandbox ends; the next call starts another. Default 20 s. */
  readonly idleMs?: number;
  /** Stops on the way of every AWS call that is permitted: billing units, faults. Default: none. */
  readonly stations?: readonly Station[];
  /** URL of a module that each new sandbox of a function loads before its code: a clock that jumps. Default: none. */
  readonly preload?: (functionLogicalId: string) => string | undefined;
  /** How the pollers wait and retry. */
  readonly pace?: Partial<Pace>;
  /** Before each retry of an asynchronous invocation. Default 1 s, then 2 s. */
  readonly asyncRetryMs?: readonly number[];
  /** Told of each AWS call after it was answered. */
  readonly onCall?: (call: AwsCall, answer: AwsAnswer) => void;
  /** Told of each invocation of a function after it ended, for the cost model. */
  readonly onInvocation?: (invocation: FinishedInvocation) => void;
  /** Told when a function fails or is denied something, now and then while it goes on. */
  readonly onTrouble?: (trouble: Trouble) => void;
}

/** The stack, running on this machine. */
export interface Runtime {
  /** `http://127.0.0.1:<port>`, the address of the HTTP API. */
  readonly apiUrl: string;
  readonly gateway: Gateway;
  /** The template's outputs, resolved. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly deployment: Deployment;
  readonly functions: ReadonlyMap<string, LocalFunction>;
  readonly mappings: ReadonlyMap<string, EventSourceMapping>;
  /** What functions may do, what they did of it, and what they were denied. */
  readonly permissions: Pick<Permissions, 'granted' | 'used' | 'denied'>;
  /** How far each event source mapping is. */
  status(): readonly MappingStatus[];
  /** Resolves when every record that is in a stream now is processed by every consumer, or set aside. */
  drained(): Promise<void>;
  /** Resolves when every consumer has processed what is in a stream now, and all that consumers put there because of it. */
  settled(): Promise<void>;
  /** Lets every consumer process its whole stream again. */
  rewind(): Promise<void>;
  /** Bytes of memory that this process and all sandboxes hold. */
  memory(): number;
  /** Stops within 3 s; what was acknowledged is kept, what was being processed comes again. */
  stop(): Promise<void>;
}

/** How long running requests and invocations may take when the runtime stops. */
const graceMs = 1500;

/**
 * Turns the synthesized stack into running parts: opens the data folder, starts services and gateway, deploys
 * the template, and starts functions, pollers and the HTTP API.
 * Throws a `StartError` whose message says how to mend what is wrong; nothing keeps running then.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await start(options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: RuntimeOptions,
  closers: (() => unknown)[],
  close: () => Promise<void>,
): Promise<Runtime> {
  keepHeapLean();
  const assembly = loadAssembly(options.assemblyDir);
  const data = openDataDirectory(options.dataDir);
  closers.push(data.unlock);
  const server = await startHttpServer(options.port);
  closers.push(server.close);
  const onTrouble = options.onTrouble ?? (() => {});
  const permissions = createPermissions(deniedTrouble(data.logs, onTrouble));
  await permissions.open(path.join(data.state, 'permissions-used.json'));
  closers.push(permissions.save);
  const services = await openServices(data.path, permissions.refusal);
  closers.push(() => Promise.all(services.map((service) => service.close())));

  const mappings = new Map<string, EventSourceMapping>();
  const calls = openLogFile(path.join(data.logs, 'aws-calls.log'));
  closers.push(calls.close);
  const logCall = callLog(calls, () => new Date());
  let puts = 0;
  const onCall = (call: AwsCall, answer: AwsAnswer) => {
    logCall(call, answer);
    if (call.service === 'kinesis' && call.operation.startsWith('PutRecord')) puts += 1;
    for (const mapping of mappings.values()) mapping.notice(call, answer);
    options.onCall?.(call, answer);
  };
  const lambda = createLambdaService();
  const stations = [permissions.station, ...(options.stations ?? [])];
  const gateway = await startGateway({ services: [...services, lambda], onCall, stations });
  closers.push(gateway.close);

  const deployment = await deployStack({ assembly, gateway, apiUrl: server.url });
  const { parts, outputs } = deployment;
  permissions.enforce(deployment);
  await writeState(path.join(data.state, 'catalog.json'), parts.catalog);

  const functions = createLocalFunctions({
    specs: parts.functions,
    program: await writeSandboxProgram(data.state),
    endpointUrl: gateway.url,
    logs: data.logs,
    limit: options.sandboxes ?? 1,
    idleMs: options.idleMs,
    preload: options.preload,
    onInvocation: options.onInvocation,
    onTrouble,
  });
  closers.push(() => functions.stop(graceMs));
  const invoke = (logicalId: string, event: object) => functions.get(logicalId).invoke(event);

  const asynchronous = await openAsyncInvocations({
    functions,
    limits: parts.asyncLimits,
    folder: path.join(data.state, 'async-invocations'),
    retryMs: options.asyncRetryMs,
  });
  closers.push(asynchronous.stop);
  const invocable = {
    find: (name: string) => parts.functions.find(({ functionName }) => functionName === name)?.logicalId,
    invoke: (logicalId: string, event: unknown) => functions.get(logicalId).invoke(event),
    accept: asynchronous.accept,
  };
  lambda.serve(invocable);

  const stateFolder = path.join(data.state, 'checkpoints');
  for (const spec of parts.mappings) {
    const feed = (event: object) => invoke(spec.functionLogicalId, event);
    const pace = options.pace ?? {};
    const mapping = await startEventSourceMapping({ spec, gateway, invoke: feed, stateFolder, pace });
    mappings.set(spec.logicalId, mapping);
    closers.push(() => within(graceMs, mapping.stop()));
  }
  lambda.serve(
    invocable,
    parts.mappings.flatMap(({ logicalId, uuid, functionArn, streamArn: eventSourceArn }) => {
      const mapping = mappings.get(logicalId);
      return mapping === undefined ? [] : { ...mapping, uuid, functionArn, eventSourceArn };
    }),
  );
  if (parts.httpApi) server.serve(createHttpApi({ spec: parts.httpApi, invoke }));
  for (const spec of parts.schedules) {
    const schedule = startSchedule({ spec, run: (event) => asynchronous.run(spec.functionLogicalId, event) });
    closers.push(schedule.stop);
  }

  const runtimeFile = path.join(data.state, 'runtime.json');
  const startedAt = new Date().toISOString();
  await writeState(runtimeFile, { pid: process.pid, gatewayUrl: gateway.url, apiUrl: server.url, startedAt, outputs });
  closers.push(() => rm(runtimeFile, { force: true }));

  const all = <Result>(action: (mapping: EventSourceMapping) => Result): Result[] => [...mappings.values()].map(action);
  const drained = async () => void (await Promise.all(all((mapping) => mapping.drained())));
  return {
    apiUrl: server.url,
    gateway,
    outputs,
    deployment,
    functions: functions.byLogicalId,
    mappings,
    permissions,
    status: () => all((mapping) => mapping.status()),
    drained,
    settled: async () => {
      // By puts that were answered: one on its way is answered before the invocation ends that makes it.
      for (let before = -1; before !== puts; ) {
        before = puts;
        await drained();
      }
    },
    rewind: async () => void (await Promise.all(all((mapping) => mapping.rewind()))),
    memory: () => memoryOf([process.pid, ...functions.pids()]),
    stop: async () => {
      asynchronous.stop();
      const mappingsStopped = all((mapping) => mapping.stop());
      const functionsStopped = functions.stop(graceMs);
      await within(graceMs + 300, Promise.all([server.drain(), ...mappingsStopped, functionsStopped]));
      await close();
    },
  };
}

/** Waits for work to end, but no longer than `ms`. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const late = new AbortController();
  await Promise.race([work, sleep(ms, undefined, { signal: late.signal }).catch(() => {})]);
  late.abort();
}
