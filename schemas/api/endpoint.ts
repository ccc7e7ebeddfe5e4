import type { z } from 'zod';
import type { ZodMiniObject, ZodMiniType } from 'zod/mini';
import type { Scope } from '../access-key.ts';

export type HttpFunction =
  | 'collector'
  | 'profile-api'
  | 'segment-api'
  | 'catalog-api'
  | 'report-api'
  | 'recommendation-api'
  | 'privacy-api'
  | 'service-api';

export interface EndpointResponse {
  /** Name in the OpenAPI document of an answer that several endpoints share. */
  readonly id?: string;
  readonly description: string;
  /** Absent for an answer without a documented body. */
  readonly body?: z.ZodType | ZodMiniType;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** Types in which the same is answered to who asks for them. */
  readonly otherTypes?: readonly string[];
}

/** The part of an endpoint by which requests are routed and read. */
export interface Route {
  readonly operationId: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path in API Gateway's syntax, for example `/v1/profiles/{id}`. */
  readonly path: string;
  /** The scope that a caller's key needs: `ingest` is of write keys, the others of API keys. */
  readonly auth: Scope | 'none';
  /**
   * What it is about, for keys that are limited to a space: `person` is answered for people of the space alone, `stage` not
   * at all, and `none` tells of no people, or takes the space from its source.
   */
  readonly space: 'person' | 'stage' | 'none';
  readonly params?: z.ZodObject | ZodMiniObject;
  readonly query?: z.ZodObject | ZodMiniObject;
  /** JSON. */
  readonly body?: z.ZodType | ZodMiniType;
  /** Most bytes of the body. @default 256 KB */
  readonly maxBytes?: number;
}

/** An endpoint of the HTTP API as data: routes, validation and OpenAPI are made from it. */
export interface Endpoint extends Route {
  readonly handler: HttpFunction;
  readonly tag:
    | 'Ingestion'
    | 'Profiles'
    | 'Segments'
    | 'Catalog'
    | 'Recommendations'
    | 'Reports'
    | 'Privacy'
    | 'Service';
  readonly summary: string;
  readonly description?: string;
  /** By status. */
  readonly responses: Readonly<Record<number, EndpointResponse>>;
  /** A request body, or for a GET the path with its query. */
  readonly example: unknown;
}
