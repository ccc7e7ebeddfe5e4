import type { z } from 'zod';

export type HttpFunction = 'collector' | 'profile-api' | 'service-api';

export interface EndpointResponse {
  readonly description: string;
  /** Absent for an answer without a documented body. */
  readonly body?: z.ZodType;
  /** Default `application/json`. */
  readonly contentType?: string;
}

/** An endpoint of the HTTP API as data: routes, validation and OpenAPI are made from it. */
export interface Endpoint {
  readonly operationId: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path in API Gateway's syntax, for example `/v1/profiles/{id}`. */
  readonly path: string;
  readonly handler: HttpFunction;
  /** The key that a caller needs. */
  readonly auth: 'writeKey' | 'apiKey' | 'none';
  readonly tag: 'Ingestion' | 'Profiles' | 'Service';
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** By status. */
  readonly responses: Readonly<Record<number, EndpointResponse>>;
  /** A request body, or for a GET the path with its query. */
  readonly example: unknown;
}
