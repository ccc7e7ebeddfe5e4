/** The runtime under torture: a process of its own, so that it can be killed. Its parent speaks by IPC. */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { injecting } from '../faults/injecting.ts';
import { openKills } from '../faults/kills.ts';
import { writeProgram } from '../lambda/sandbox-program.ts';
import { type Runtime, startRuntime } from '../runtime.ts';
import type { Befell, Command, Done, Order, RuntimeSettings, Up } from './runtime-protocol.ts';

/** How far a clock jumps: less than half of what a trial lasts, so that it is certain who was noticed. */
const MOST_JUMP_MS = 10_000;

const settings = JSON.parse(process.argv[2] ?? '') as RuntimeSettings;
const { seed, log } = settings;
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
const started = new Map<string, number>();
const preload = (caller: string): string | undefined => {
  if (settings.faults === 0) return undefined;
  const nth = started.get(caller) ?? 0;
  started.set(caller, nth + 1);
  const query = { seed: `${seed}/${caller}/${nth}`, most: String(MOST_JUMP_MS), function: caller, log };
  return `${clock}?${new URLSearchParams(query)}`;
};

const kills = openKills({
  seed,
  everyMs: settings.killEveryMs || 1_000,
  isOn: () => isUnderFire && settings.killEveryMs > 0,
  kill,
  onKill: ({ when, ...where }) => note({ kill: when, ...where }),
});
const faults = injecting({ seed, rate: settings.faults, isOn, onFault: (fault) => note({ fault: true, ...fault }) });

const { assemblyDir, dataDir, port } = settings;
const stations = [kills.station, faults];
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
  kills.stop();
  void runtime?.stop().finally(() => process.exit(0));
}

async function execute(command: Command): Promise<unknown> {
  switch (command) {
    case 'fire':
    case 'calm':
      isUnderFire = command === 'fire';
      return undefined;
    case 'settle':
      return settle();
    case 'denied':
      return runtime?.permissions.denied().map(({ message }) => message);
  }
}

/** Waits until every consumer has read all that is in the stream, and what came of it. */
async function settle(): Promise<void> {
  for (let before = -1; before !== puts(); ) {
    before = puts();
    await runtime?.drained();
  }
}

function puts(): number {
  const counts = runtime?.gateway.counts() ?? [];
  return counts.filter(({ operation }) => operation.startsWith('PutRecord')).reduce((sum, { calls }) => sum + calls, 0);
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
