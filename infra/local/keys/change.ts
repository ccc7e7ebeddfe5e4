import { createHash } from 'node:crypto';
import type { AccessKey } from '../../../schemas/access-key.ts';
import type { Space } from '../../../schemas/spaces.ts';
import { endOf, isValid, keyPrefix, type StoredKey } from '../../../schemas/stored-key.ts';
import { StartError } from '../errors.ts';
import type { KeyTable } from './key-table.ts';
import type { CreateRequest } from './request.ts';

/** What a change needs of the world. */
export interface Around {
  readonly keys: KeyTable;
  /** Keys of the stage's settings, whose names are taken. */
  readonly settings: readonly AccessKey[];
  /** Of the stage's settings. */
  readonly spaces: readonly Space[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** 32 bytes that nobody can guess. */
  readonly random: () => Buffer;
}

/** A key that was just made: the only time that its text is known. */
export interface Made {
  readonly text: string;
  readonly key: StoredKey;
}

/** Makes a key under a name of its own. Throws `StartError` when the name is taken, or there is no such space. */
export async function create(around: Around, request: CreateRequest): Promise<Made> {
  const { keys, settings, now } = around;
  const { id, scopes, source, space, limit, expiresIn } = request;
  if (space !== undefined) checkSpace(around.spaces, space, source);
  if (settings.some((key) => key.id === id)) {
    throw new StartError(`The settings in infra/config.ts have a key of the name ${id}: choose another name.`);
  }
  if (!(await keys.claim(id))) {
    throw new StartError(`There is a key of the name ${id}: rotate it, revoke it, or choose another name.`);
  }
  return await make(around, {
    id,
    scopes,
    ...(source !== undefined && { source }),
    // Of a write key the source tells it.
    ...(source === undefined && space !== undefined && { space }),
    ...(limit && { limit }),
    createdAt: now,
    ...(expiresIn !== undefined && { endsAt: now + expiresIn }),
  });
}

function checkSpace(spaces: readonly Space[], id: string, source: string | undefined): void {
  const space = spaces.find((each) => each.id === id);
  if (space === undefined) {
    const known = spaces.length === 0 ? 'has no spaces' : `has ${spaces.map((each) => each.id).join(', ')}`;
    throw new StartError(
      `There is no space ${id}: the stage ${known}. Name it under \`spaces\` in infra/config.ts, and deploy.`,
    );
  }
  if (source === undefined || space.sources.includes(source)) return;
  const own = space.sources.length === 0 ? 'none' : space.sources.join(', ');
  throw new StartError(
    `The source ${source} is not of the space ${id}, which has ${own}: add it to the space's \`sources\` in infra/config.ts and deploy, or name one of them by --source.`,
  );
}

/**
 * Makes a new key of a name, with what the one before may do; that one works on for `overlap` milliseconds. The new one is
 * stored first, so that there is always one that works.
 */
export async function rotate(around: Around, id: string, overlap: number): Promise<Made & { readonly until: number }> {
  const { keys, now } = around;
  const before = (await validKeys(around, id, 'rotated')) as readonly [StoredKey, ...StoredKey[]];
  const { sha256: _, createdAt, endsAt, ...same } = before.at(-1) ?? before[0];
  const lasting = endsAt === undefined ? {} : { endsAt: now + (endsAt - createdAt) };
  const made = await make(around, { ...same, createdAt: now, ...lasting });
  const until = now + overlap;
  for (const key of before) await keys.put({ ...key, endsAt: Math.min(key.endsAt ?? until, until) });
  return { ...made, until };
}

/** Has all keys of a name refused, and its name free; says how many there were. */
export async function revoke(around: Around, id: string): Promise<number> {
  const { keys, now } = around;
  const valid = (await keys.list()).filter((key) => key.id === id && isValid(key, now));
  for (const key of valid) await keys.put({ ...key, revokedAt: now });
  const wasClaimed = await keys.free(id);
  if (valid.length === 0 && !wasClaimed) throw await unknown(around, id, 'revoked');
  return valid.length;
}

async function validKeys(around: Around, id: string, done: string): Promise<readonly StoredKey[]> {
  const valid = (await around.keys.list()).filter((key) => key.id === id && isValid(key, around.now));
  if (valid.length === 0) throw await unknown(around, id, done);
  return valid;
}

async function unknown({ keys, settings }: Around, id: string, done: string): Promise<StartError> {
  if (settings.some((key) => key.id === id)) {
    return new StartError(`The key ${id} is in the settings, infra/config.ts: it is ${done} there, by a deploy.`);
  }
  const over = (await keys.list()).findLast((key) => key.id === id);
  if (over) {
    const when = new Date(endOf(over) ?? 0).toISOString();
    return new StartError(`The key ${id} is over since ${when}: make a new one by \`npm run keys -- create\`.`);
  }
  return new StartError(`There is no key ${id}: \`npm run keys -- list\` shows them.`);
}

async function make({ keys, random }: Around, key: Omit<StoredKey, 'sha256'>): Promise<Made> {
  const prefix = key.scopes.includes('ingest') ? keyPrefix.write : keyPrefix.api;
  const text = prefix + random().toString('base64url');
  const made = { ...key, sha256: createHash('sha256').update(text).digest('hex') };
  await keys.put(made);
  return { text, key: made };
}
