import type { AccessKey } from '../../schemas/env.ts';
import type { FindKey } from '../middleware/access-keys.ts';
import type { HttpEvent } from '../middleware/http.ts';
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

/** The source of the first key that is known; throws a 401 problem when none is. */
export function sourceOf(findSource: FindKey, keys: readonly unknown[]): AccessKey {
  let isGiven = false;
  for (const key of keys) {
    if (typeof key !== 'string' || key === '') continue;
    isGiven = true;
    const source = key.length <= 200 ? findSource(key) : undefined;
    if (source) return source;
  }
  throw isGiven
    ? refused('key_unknown', 'The write key is not one of this stage: compare it with `writeKeys` of its settings.')
    : refused(
        'key_missing',
        'Send the write key by HTTP Basic (as user, with an empty password), as Bearer token, or as `writeKey` in the body.',
      );
}

/** Bearer, because a Basic challenge would make browsers ask the visitors of a shop for a password. */
const refused = (code: 'key_missing' | 'key_unknown', detail: string): ProblemError =>
  new ProblemError(code, detail, { headers: { 'www-authenticate': 'Bearer realm="headwater"' } });

function headerKeys(event: HttpEvent): string[] {
  const [, scheme, value = ''] = /^(basic|bearer) +(\S+) *$/i.exec(event.headers.authorization ?? '') ?? [];
  if (scheme === undefined) return [];
  if (scheme.toLowerCase() === 'bearer') return [value];
  const [user = ''] = Buffer.from(value, 'base64').toString('utf8').split(':', 1);
  return [user];
}
