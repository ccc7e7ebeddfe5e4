import path from 'node:path';
import { parseArgs } from 'node:util';
import { accessKeyRules, apiScopes, type RateLimit, type Scope, scopes } from '../../../schemas/access-key.ts';
import { misread, UsageError } from '../errors.ts';
import type { Where } from '../function-target.ts';
import { durationOf } from './duration.ts';

export const usage = `Usage: npm run keys -- list [options]
       npm run keys -- create --id NAME --scope SCOPES [options]
       npm run keys -- rotate NAME [options]
       npm run keys -- revoke NAME [options]

Makes and withdraws keys without a deploy. A key is shown once, when it is made: only its hash is kept.

  --scope SCOPES     ingest, for a write key that sends events, and may be public; or one or more of read, manage and
                     privacy, with commas, for an API key
  --source ID        the source that events of a write key are of (default: the key's name)
  --space ID         of an API key: the space whose people alone it may read and change; of a write key: checks that its
                     source is of that space (default: all people)
  --rate N           requests that it may make in a second (default: as many as the API takes)
  --burst N          most requests of one second, by what was left of those before (default: N of --rate)
  --expires-in TIME  refuses it after that time: 30d, 12h, 15m (default: never)
  --overlap TIME     of rotate: for how long the key before works beside the new one (default 7d)

  --data DIR         the local data folder (default .headwater); the runtime must be up on it
  --stage NAME       a deployed stage on AWS instead, with your AWS credentials
  --json             of list: as JSON
  --help             print this text

A new key works at once, a revoked one is refused everywhere within 30 seconds.`;

export interface CreateRequest {
  readonly command: 'create';
  readonly id: string;
  readonly scopes: readonly Scope[];
  readonly source: string | undefined;
  readonly space: string | undefined;
  readonly limit: RateLimit | undefined;
  /** Milliseconds. */
  readonly expiresIn: number | undefined;
}

export type KeysRequest =
  | { readonly command: 'list'; readonly json: boolean }
  | CreateRequest
  | { readonly command: 'rotate'; readonly id: string /** Milliseconds. */; readonly overlap: number }
  | { readonly command: 'revoke'; readonly id: string };

export interface KeysCommand {
  readonly where: Where;
  readonly request: KeysRequest;
}

const MOST_REQUESTS = 100_000;
/** A bucket that holds more would let a key come in for minutes at once. */
const MOST_BURST_SECONDS = 60;

const options = {
  id: { type: 'string' },
  scope: { type: 'string' },
  source: { type: 'string' },
  space: { type: 'string' },
  rate: { type: 'string' },
  burst: { type: 'string' },
  'expires-in': { type: 'string' },
  overlap: { type: 'string' },
  data: { type: 'string', default: '.headwater' },
  stage: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Which options a command takes, beside where it works. */
const optionsOf: Readonly<Record<KeysRequest['command'], readonly string[]>> = {
  list: ['json'],
  create: ['id', 'scope', 'source', 'space', 'rate', 'burst', 'expires-in'],
  rotate: ['overlap'],
  revoke: [],
};
const everywhere = ['data', 'stage', 'help'];

type Values = ReturnType<typeof parse>['values'];

/** Reads the command line of `npm run keys`; undefined when help is asked for. Throws `UsageError`. */
export function readCommand(args: readonly string[]): KeysCommand | undefined {
  const { values, positionals, tokens } = parse(args);
  if (values.help) return undefined;
  const [command, name, ...more] = positionals;
  if (command === undefined || !Object.hasOwn(optionsOf, command)) {
    const given = command === undefined ? 'none was given' : `not '${command}'`;
    throw wrong(`The command is one of list, create, rotate and revoke, ${given}.`);
  }
  const known = command as KeysRequest['command'];
  for (const token of tokens) {
    if (token.kind !== 'option' || [...optionsOf[known], ...everywhere].includes(token.name)) continue;
    throw wrong(`${command} takes no --${token.name}.`);
  }
  if (more.length > 0) throw wrong(`'${more[0]}' is one name too many.`);
  const where = { dataDir: path.resolve(values.data), stage: values.stage };
  return { where, request: requestOf(known, name, values) };
}

function requestOf(command: KeysRequest['command'], name: string | undefined, values: Values): KeysRequest {
  switch (command) {
    case 'list':
      if (name !== undefined) throw wrong(`list takes no name, '${name}' was given.`);
      return { command, json: values.json };
    case 'create':
      if (name !== undefined && values.id !== undefined) throw wrong(`'${name}' is one name too many.`);
      return createOf(nameOf(values.id ?? name, 'create --id NAME'), values);
    case 'rotate':
      return { command, id: nameOf(name, 'rotate NAME'), overlap: timeOf('overlap', values.overlap ?? '7d') };
    case 'revoke':
      return { command, id: nameOf(name, 'revoke NAME') };
  }
}

function createOf(id: string, values: Values): CreateRequest {
  const given = scopesOf(values.scope);
  const isWriteKey = given.includes('ingest');
  if (isWriteKey && given.length > 1) {
    throw wrong('A key with the scope ingest is public, so that it may have no other: make a second key for those.');
  }
  if (!isWriteKey && values.source !== undefined) {
    throw wrong('--source is of keys with the scope ingest: an API key reads all sources.');
  }
  const expiresIn = values['expires-in'] === undefined ? undefined : timeOf('expires-in', values['expires-in']);
  if (expiresIn === 0) throw wrong('--expires-in is 0: the key would never work.');
  return {
    command: 'create',
    id,
    scopes: given,
    source: isWriteKey ? nameOf(values.source ?? id, '--source ID') : undefined,
    space: values.space,
    limit: limitOf(values),
    expiresIn,
  };
}

function scopesOf(text: string | undefined): readonly Scope[] {
  if (text === undefined) throw wrong(`create needs --scope: ingest, or one or more of ${apiScopes.join(', ')}.`);
  const names = text.split(',').map((each) => each.trim());
  const unknown = names.find((each) => !(scopes as readonly string[]).includes(each));
  if (unknown !== undefined) throw wrong(`'${unknown}' is no scope: there are ${scopes.join(', ')}.`);
  return scopes.filter((scope) => names.includes(scope));
}

function limitOf({ rate, burst }: Values): RateLimit | undefined {
  if (rate === undefined) {
    if (burst !== undefined) throw wrong('--burst needs --rate.');
    return undefined;
  }
  const perSecond = countOf('rate', rate, 1, MOST_REQUESTS);
  return {
    perSecond,
    burst: burst === undefined ? perSecond : countOf('burst', burst, perSecond, perSecond * MOST_BURST_SECONDS),
  };
}

function countOf(option: string, text: string, least: number, most: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least && count <= most) return count;
  throw wrong(`--${option} takes a whole number from ${least} to ${most}, not '${text}'.`);
}

function timeOf(option: string, text: string): number {
  const time = durationOf(text);
  if (time === undefined)
    throw wrong(`--${option} takes a time such as 30d, 12h or 15m up to ten years, not '${text}'.`);
  return time;
}

function nameOf(text: string | undefined, place: string): string {
  if (text === undefined) throw wrong(`The name of the key is missing: ${place}.`);
  const { pattern, is } = accessKeyRules.id;
  if (!pattern.test(text)) throw wrong(`'${text}' is no name: one ${is}.`);
  return text;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, tokens: true });
  } catch (error) {
    throw misread(error, usage);
  }
}

const wrong = (message: string): UsageError => new UsageError(`${message}\n\n${usage}`);
