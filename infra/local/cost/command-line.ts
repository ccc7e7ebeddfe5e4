import { parseArgs } from 'node:util';
import { stages } from '../../config.ts';
import { misread, UsageError } from '../errors.ts';
import { numberOption, wholeOption } from '../number-option.ts';
import { type ProfileName, profileNames, profiles, type Traffic } from './traffic.ts';

export const usage = `Usage: npm run cost -- [options]

What a month on AWS costs: runs a sample of the traffic on this machine, counts what AWS would charge for,
and prints it by service and by what drives it, at the list prices of infra/local/cost/prices.ts.

  --events N             events a month (default: what the profile has)
  --profile NAME         small (1 million events), medium (30) or large (500): how people come and stay (default small)
  --events-a-request N   events that an SDK sends at once, 1 to 100 (default 10)
  --stage NAME           stage of infra/config.ts whose settings count (default prod)
  --segments ID,ID       built-in segments that are left: all, none, or ids of some (default all)
  --sample N             events that are really sent, 100 to 200000 (default 10000)
  --cpu-factor F         how many times slower a whole core of AWS is than one of this machine (default 1)
  --json                 print JSON
  --help                 print this text

Exit codes: 0 told, 1 the sample could not be run, 2 the command line is wrong.`;

export interface CostOptions {
  readonly traffic: Traffic;
  readonly stage: string;
  readonly sample: number;
  /** Undefined for all. */
  readonly segments: readonly string[] | undefined;
  readonly cpuFactor: number;
  readonly json: boolean;
}

/** Reads the command line of `npm run cost`; `undefined` when help is asked for. Throws `UsageError`. */
export function parseCommandLine(args: readonly string[]): CostOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const traffic = profiles[oneOf('--profile', values.profile, profileNames) as ProfileName];
  const events = values.events === undefined ? traffic.events : wholeOption('events', values.events, 1_000, 1e12);
  const eventsPerRequest = wholeOption('events-a-request', values['events-a-request'], 1, 100);
  return {
    traffic: { ...traffic, events, eventsPerRequest },
    stage: oneOf('--stage', values.stage, Object.keys(stages)),
    segments: segmentsOf(values.segments),
    sample: wholeOption('sample', values.sample, 100, 200_000),
    cpuFactor: numberOption('cpu-factor', values['cpu-factor'], 0.1, 20),
    json: values.json,
  };
}

function segmentsOf(text: string): string[] | undefined {
  if (text === 'all') return undefined;
  return text === 'none' ? [] : text.split(',').map((id) => id.trim());
}

function oneOf(name: string, value: string, known: readonly string[]): string {
  if (known.includes(value)) return value;
  throw new UsageError(`${name} takes ${known.join(', ')}, not '${value}'.`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        events: { type: 'string' },
        profile: { type: 'string', default: 'small' },
        'events-a-request': { type: 'string', default: '10' },
        stage: { type: 'string', default: 'prod' },
        segments: { type: 'string', default: 'all' },
        sample: { type: 'string', default: '10000' },
        'cpu-factor': { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw misread(cause, usage);
  }
}
