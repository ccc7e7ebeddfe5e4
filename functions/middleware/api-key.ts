import type { MiddlewareObj } from '@middy/core';
import type { Route } from '../../schemas/api/endpoint.ts';
import type { KnownKey } from './access-keys.ts';
import { noteCaller } from './audit.ts';
import type { HttpEvent, HttpResponse } from './http.ts';
import { type KeyCheck, noteRefusal } from './key-check.ts';
import { ProblemError } from './problem.ts';

/** Longer is neither a key nor a token. */
const MOST_CHARACTERS = 8_192;

/**
 * Lets requests through that carry `Authorization: Bearer <API key or token>` with the scope that their route needs, and are
 * not about more than the people to whom the key is limited.
 */
export function apiKey(
  keys: KeyCheck,
  routeOf: (routeKey: string) => Pick<Route, 'auth' | 'space'> | undefined,
): MiddlewareObj<HttpEvent, HttpResponse> {
  return {
    before: async ({ event }) => {
      const { auth: scope = 'none', space = 'none' } = routeOf(event.routeKey) ?? {};
      if (scope === 'none') return;
      const given = /^Bearer +(\S+) *$/i.exec(event.headers.authorization ?? '')?.[1];
      let key: KnownKey | undefined;
      try {
        if (given === undefined) throw refused('key_missing', 'Send the API key as `Authorization: Bearer <API key>`.');
        key = given.length <= MOST_CHARACTERS ? await keys.find(given) : undefined;
        if (!key)
          throw refused('key_unknown', 'The API key of the Authorization header is unknown, revoked or expired.');
        await keys.admit(key, scope);
        if (space === 'stage' && key.space !== undefined) throw restricted(key);
      } catch (error) {
        noteRefusal(keys, error, { scope, key, event }, given);
        throw error;
      }
      noteCaller(event, { key, scope });
    },
  };
}

/** The problem of a key that is limited to some people where all are concerned. */
function restricted({ id, isToken, space }: KnownKey): ProblemError {
  const kind = isToken ? 'token' : 'key';
  const detail = `The ${kind} ${id} is limited to people of the space ${space}, and this is about the whole stage: use a ${kind} that is limited to no space.`;
  return new ProblemError('space_restricted', detail);
}

/** The problem of a request by nobody who is known. */
export function refused(
  code: 'key_missing' | 'key_unknown' | 'token_invalid' | 'token_expired',
  detail: string,
): ProblemError {
  const error = code === 'key_missing' ? '' : ', error="invalid_token"';
  return new ProblemError(code, detail, { headers: { 'www-authenticate': `Bearer realm="headwater"${error}` } });
}
