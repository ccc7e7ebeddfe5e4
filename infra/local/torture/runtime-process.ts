/** The runtime under torture: a process of its own, so that it can be killed. Its parent speaks by IPC. */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type InjectedFault, injecting } from '../faults/injecting.ts';
import { killing } from '../faults/kills.ts';
import { writeProgram } from '../lambda/sandbox-program.ts';
import { type Runtime, startRuntime } from '../runtime.ts';
import type { Befell, Command, Done, Order, RuntimeSettings, Up } from './runtime-protocol.ts';

/** How far a clock jumps: less than half of what a trial lasts, so that it is certain who was noticed. */
const MOST_JUMP_MS = 10_000;

const settings = JSON.parse(process.argv[2] ?? '') as RuntimeSettings;
const { start, log } = settings;
const seed = `${settings.seed}/${start}`;
let isUnderFire = settings.isUnderFire;
let runtime: Runtime | undefined;

const note = (befell: Befell) => appendFileSync(log, `${JSON.stringify(befell)}\n`);
const isOn = () => isUnderFire;
const kill = (caller: string): number => {
  const pids = runtime?.functions.get(caller)?.pids() ?? [];
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  return pids.length;
};

const clock = pathToFileURL(
  await writeProgram(new URL('../faults/jumping-clock.ts', import.meta.url), path.join(settings.dataDir, 'torture')),
);
/** Milliseconds that the clocks of functions are off that have one of their own. */
const shifts = new Map<string, number>();
const started = new Map<string, number>();
const preload = (caller: string): string => {
  const nth = started.get(caller) ?? 0;
  started.set(caller, nth + 1);
  const shift = String(shifts.get(caller) ?? settings.shiftMs);
  const most = String(settings.faults === 0 ? 0 : MOST_JUMP_MS);
  const query = { seed: `${seed}/${caller}/${nth}`, shift, most, function: caller, log };
  return `${clock}?${new URLSearchParams(query)}`;
};

const station = killing({
  seed,
  every: settings.killEvery,
  isOn: () => isUnderFire && settings.killEvery > 0,
  kill,
  onKill: ({ when, ...where }) => note({ kill: when, ...where }),
});
/** Calls that will be done although nobody waits for them. */
const late = new Set<Promise<unknown>>();
const onLate = (work: Promise<unknown>) => {
  late.add(work);
  void work.then(() => late.delete(work));
};
const onFault = (fault: InjectedFault) => note({ fault: true, start, ...fault });
const faults = injecting({ seed, rate: settings.faults, isOn, onFault, onLate });

const { assemblyDir, dataDir, port } = settings;
const stations = [station, faults];
runtime = await startRuntime({ assemblyDir, dataDir, port, sandboxes: 2, stations, preload });
tell(aboutOf(runtime));

process.on('message', ({ id, command }: Order) => {
  const answer = (more: Pick<Done, 'result' | 'error'>) => tell({ kind: 'done', id, ...more });
  execute(command).then(
    (result) => answer({ result }),
    (error: Error) => answer({ error: error.stack ?? error.message }),
  );
});
process.once('SIGTERM', end);
process.once('disconnect', end);

function tell(message: Up | Done): void {
  process.send?.(message);
}

function end(): void {
  void runtime?.stop().finally(() => process.exit(0));
}

async function execute(command: Command): Promise<unknown> {
  if (typeof command === 'object') return seal(command.shiftMs);
  switch (command) {
    case 'fire':
    case 'calm':
      isUnderFire = command === 'fire';
      if (!isUnderFire) await Promise.all(late);
      return undefined;
    case 'settle':
      return runtime?.settled();
    case 'denied':
      return runtime?.permissions.denied().map(({ message }) => message);
  }
}

/** Lets the sealer run once, by a clock of its own. */
async function seal(shiftMs: number): Promise<boolean> {
  const [id, sealer] =
    [...(runtime?.functions ?? [])].find(([, { functionName }]) => /Sealer/.test(functionName)) ?? [];
  if (id === undefined || sealer === undefined) throw new Error('The stack has no function that seals.');
  shifts.set(id, shiftMs);
  // One that is there lives by the clock that it was started with.
  for (; sealer.pids().length > 0; await sleep(5)) kill(id);
  return (await sealer.invoke({})).ok;
}

function aboutOf({ apiUrl, gateway, deployment, functions }: Runtime): Up {
  const { mappings, functions: specs } = deployment.parts;
  return {
    kind: 'up',
    port: Number(new URL(apiUrl).port),
    apiUrl,
    gatewayUrl: gateway.url,
    streamName: mappings[0]?.streamName ?? '',
    queueUrl: specs.flatMap(({ environment }) => environment.TRANSITIONS_QUEUE_URL ?? [])[0] ?? '',
    failureBuckets: [...new Set(mappings.flatMap(({ failureBucket }) => failureBucket ?? []))],
    functions: Object.fromEntries(Array.from(functions, ([id, { functionName }]) => [id, functionName])),
  };
}
