import path from 'node:path';
import { runtimeOn } from './data-directory.ts';
import { StartError } from './errors.ts';
import { readState } from './state-file.ts';

/** What a runtime that is up tells of itself. */
export interface RunningRuntime {
  readonly gatewayUrl: string;
  /** Outputs of the stack. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** The runtime on a data folder. `who` needs it, as in `A replay needs`. Throws a `StartError` that says how to start it. */
export async function runningRuntime(who: string, dataDir: string): Promise<RunningRuntime> {
  const file = path.join(dataDir, 'state', 'runtime.json');
  const runtime = runtimeOn(dataDir) === undefined ? undefined : await readState<RunningRuntime>(file);
  if (runtime !== undefined) return runtime;
  const shown = path.relative(process.cwd(), dataDir) || '.';
  const start = shown === '.headwater' ? 'npm start -- --no-demo' : `npm start -- --no-demo --data ${shown}`;
  const mend = `start it in another terminal by \`${start}\`, then try again`;
  throw new StartError(`${who} the runtime, and none is up on ${dataDir}: ${mend}.`);
}
