import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpApiSpec } from '../deploy/local-parts.ts';
import { type Outcome, payloadLimit } from '../lambda/outcome.ts';
import { isPreflight, preflightAnswer, withCors } from './cors.ts';
import { answerOf, type HttpAnswer, handlerFailed, notFound, tooLarge, tooMany, unavailable } from './http-answer.ts';
import { httpEvent } from './http-event.ts';
import { createRouteTable } from './route-table.ts';
import { createThrottles } from './throttle.ts';

/** HTTP API's limit for a request body. */
const bodyLimit = 10 * 1024 * 1024;

/** Answers one request. */
export type HttpApi = (request: IncomingMessage) => Promise<HttpAnswer>;

export interface HttpApiOptions {
  readonly spec: HttpApiSpec;
  readonly invoke: (functionLogicalId: string, event: object) => Promise<Outcome>;
}

/** Serves the template's HTTP API: routing, throttles, limits and payloads as API Gateway does them. */
export function createHttpApi({ spec, invoke }: HttpApiOptions): HttpApi {
  const findRoute = createRouteTable(spec.routes);
  const mayPass = createThrottles(spec);

  const answerTo = async (request: IncomingMessage, requestId: string): Promise<HttpAnswer> => {
    const { method = 'GET', url = '/' } = request;
    const match = findRoute(method, url.split('?')[0] ?? '/');
    if (!match) return notFound;
    if (!mayPass(match.route.routeKey, performance.now())) return tooMany;
    const body = await bodyOf(request);
    if (!body) return tooLarge;
    const event = httpEvent(request, body, spec.apiId, requestId, match);
    if (body.length > payloadLimit / 2 && JSON.stringify(event).length > payloadLimit) return tooLarge;

    const { functionLogicalId, timeoutMs } = match.route;
    const late = new AbortController();
    const outcome = await Promise.race([
      invoke(functionLogicalId, event),
      sleep(timeoutMs, undefined, { signal: late.signal }).catch(() => undefined),
    ]);
    late.abort();
    if (!outcome) return unavailable;
    if (outcome.ok) return answerOf(outcome.payload);
    return outcome.error.errorType === 'Runtime.Stopped' ? unavailable : handlerFailed;
  };

  return async (request) => {
    const { method, headers } = request;
    const requestId = newRequestId();
    const answer =
      spec.cors && isPreflight(method, headers)
        ? preflightAnswer(spec.cors, headers.origin)
        : withCors(await answerTo(request, requestId), spec.cors, headers.origin);
    return { ...answer, headers: { ...answer.headers, 'apigw-requestid': requestId } };
  };
}

/** As HTTP APIs name requests: 15 characters and an equals sign. */
const newRequestId = (): string => `${randomBytes(12).toString('base64url').slice(0, 15)}=`;

/** The whole body; `undefined` when it is above the limit, and then the rest is not read. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > bodyLimit) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > bodyLimit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
