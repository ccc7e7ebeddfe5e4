import { parseArgs } from 'node:util';
import { misread, UsageError } from '../errors.ts';
import { wholeOption } from '../number-option.ts';

export const usage = `Usage: npm run smoke -- --url URL --key API_KEY --write-key WRITE_KEY

Checks a deployed stage from outside, by HTTP alone: it sends a few events of a person that it makes up, and asks every
part of the API for them. The person stays in the stage, as smoke-<random>; no trait of it is personal.

  --url URL        address of the stage, the output ApiUrl of its stack
  --key KEY        an API key, or set HEADWATER_API_KEY
  --write-key KEY  a write key, or set HEADWATER_WRITE_KEY
  --wait SECONDS   how long the events may take to show (default 120)
  --help           print this text`;

export interface SmokeOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly writeKey: string;
  readonly waitSeconds: number;
  /** Names of checks that may fail. @default none */
  readonly except?: readonly string[];
}

/** Reads the command line of `npm run smoke`; `undefined` when help is asked for. Throws `UsageError`. */
export function readSmokeOptions(args: readonly string[], env: NodeJS.ProcessEnv): SmokeOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  if (!values.url) throw new UsageError(`--url is missing.\n\n${usage}`);
  if (!/^https?:$/.test(URL.parse(values.url)?.protocol ?? '')) {
    throw new UsageError(`--url takes an address such as https://api.example.com, not '${values.url}'.`);
  }
  const apiKey = values.key ?? env.HEADWATER_API_KEY;
  if (!apiKey) throw new UsageError('The API key is missing: give --key, or set HEADWATER_API_KEY.');
  const writeKey = values['write-key'] ?? env.HEADWATER_WRITE_KEY;
  if (!writeKey) throw new UsageError('The write key is missing: give --write-key, or set HEADWATER_WRITE_KEY.');
  const waitSeconds = wholeOption('wait', values.wait, 0, 9_999);
  return { url: values.url.replace(/\/+$/, ''), apiKey, writeKey, waitSeconds };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        url: { type: 'string' },
        key: { type: 'string' },
        'write-key': { type: 'string' },
        wait: { type: 'string', default: '120' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw misread(cause, usage);
  }
}
