import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { writeProgram } from '../lambda/sandbox-program.ts';

/** Until every process has looked at the file again. */
const SEEN_MS = 60;
/** The clock is not put forward by less. */
const LEAST_MS = 500;

/** A clock that all of a runtime follows, so that a month passes in a minute. */
export interface MonthClock {
  /** The module that moves the clock of whatever process loads it. */
  readonly module: string;
  /** Puts the clock forward to a moment, in milliseconds since 1970; never back. Others see it a moment later. */
  moveTo(at: number): Promise<void>;
  /** Resolves when all have seen it. */
  seen(): Promise<void>;
  /** This process goes by its own clock again. */
  close(): void;
}

/** Moves the clock of this process, and of those that load the module. Keeps what it needs in `folder`. */
export async function openMonthClock(folder: string, start: number): Promise<MonthClock> {
  const own = Date;
  const file = path.join(folder, 'clock-offset');
  let offset = start - own.now();
  let writes = 0;
  const write = async () => {
    writes += 1;
    const next = `${file}.${writes}`;
    await writeFile(next, String(Math.round(offset)));
    await rename(next, file);
  };
  await write();
  const program = await writeProgram(new URL('./moved-clock.ts', import.meta.url), path.join(folder, 'clock'));
  const module = `${pathToFileURL(program)}?${new URLSearchParams({ file })}`;
  await import(module);
  return {
    module,
    async moveTo(at) {
      if (at < own.now() + offset + LEAST_MS) return;
      offset = at - own.now();
      await write();
    },
    seen: () => sleep(SEEN_MS),
    close: () => {
      globalThis.Date = own;
    },
  };
}
