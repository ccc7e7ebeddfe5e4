import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Headwater } from './headwater.ts';

export interface Ended {
  readonly code: number | null;
  /** What it printed on standard output. */
  readonly out: string;
  /** What it printed on standard error. */
  readonly err: string;
  /** Both, as they came. */
  readonly output: string;
}

export interface CommandOptions {
  /** Default: the folder of the tests. */
  readonly cwd?: string;
}

/** Runs a command of `npm run` as a user does, without the environment of the tests. */
export async function run(name: string, args: readonly string[], { cwd }: CommandOptions = {}): Promise<Ended> {
  const entry = fileURLToPath(new URL(`../../infra/local/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [entry, ...args], { env: { PATH: process.env.PATH }, ...(cwd && { cwd }) });
  const said = { out: '', err: '', output: '' };
  const hear = (stream: 'out' | 'err') => (chunk: Uint8Array) => {
    said[stream] += chunk;
    said.output += chunk;
  };
  child.stdout.on('data', hear('out'));
  child.stderr.on('data', hear('err'));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...said };
}

/** Runs a command on a Headwater's data, expects that it ends well, and answers what it prints. */
export async function runCommand({ dataDir }: Headwater, name: string, ...args: string[]): Promise<string> {
  const { code, output } = await run(name, [...args, '--data', dataDir]);
  expect([code, output]).toEqual([0, output]);
  return output;
}
