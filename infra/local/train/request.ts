import path from 'node:path';
import { parseArgs } from 'node:util';
import { misread } from '../errors.ts';
import type { Where } from '../function-target.ts';

export const usage = `Usage: npm run train [-- options]

Trains the model of recommendations from all events in the lake, as it happens each night, and says how good it is.

  --data DIR     the local data folder (default .headwater); the runtime must be up on it
  --stage NAME   a deployed stage on AWS instead, with your AWS credentials
  --help         print this text

Joins a training that is under way. Ends with 0 when the version is served, with 2 when it is worse than the present one,
which is served on, and with 1 when there is none. A training that was cut short goes on by itself within five minutes.`;

/** Reads the command line of `npm run train`; undefined when help is asked for. Throws `UsageError`. */
export function readCommand(args: readonly string[]): Where | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        data: { type: 'string', default: '.headwater' },
        stage: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    return values.help ? undefined : { dataDir: path.resolve(values.data), stage: values.stage };
  } catch (error) {
    throw misread(error, usage);
  }
}
