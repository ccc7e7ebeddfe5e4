import { parseArgs } from 'node:util';
import { misread, UsageError } from './errors.ts';

export const usage = `Usage: npm start -- [options]

Runs Headwater on this machine: the stack, its API and the demo store.

  --port N      port of the HTTP API (default 3000)
  --data DIR    folder of what is kept between runs (default .headwater)
  --no-demo     start without the demo store's events and the tour
  --exit        stop after the tour; the exit code is 0 if every part of it worked
  --help        print this text`;

export interface StartOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly demo: boolean;
  /** Stop when everything is shown. */
  readonly exit: boolean;
}

/** Reads the command line of `npm start`; `undefined` when help is asked for. Throws `UsageError`. */
export function parseCommandLine(args: readonly string[]): StartOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
    throw new UsageError(`--port takes a number from 0 to 65535, not '${values.port}'.`);
  }
  if (values.data === '') throw new UsageError('--data takes the name of a folder.');
  return { port: Number(values.port), dataDir: values.data, demo: !values['no-demo'], exit: values.exit };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '3000' },
        data: { type: 'string', default: '.headwater' },
        'no-demo': { type: 'boolean', default: false },
        exit: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw misread(cause, usage);
  }
}
