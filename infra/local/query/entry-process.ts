import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { accessTrouble } from '../aws-access.ts';

/** Code of the functions that runs as a process of its own, and speaks by its standard output. */
export interface EntryProcess {
  readonly stdout: Readable;
  /** What it said on standard error, when it ended with another code than 0; undefined when it ended well. Read its output first. */
  failure(): Promise<string | undefined>;
}

/** Starts a file of TypeScript by this Node, with these arguments and nothing but this environment. */
export function startEntry(entry: string, args: readonly string[], env: NodeJS.ProcessEnv): EntryProcess {
  const child = spawn(process.execPath, [entry, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  let reason = '';
  child.stderr.on('data', (chunk) => {
    reason += chunk;
  });
  return {
    stdout: child.stdout,
    failure: async () => ((await ended) === 0 ? undefined : (accessTrouble(new Error(reason.trim())) ?? reason.trim())),
  };
}
