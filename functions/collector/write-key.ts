import type { KnownKey } from '../middleware/access-keys.ts';
import type { HttpEvent } from '../middleware/http.ts';
import { type KeyCheck, lacks, noteRefusal } from '../middleware/key-check.ts';
import { ProblemError } from '../middleware/problem.ts';

/**
 * The keys of a request: SDKs give the write key by HTTP Basic, as a Bearer token, in the query or in the body, and
 * some give two, of which one is an OAuth token.
 */
export const keysOf = (event: HttpEvent, ofBody?: unknown): readonly unknown[] => [
  ...headerKeys(event),
  event.queryStringParameters?.writeKey,
  ofBody,
];

/** The source of the first key that may send events, when it may now; throws a 401, 403 or 429 problem. */
export async function admitted(keys: KeyCheck, given: readonly unknown[], event: HttpEvent): Promise<string> {
  const key = await keyOf(keys, given, event);
  const admission = keys.admit(key, 'ingest');
  if (admission) await admission;
  return sourceOf(key);
}

export const sourceOf = ({ source, id }: KnownKey): string => source ?? id;

/**
 * The first key that may send events. Throws a 403 problem when all that are known may not, and a 401 problem when none is
 * known, which is written down.
 */
export async function keyOf(keys: KeyCheck, given: readonly unknown[], event: HttpEvent): Promise<KnownKey> {
  let first: string | undefined;
  let other: KnownKey | undefined;
  for (const each of given) {
    if (typeof each !== 'string' || each === '') continue;
    first ??= each;
    const key = each.length <= 200 ? await keys.find(each) : undefined;
    if (key?.scopes.includes('ingest')) return key;
    other ??= key;
  }
  const problem = other ? lacks(other, 'ingest') : refused(first === undefined ? 'key_missing' : 'key_unknown');
  noteRefusal(keys, problem, { scope: 'ingest', key: other, event }, first);
  throw problem;
}

const details = {
  key_unknown: 'The write key is unknown, revoked or expired: compare it with those of `npm run keys -- list`.',
  key_missing:
    'Send the write key by HTTP Basic (as user, with an empty password), as Bearer token, or as `writeKey` in the body.',
};

/** Bearer, because a Basic challenge would make browsers ask the visitors of a shop for a password. */
const refused = (code: keyof typeof details): ProblemError =>
  new ProblemError(code, details[code], { headers: { 'www-authenticate': 'Bearer realm="headwater"' } });

function headerKeys(event: HttpEvent): string[] {
  const [, scheme, value = ''] = /^(basic|bearer) +(\S+) *$/i.exec(event.headers.authorization ?? '') ?? [];
  if (scheme === undefined) return [];
  if (scheme.toLowerCase() === 'bearer') return [value];
  const [user = ''] = Buffer.from(value, 'base64').toString('utf8').split(':', 1);
  return [user];
}
