import type { MiddlewareObj } from '@middy/core';
import type { Scope } from '../../schemas/access-key.ts';
import { noteCaller } from './audit.ts';
import type { HttpEvent, HttpResponse } from './http.ts';
import type { KeyCheck } from './key-check.ts';
import { ProblemError } from './problem.ts';

/** Longer is neither a key nor a token. */
const MOST_CHARACTERS = 8_192;

/** Lets requests through that carry `Authorization: Bearer <API key or token>` with the scope that their route needs. */
export function apiKey(
  keys: KeyCheck,
  scopeOf: (routeKey: string) => Scope | 'none' | undefined,
): MiddlewareObj<HttpEvent, HttpResponse> {
  return {
    before: async ({ event }) => {
      const scope = scopeOf(event.routeKey) ?? 'none';
      if (scope === 'none') return;
      const given = /^Bearer +(\S+) *$/i.exec(event.headers.authorization ?? '')?.[1];
      if (given === undefined) throw refused('key_missing', 'Send the API key as `Authorization: Bearer <API key>`.');
      const key = given.length <= MOST_CHARACTERS ? await keys.find(given) : undefined;
      if (!key) throw refused('key_unknown', 'The API key of the Authorization header is unknown, revoked or expired.');
      await keys.admit(key, scope);
      noteCaller(event, { key, scope });
    },
  };
}

/** The problem of a request by nobody who is known. */
export function refused(
  code: 'key_missing' | 'key_unknown' | 'token_invalid' | 'token_expired',
  detail: string,
): ProblemError {
  const error = code === 'key_missing' ? '' : ', error="invalid_token"';
  return new ProblemError(code, detail, { headers: { 'www-authenticate': `Bearer realm="headwater"${error}` } });
}
