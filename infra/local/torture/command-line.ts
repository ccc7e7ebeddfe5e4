import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { misread, UsageError } from '../errors.ts';
import { numberOption, wholeOption } from '../number-option.ts';
import { LEAST_RESTARTS } from './incidents.ts';

export const usage = `Usage: npm run torture -- [options]

Runs Headwater on a data folder of its own, sends it events while calls to its services fail, its functions and the
runtime are killed and its shards are split and merged, and compares all that came of it with a ledger of what was sent.

  --events N        different events to send, 100 to 10000000 (default 10000)
  --seed TEXT       the same seed makes the same events, faults and kills (default: one by chance, which is printed)
  --faults SHARE    share of the functions' calls that something happens to, 0 to 0.5 (default 0.1)
  --kill-every N    writing calls of a function between two of its kills, on average; 0 kills none (default 300)
  --restarts N      how often the whole runtime is ended and started again, 2 to 100: once at midnight (default 2)
  --lanes N         senders side by side, 1 to 64 (default 12)
  --keep DIR        data folder, kept afterwards (default: a temporary one, kept when something differs)
  --json            print the report as JSON
  --help            print this text

Exit codes: 0 all is equal, 1 something differs or the run could not end, 2 the command line is wrong.`;

export interface TortureOptions {
  readonly events: number;
  readonly seed: string;
  readonly faults: number;
  /** Calls of a function; 0 for none. */
  readonly killEvery: number;
  readonly restarts: number;
  readonly lanes: number;
  readonly keep: string | undefined;
  readonly json: boolean;
}

/** Reads the command line of `npm run torture`; `undefined` when help is asked for. Throws `UsageError`. */
export function parseCommandLine(args: readonly string[]): TortureOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  if (values.keep === '') throw new UsageError('--keep takes the name of a folder.');
  return {
    events: wholeOption('events', values.events, 100, 10_000_000),
    seed: values.seed ?? String(randomInt(1_000_000)),
    faults: numberOption('faults', values.faults, 0, 0.5),
    killEvery: wholeOption('kill-every', values['kill-every'], 0, 1_000_000),
    restarts: wholeOption('restarts', values.restarts, LEAST_RESTARTS, 100),
    lanes: wholeOption('lanes', values.lanes, 1, 64),
    keep: values.keep,
    json: values.json,
  };
}

/** The command that runs the same again. */
export function replayOf(options: TortureOptions): string {
  const { events, seed, faults, killEvery, restarts, lanes } = options;
  const shown = /^[\w.-]+$/.test(seed) ? seed : JSON.stringify(seed);
  const all = { events, seed: shown, faults, 'kill-every': killEvery, restarts, lanes };
  return `npm run torture -- ${Object.entries(all)
    .map(([name, value]) => `--${name} ${value}`)
    .join(' ')}`;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        events: { type: 'string', default: '10000' },
        seed: { type: 'string' },
        faults: { type: 'string', default: '0.1' },
        'kill-every': { type: 'string', default: '300' },
        restarts: { type: 'string', default: '2' },
        lanes: { type: 'string', default: '12' },
        keep: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw misread(cause, usage);
  }
}
