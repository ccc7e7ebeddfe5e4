import type middy from '@middy/core';
import type { HttpEvent, HttpResponse } from '../middleware/http.ts';

/** Headers that browser SDKs send and that therefore need leave. */
const allowed = ['authorization', 'content-type', 'content-encoding', 'x-retry-count', 'anonymousid', 'sentat'];
const isAllowed = (name: string): boolean => allowed.includes(name) || /^rsa-[\w-]{1,60}$/.test(name);

/**
 * Answers preflights, and lets browsers of any site read every answer: sites send events from everywhere, by write
 * keys that are public. Credentials are allowed for SDKs that are set to send them; no cookie is ever read.
 */
export function cors(): middy.MiddlewareObj<HttpEvent, HttpResponse> {
  const addHeaders: middy.MiddlewareFn<HttpEvent, HttpResponse> = ({ event, response }) => {
    if (response) response.headers = { ...response.headers, ...originHeaders(event) };
  };
  return {
    before: ({ event }) => (event.requestContext.http.method === 'OPTIONS' ? preflight(event) : undefined),
    after: addHeaders,
    onError: addHeaders,
  };
}

function originHeaders(event: HttpEvent): Record<string, string> {
  const { origin } = event.headers;
  if (!origin) return { 'access-control-allow-origin': '*' };
  return { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', vary: 'Origin' };
}

function preflight(event: HttpEvent): HttpResponse {
  const asked = event.headers['access-control-request-headers'];
  const names = asked?.split(',').map((name) => name.trim().toLowerCase());
  return {
    statusCode: 204,
    headers: {
      ...originHeaders(event),
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': (names?.filter(isAllowed) ?? allowed).join(', '),
      'access-control-max-age': '86400',
    },
  };
}
