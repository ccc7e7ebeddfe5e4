import type { IncomingHttpHeaders } from 'node:http';
import type { Cors } from '../deploy/local-parts.ts';
import type { HttpAnswer } from './http-answer.ts';

/** Whether the API itself answers: a preflight, when the API has a CORS configuration. */
export function isPreflight(method: string | undefined, headers: IncomingHttpHeaders): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && 'access-control-request-method' in headers;
}

export function preflightAnswer(cors: Cors, origin: string | undefined): HttpAnswer {
  const headers: Record<string, string> = { ...originHeaders(cors, origin) };
  if (Object.keys(headers).length > 0) {
    if (cors.allowMethods.length > 0) headers['access-control-allow-methods'] = cors.allowMethods.join(',');
    if (cors.allowHeaders.length > 0) headers['access-control-allow-headers'] = cors.allowHeaders.join(',');
    if (cors.maxAge !== undefined) headers['access-control-max-age'] = String(cors.maxAge);
  }
  return { status: 204, headers, body: Buffer.alloc(0) };
}

/** Adds the API's CORS headers; they replace the handler's own. */
export function withCors(answer: HttpAnswer, cors: Cors | undefined, origin: string | undefined): HttpAnswer {
  if (!cors || origin === undefined) return answer;
  const own = Object.entries(answer.headers).filter(([name]) => !name.startsWith('access-control-'));
  return { ...answer, headers: { ...Object.fromEntries(own), ...originHeaders(cors, origin) } };
}

function originHeaders(cors: Cors, origin = ''): Record<string, string> {
  const anyOrigin = cors.allowOrigins.includes('*');
  if (!anyOrigin && !cors.allowOrigins.includes(origin)) return {};
  return {
    'access-control-allow-origin': anyOrigin ? '*' : origin,
    ...(anyOrigin ? {} : { vary: 'origin' }),
    ...(cors.allowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(cors.exposeHeaders.length > 0 ? { 'access-control-expose-headers': cors.exposeHeaders.join(',') } : {}),
  };
}
