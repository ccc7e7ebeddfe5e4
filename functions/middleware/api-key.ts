import type { MiddlewareObj } from '@middy/core';
import type { AccessKey } from '../../schemas/env.ts';
import { accessKeys } from './access-keys.ts';
import type { HttpEvent, HttpResponse } from './http.ts';
import { ProblemError } from './problem.ts';

/** Lets requests through that carry `Authorization: Bearer <API key>`, on the routes that `needsKey` names. */
export function apiKey(
  keys: readonly AccessKey[],
  needsKey: (routeKey: string) => boolean,
): MiddlewareObj<HttpEvent, HttpResponse> {
  const find = accessKeys(keys);
  return {
    before: ({ event }) => {
      if (!needsKey(event.routeKey)) return;
      const given = /^Bearer +(\S+) *$/i.exec(event.headers.authorization ?? '')?.[1];
      if (given === undefined) throw refused('key_missing', 'Send the API key as `Authorization: Bearer <API key>`.');
      if (!find(given)) throw refused('key_unknown', 'The API key of the Authorization header is not known here.');
    },
  };
}

function refused(code: 'key_missing' | 'key_unknown', detail: string): ProblemError {
  const error = code === 'key_unknown' ? ', error="invalid_token"' : '';
  return new ProblemError(code, detail, { headers: { 'www-authenticate': `Bearer realm="headwater"${error}` } });
}
