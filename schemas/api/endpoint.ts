import type { z } from 'zod';
import type { ZodMiniObject } from 'zod/mini';

export type HttpFunction = 'collector' | 'profile-api' | 'service-api';

export interface EndpointResponse {
  readonly description: string;
  /** Absent for an answer without a documented body. */
  readonly body?: z.ZodType;
  /** Default `application/json`. */
  readonly contentType?: string;
}

/** The part of an endpoint by which requests are routed and their parameters read. */
export interface Route {
  readonly operationId: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path in API Gateway's syntax, for example `/v1/profiles/{id}`. */
  readonly path: string;
  /** The key that a caller needs. */
  readonly auth: 'writeKey' | 'apiKey' | 'none';
  readonly params?: z.ZodObject | ZodMiniObject;
  readonly query?: z.ZodObject | ZodMiniObject;
}

/** An endpoint of the HTTP API as data: routes, validation and OpenAPI are made from it. */
export interface Endpoint extends Route {
  readonly handler: HttpFunction;
  readonly tag: 'Ingestion' | 'Profiles' | 'Service';
  readonly summary: string;
  readonly description?: string;
  readonly body?: z.ZodType;
  /** By status. */
  readonly responses: Readonly<Record<number, EndpointResponse>>;
  /** A request body, or for a GET the path with its query. */
  readonly example: unknown;
}
