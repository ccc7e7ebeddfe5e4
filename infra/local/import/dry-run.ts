import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ImportCounts } from '../../../schemas/import/state.ts';
import { openProgress } from '../demo/progress.ts';
import { StartError } from '../errors.ts';
import { outcomeText, paceText } from './outcome.ts';
import { openRejectedFile } from './rejected-file.ts';
import type { ImportRequest } from './request.ts';

const entry = fileURLToPath(new URL('../../../functions/importer/dry-run.ts', import.meta.url));

interface Said {
  readonly read?: number;
  readonly rejected?: string;
  readonly sample?: unknown;
  readonly counts?: ImportCounts;
  readonly problem?: string;
}

/** Has the importer's own code read the file, and shows what it would make of it. */
export async function dryRun(request: ImportRequest): Promise<void> {
  const from = performance.now();
  const args = [entry, '--file', request.file, '--map', request.map, '--name', request.name];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const progress = openProgress('Reading', request.size);
  const rejected = openRejectedFile(request.dataDir, `${request.name}-dry-run`);
  const samples: unknown[] = [];
  let last: Said = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const said: Said = JSON.parse(line);
    if (said.read !== undefined) progress.update(said.read);
    if (said.rejected !== undefined) rejected.write(said.rejected);
    if (said.sample !== undefined) samples.push(said.sample);
    if (said.counts !== undefined || said.problem !== undefined) last = said;
  }
  const code = await ended;
  progress.stop();
  const file = rejected.close();
  if (last.problem !== undefined) throw new StartError(last.problem);
  if (code !== 0 || last.counts === undefined) throw new Error(`The dry run ended with ${code}.`);
  console.log(outcomeText(last.counts, true));
  if (file !== undefined) console.log(`\nThe rejected lines: ${file}`);
  for (const sample of samples) console.log(`\n${JSON.stringify(sample, undefined, 2)}`);
  console.log(`\n${paceText(last.counts.rows, performance.now() - from)}. Nothing was imported: leave out --dry-run.`);
}
