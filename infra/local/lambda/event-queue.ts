import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { readState, writeState } from '../state-file.ts';
import type { AsyncEnd } from './async-invocation.ts';

interface Kept {
  readonly functionLogicalId: string;
  readonly event: unknown;
}

/** Accepted events of asynchronous invocations, a file each, until they are dealt with. */
export interface EventQueue {
  /** Resolves when the event is on disk; it is run after that. */
  accept(functionLogicalId: string, event: unknown): Promise<void>;
}

export interface EventQueueOptions {
  readonly folder: string;
  /** Deals with an event; what it tells `stopped` is kept and comes again with the next start. */
  readonly run: (functionLogicalId: string, event: unknown) => Promise<AsyncEnd>;
}

/** Opens the queue and runs what an earlier run accepted and did not finish. */
export async function openEventQueue({ folder, run }: EventQueueOptions): Promise<EventQueue> {
  await mkdir(folder, { recursive: true });
  const deal = async (file: string, { functionLogicalId, event }: Kept) => {
    if ((await run(functionLogicalId, event)) !== 'stopped') await rm(file, { force: true });
  };
  for (const name of (await readdir(folder)).toSorted()) {
    const file = path.join(folder, name);
    if (!name.endsWith('.json')) await rm(file, { force: true });
    const kept = await readState<Kept>(file);
    if (kept) void deal(file, kept);
  }
  let accepted = 0;
  return {
    accept: async (functionLogicalId, event) => {
      // Names sort in the order of acceptance.
      const name = [Date.now(), String(accepted++).padStart(9, '0'), randomUUID()].join('-');
      const file = path.join(folder, `${name}.json`);
      const kept = { functionLogicalId, event };
      await writeState(file, kept);
      void deal(file, kept);
    },
  };
}
