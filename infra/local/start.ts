import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterStart } from './after-start.ts';
import { parseCommandLine, type StartOptions, usage } from './command-line.ts';
import { StartError } from './errors.ts';
import { runCommand } from './run-command.ts';
import { type Runtime, startRuntime } from './runtime.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { synthesize } from './synthesize.ts';
import type { Trouble } from './trouble.ts';

const print = (line: string) => console.log(line);
const outDir = fileURLToPath(new URL('../../cdk.out/local', import.meta.url));

await runCommand(async () => {
  const options = parseCommandLine(process.argv.slice(2));
  if (options) await run(options);
  else print(usage);
});

async function run(options: StartOptions): Promise<void> {
  const signal = stopOnSignal();
  const runtime = await Promise.race([bringUp(options), signal.aborted]);
  // Nothing has been taken in yet, so nothing needs a clean end.
  if (!runtime) process.exit(0);
  try {
    print(`\n  API   ${runtime.apiUrl}\n  data  ${path.resolve(options.dataDir)}\n`);
    const worked = (await showAround(runtime, options, signal.aborted)) && nothingDenied(runtime);
    if (options.exit) process.exitCode = worked ? 0 : 1;
    else if (!signal.isAborted()) {
      print('Ctrl-C stops it.');
      await signal.aborted;
    }
  } finally {
    await timed('Stopped', () => runtime.stop());
    signal.release();
  }
}

async function bringUp(options: StartOptions): Promise<Runtime> {
  const { assemblyDir } = await timed(
    'The stack is synthesized',
    () => synthesize({ outDir, onProgress: (message) => print(`  ${message}`) }),
    ({ reused }) => (reused ? ', unchanged' : ''),
  );
  return timed('The local runtime is up', () => startRuntime({ assemblyDir, ...options, onTrouble }));
}

function onTrouble({ functionName, errorType, errorMessage, failures, logFile }: Trouble): void {
  const times = failures === 1 ? '' : ` (${failures} times)`;
  console.error(`${functionName} failed${times}: ${errorType}: ${errorMessage}\n  its output: ${logFile}`);
}

/** A call that was denied is told when it happens; here it makes sure that the end is no success. */
function nothingDenied({ permissions }: Runtime): boolean {
  const denied = permissions.denied();
  for (const { action, resource, calls } of denied) console.error(`Denied ${calls} times: ${action} on ${resource}`);
  return denied.length === 0;
}

/** Runs the steps that follow a start; a signal ends them, a step that fails is told and the next one follows. */
async function showAround(runtime: Runtime, options: StartOptions, aborted: Promise<void>): Promise<boolean> {
  let worked = true;
  for (const { title, demo, run: runStep } of afterStart) {
    if (demo && !options.demo) continue;
    const step = runStep({ runtime, options, print }).catch((error: Error) => {
      console.error(`${title} failed: ${error instanceof StartError ? error.message : error.stack}`);
      return false;
    });
    const outcome = await Promise.race([step, aborted]);
    if (outcome === undefined) return worked;
    worked &&= outcome;
  }
  return worked;
}

async function timed<Result>(
  title: string,
  work: () => Promise<Result>,
  note: (result: Result) => string = () => '',
): Promise<Result> {
  const from = performance.now();
  const result = await work();
  print(`${title} (${((performance.now() - from) / 1000).toFixed(1)} s${note(result)})`);
  return result;
}
