import { parseArgs } from 'node:util';
import { misread } from '../errors.ts';
import { wholeOption } from '../number-option.ts';

export const usage = `Usage: npm run restore-drill -- [options]

Tries the way back on this machine: events arrive, a moment passes, more arrive; then a profile is spoiled, others and
files of the lake are deleted or overwritten. Tables and objects go back to that moment, consumers read the stream again
from it, and everything has to be what it was: profiles, members of segments, totals of the lake, and the ledger. A person
who was erased after the moment is erased again, and must be found in no store.

  --people N   people of the store whose events are sent (default 120)
  --seed TEXT  another store (default "restore")
  --help       print this text`;

export interface DrillSettings {
  readonly people: number;
  readonly seed: string;
}

/** Reads the command line; `undefined` when help is asked for. Throws `UsageError`. */
export function parseCommandLine(args: readonly string[]): DrillSettings | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  return { people: wholeOption('people', values.people, 1, 99_999), seed: values.seed };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      people: { type: 'string', default: '120' },
      seed: { type: 'string', default: 'restore' },
      help: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw misread(cause, usage);
  }
}
