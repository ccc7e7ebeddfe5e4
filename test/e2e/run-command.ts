import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Headwater } from './headwater.ts';

/** Runs a command on a Headwater's data as a user does, expects that it ends well, and answers what it prints. */
export async function runCommand({ dataDir }: Headwater, name: string, ...args: string[]): Promise<string> {
  const entry = fileURLToPath(new URL(`../../infra/local/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [entry, ...args, '--data', dataDir]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  expect([await new Promise((resolve) => child.on('close', resolve)), output]).toEqual([0, output]);
  return output;
}
