import path from 'node:path';
import { parseArgs } from 'node:util';
import { misread, UsageError } from '../errors.ts';
import type { Where } from '../function-target.ts';

export const usage = `Usage: npm run privacy -- erase --user-id ID [options]
       npm run privacy -- export --user-id ID [options]
       npm run privacy -- status REQUEST [options]
       npm run privacy -- erase-again --since TIME [options]

Erases a person from every store, or exports all that is held of them, and shows what came of it. The request goes on when
this command is stopped: status shows it. After stores were brought back to a moment, erase-again erases once more whoever
was erased since.

  --user-id ID       whom, as events have it; or by another id of the person:
  --anonymous-id ID
  --email ADDRESS
  --phone NUMBER
  --no-suppress      of erase: later events of these ids are taken again when it is done
  --since TIME       of erase-again: the moment that stores were brought back to, 2026-11-20T08:00:00Z for example

  --key KEY          an API key with the scope privacy, or set HEADWATER_API_KEY (default on this machine: sk_local)
  --data DIR         the local data folder (default .headwater); the runtime must be up on it
  --stage NAME       a deployed stage on AWS instead, with your AWS credentials
  --help             print this text`;

/** Names of one person, as the API takes them. */
export interface Names {
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly email?: string;
  readonly phone?: string;
}

export type PrivacyRequest =
  | { readonly command: 'erase'; readonly names: Names; readonly suppress: boolean }
  | { readonly command: 'export'; readonly names: Names }
  | { readonly command: 'status'; readonly id: string }
  /** Milliseconds since 1970. */
  | { readonly command: 'erase-again'; readonly since: number };

/** A request that the API takes. */
export type AskedRequest = Extract<PrivacyRequest, { readonly names: Names }>;

export interface PrivacyCommand {
  readonly where: Where;
  readonly key: string;
  readonly request: PrivacyRequest;
}

const LOCAL_KEY = 'sk_local';

/** Reads the command line of `npm run privacy`; undefined when help is asked for. Throws `UsageError`. */
export function readCommand(args: readonly string[], env: NodeJS.ProcessEnv): PrivacyCommand | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const { stage } = values;
  const key = values.key ?? env.HEADWATER_API_KEY ?? (stage === undefined ? LOCAL_KEY : undefined);
  if (!key) throw new UsageError('The API key is missing: give --key, or set HEADWATER_API_KEY.');
  const where = { dataDir: path.resolve(values.data), stage };
  return { where, key, request: requestOf(positionals, values) };
}

function requestOf([command, id, ...rest]: readonly string[], values: Values): PrivacyRequest {
  if (rest.length > 0 || (command !== 'status' && id !== undefined)) {
    throw new UsageError(`'${rest[0] ?? id}' is one word too many.\n\n${usage}`);
  }
  if (command === 'status') {
    if (id === undefined) throw new UsageError(`status takes the id of a request.\n\n${usage}`);
    return { command, id };
  }
  if (command === 'erase-again') return { command, since: momentOf(values.since) };
  if (values.since !== undefined) throw new UsageError('--since is of erase-again alone.');
  if (command !== 'erase' && command !== 'export') {
    const given = command === undefined ? 'none was given' : `not '${command}'`;
    throw new UsageError(`The command is one of erase, export, status and erase-again, ${given}.\n\n${usage}`);
  }
  const names = namesOf(values);
  if (Object.keys(names).length === 0) throw new UsageError(`Whom? Give --user-id, for example.\n\n${usage}`);
  return command === 'erase' ? { command, names, suppress: !values['no-suppress'] } : { command, names };
}

function momentOf(text: string | undefined): number {
  if (text === undefined)
    throw new UsageError(`erase-again takes the moment that stores were brought back to.\n\n${usage}`);
  const time = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new UsageError(`--since takes an ISO time with its zone, 2026-11-20T08:00:00Z for example, not '${text}'.`);
  }
  return time;
}

function namesOf(values: Values): Names {
  const { 'user-id': userId, 'anonymous-id': anonymousId, email, phone } = values;
  return {
    ...(userId !== undefined && { userId }),
    ...(anonymousId !== undefined && { anonymousId }),
    ...(email !== undefined && { email }),
    ...(phone !== undefined && { phone }),
  };
}

type Values = ReturnType<typeof parse>['values'];

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'user-id': { type: 'string' },
        'anonymous-id': { type: 'string' },
        email: { type: 'string' },
        phone: { type: 'string' },
        'no-suppress': { type: 'boolean', default: false },
        since: { type: 'string' },
        key: { type: 'string' },
        data: { type: 'string', default: '.headwater' },
        stage: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw misread(cause, usage);
  }
}
