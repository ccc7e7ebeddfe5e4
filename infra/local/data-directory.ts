import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AlreadyRunningError, StartError } from './errors.ts';
import { isRunning, startTimeOf } from './process-identity.ts';

/** A data folder that this process alone works on. */
export interface DataDirectory {
  readonly path: string;
  /** Folder of checkpoints, catalog and `runtime.json`. */
  readonly state: string;
  /** Folder of the functions' logs. */
  readonly logs: string;
  unlock(): void;
}

/**
 * Makes the folder if there is none and locks it until `unlock`, or until this process ends in whatever way.
 * Throws `AlreadyRunningError` when another runtime holds it.
 */
export function openDataDirectory(directory: string): DataDirectory {
  const absolute = path.resolve(directory);
  const state = path.join(absolute, 'state');
  try {
    mkdirSync(state, { recursive: true });
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new StartError(`The data folder ${absolute} cannot be made (${reason}): choose another with --data.`, {
      cause,
    });
  }
  const lock = path.join(state, 'lock.json');
  takeLock(lock, absolute);
  return {
    path: absolute,
    state,
    logs: path.join(absolute, 'logs'),
    unlock: () => rmSync(lock, { force: true }),
  };
}

function takeLock(lock: string, directory: string): void {
  const own = `${lock}.${process.pid}`;
  writeFileSync(own, JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) }));
  try {
    for (;;) {
      try {
        // A link comes into being whole or not at all, and fails when there is one.
        linkSync(own, lock);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = livingHolder(lock);
      if (holder) {
        throw new AlreadyRunningError(
          `Another runtime (process ${holder.pid}) works on ${directory}: stop it, or choose another folder with --data.`,
        );
      }
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** Process id of the runtime that works on the folder, where one does. */
export const runtimeOn = (directory: string): number | undefined =>
  livingHolder(path.join(directory, 'state', 'lock.json'))?.pid;

function livingHolder(lock: string): { pid: number } | undefined {
  try {
    const { pid, startTime } = JSON.parse(readFileSync(lock, 'utf8'));
    return isRunning(pid, startTime) ? { pid } : undefined;
  } catch {
    return undefined;
  }
}
