import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Route } from '../../schemas/api/endpoint.ts';
import { apiKey } from './api-key.ts';
import { type Audited, type AuditTrail, audited, spaceOfCaller } from './audit.ts';
import { readBody } from './body.ts';
import type { HttpEvent, HttpHandler, HttpResponse } from './http.ts';
import type { KeyCheck } from './key-check.ts';
import { readParameters } from './parameters.ts';
import { ProblemError } from './problem.ts';
import { problemDetails } from './problem-details.ts';
import { settled } from './settled.ts';

/** A request after routing and validation; `P`, `Q` and `B` are the outputs of the endpoint's schemas. */
export interface OperationRequest<
  P = Readonly<Record<string, unknown>>,
  Q = Readonly<Record<string, unknown>>,
  B = unknown,
> {
  readonly params: P;
  readonly query: Q;
  /** Undefined where the endpoint takes none. */
  readonly body: B;
  /** Whose people alone the caller may know of and change; undefined for all. Only of endpoints about people. */
  readonly space: string | undefined;
  readonly event: HttpEvent;
  readonly context: Context;
}

/** What an endpoint does. A method type, so that an operation may name the exact types of its own parameters. */
export type Operation = { run(request: OperationRequest): Promise<HttpResponse> | HttpResponse }['run'];

export interface HttpApiProps {
  readonly endpoints: readonly Route[];
  /** By operationId: one for each endpoint. */
  readonly operations: Readonly<Record<string, Operation>>;
  /** @default none: endpoints that need an API key refuse everybody */
  readonly apiKeys?: KeyCheck;
  /**
   * What is written to the audit log, by operationId.
   *
   * @default nothing
   */
  readonly audit?: { readonly trail: AuditTrail; readonly operations: AuditedOperations };
}

export type AuditedOperations = Readonly<Record<string, Audited<OperationRequest>>>;

const nobody: KeyCheck = { find: () => undefined, admit: () => undefined };

/**
 * Makes a Lambda handler from endpoints and what they do: routing, API key, validation and problem details are done
 * before and after. Throws when an endpoint has no operation.
 */
export function httpApi({ endpoints, operations, apiKeys = nobody, audit }: HttpApiProps): HttpHandler {
  const routes = new Map(endpoints.map((endpoint) => [routeKeyOf(endpoint), route(endpoint, operations)]));
  const handler = async (event: HttpEvent, context: Context): Promise<HttpResponse> => {
    const { endpoint, operation } = routes.get(event.routeKey) ?? notFound(event);
    const parameters = readParameters(endpoint, event);
    const request = { ...parameters, body: readBody(endpoint, event), space: spaceOfCaller(event), event, context };
    const run = () => operation(request);
    const rule = audit?.operations[endpoint.operationId];
    return audit && rule ? await audited(audit.trail, rule, request, run) : await run();
  };
  return middy<HttpEvent, HttpResponse>(handler)
    .use(settled(apiKeys))
    .use(apiKey(apiKeys, (routeKey) => routes.get(routeKey)?.endpoint))
    .use(problemDetails()) as HttpHandler;
}

function route(endpoint: Route, operations: HttpApiProps['operations']) {
  const operation = operations[endpoint.operationId];
  if (!operation) throw new Error(`Endpoint ${endpoint.operationId} has no operation: pass one under this name.`);
  return { endpoint, operation };
}

const routeKeyOf = ({ method, path }: Route): string => `${method} ${path}`;

function notFound(event: HttpEvent): never {
  const { method, path } = event.requestContext.http;
  throw new ProblemError('not_found', `No endpoint answers ${method} ${path}: GET /openapi.json lists them.`);
}
