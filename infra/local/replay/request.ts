import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ReplayRequest } from '../../../schemas/replay.ts';
import { misread, UsageError } from '../errors.ts';

export const usage = `Usage: npm run replay -- --profiles --from DAY --to DAY [options]
       npm run replay -- --failed --from DAY --to DAY [--reason CODE] [options]
       npm run replay -- --set-aside [options]

Does again what went wrong, after a fix. Twice gives the same as once.

  --profiles     fold profiles anew, from the messages in \`raw\`: everybody of whom something arrived in these days,
                 always from their whole history, because a profile can only be folded whole. Identities, segments and
                 the numbers of transitions stay; whoever is in another segment now enters or leaves it.
  --failed       run failed events that arrived in these days again: those that pass today become events and count in
                 their profiles, the others stay in \`failed_events\`
  --set-aside    put batches back that a consumer of the stream had given up, for that consumer alone: mend its cause first
  --from DAY     first day of arrival, YYYY-MM-DD, in UTC
  --to DAY       last day of arrival
  --reason CODE  only events that failed for this reason, for example missing_ids
  --dry-run      say what would change, and change nothing
  --data DIR     the local data folder (default .headwater); the runtime must be up on it
  --stage NAME   a deployed stage on AWS instead, with your AWS credentials
  --help         print this text

A replay that was cut short goes on by itself within five minutes, or at once with the same command.`;

export interface ReplayCommand {
  readonly request: ReplayRequest;
  readonly dataDir: string;
  readonly stage: string | undefined;
}

/** Reads the command line of `npm run replay`; undefined when help is asked for. Throws `UsageError`. */
export function readCommand(args: readonly string[]): ReplayCommand | undefined {
  const values = parsed(args);
  if (values.help) return undefined;
  const { profiles, failed, 'set-aside': setAside, reason, from, to, 'dry-run': isDry, stage } = values;
  if ([profiles, failed, setAside].filter(Boolean).length !== 1) {
    throw new UsageError(`Say what is to be done again: --profiles, --failed or --set-aside, one of them.\n\n${usage}`);
  }
  if (reason !== undefined && !/^[a-z_]{1,40}$/.test(reason)) {
    throw new UsageError(`--reason takes a code such as missing_ids, not '${reason}'.`);
  }
  if (reason !== undefined && !failed) throw new UsageError('--reason goes with --failed.');
  const dataDir = path.resolve(values.data);
  if (setAside) {
    if (from !== undefined || to !== undefined) throw new UsageError('--set-aside takes all batches, of whatever day.');
    return { request: { kind: 'setAside', isDry }, dataDir, stage };
  }
  const days = { from: dayOf('--from', from), to: dayOf('--to', to) };
  if (days.from > days.to) throw new UsageError(`--from ${days.from} is later than --to ${days.to}.`);
  const request: ReplayRequest = profiles
    ? { kind: 'profiles', days, isDry }
    : { kind: 'failed', days, isDry, ...(reason !== undefined && { reason }) };
  return { request, dataDir, stage };
}

function dayOf(option: string, value: string | undefined): string {
  if (value === undefined) throw new UsageError(`${option} is missing: which day of arrival?\n\n${usage}`);
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== value) {
    throw new UsageError(`${option} takes a day as YYYY-MM-DD, not '${value}'.`);
  }
  return value;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        profiles: { type: 'boolean', default: false },
        failed: { type: 'boolean', default: false },
        'set-aside': { type: 'boolean', default: false },
        from: { type: 'string' },
        to: { type: 'string' },
        reason: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        data: { type: 'string', default: '.headwater' },
        stage: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw misread(error, usage);
  }
}
