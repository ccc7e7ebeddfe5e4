/** How requests reach the segment endpoints, by `zod/mini`: see `profile-routes.ts`. */
import * as z from 'zod/mini';
import { segmentId } from '../segment/conditions.ts';
import { type ConditionSegment, segmentDefinition, type TagSegment } from '../segment/definition.ts';
import type { Route } from './endpoint.ts';
import { cursor, limit } from './page.ts';

type Optional<T, K extends PropertyKey> = T extends unknown
  ? Omit<T, K> & { [P in K & keyof T]?: T[P] | undefined }
  : never;

/** A definition that the caller need not name in full. */
export type UnnamedDefinition = Optional<ConditionSegment | TagSegment, 'id'>;
export type UnsavedDefinition = Optional<ConditionSegment | TagSegment, 'id' | 'name'>;

const definition = segmentDefinition as unknown as z.ZodMiniObject<{ id: typeof segmentId; name: z.ZodMiniString }>;
const { name } = definition.shape;

const unnamed = z
  .safeExtend(definition, { id: z.optional(segmentId) } as never)
  .check(z.describe('Either `condition` or `tags`.')) as unknown as z.ZodMiniType<UnnamedDefinition>;
const unsaved = z
  .safeExtend(definition, { id: z.optional(segmentId), name: z.optional(name) } as never)
  .check(
    z.describe('Either `condition` or `tags`; nothing else matters.'),
  ) as unknown as z.ZodMiniType<UnsavedDefinition>;

const params = z.object({ id: segmentId.check(z.describe('Id of a segment.')) });

const version = 'is not a whole number from 1 on';
const query = z.object({
  ifVersion: z
    .optional(z.coerce.number(version).check(z.int(version), z.minimum(1, version)))
    .check(z.describe('Change it only if this is still its version.')),
});

export const listSegments = {
  operationId: 'listSegments',
  method: 'GET',
  path: '/v1/segments',
  auth: 'read',
  space: 'stage',
  query: z.object({ limit: limit(100, 50, 'Segments'), cursor: cursor(200) }),
} as const satisfies Route;

export const createSegment = {
  operationId: 'createSegment',
  method: 'POST',
  path: '/v1/segments',
  auth: 'manage',
  space: 'stage',
  body: unnamed,
} as const satisfies Route;

export const getSegment = {
  operationId: 'getSegment',
  method: 'GET',
  path: '/v1/segments/{id}',
  auth: 'read',
  space: 'stage',
  params,
} as const satisfies Route;

export const replaceSegment = {
  operationId: 'replaceSegment',
  method: 'PUT',
  path: '/v1/segments/{id}',
  auth: 'manage',
  space: 'stage',
  params,
  query,
  body: unnamed,
} as const satisfies Route;

export const deleteSegment = {
  operationId: 'deleteSegment',
  method: 'DELETE',
  path: '/v1/segments/{id}',
  auth: 'manage',
  space: 'stage',
  params,
} as const satisfies Route;

export const previewSegment = {
  operationId: 'previewSegment',
  method: 'POST',
  path: '/v1/segments/preview',
  auth: 'read',
  space: 'stage',
  body: unsaved,
} as const satisfies Route;

export const listMembers = {
  operationId: 'listMembers',
  method: 'GET',
  path: '/v1/segments/{id}/members',
  auth: 'read',
  space: 'person',
  params: z.object({
    id: z
      .string()
      .check(
        z.regex(/^[a-z0-9][a-z0-9-]{0,63}(:.{1,100})?$/su, 'is no id of a segment, nor <id>:<value> of one that tags'),
        z.describe('Id of a segment, or `<id>:<value>` of one that tags.'),
      ),
  }),
  query: z.object({ limit: limit(100, 20, 'Members'), cursor: cursor(2_000) }),
} as const satisfies Route;

export const getRfmQuintiles = {
  operationId: 'getRfmQuintiles',
  method: 'GET',
  path: '/v1/rfm-quintiles',
  auth: 'read',
  space: 'stage',
  query: z.object({
    currency: z
      .string('is missing: give the currency of the amounts, such as EUR')
      .check(
        z.regex(/^[A-Z]{3}$/, 'is no currency code such as EUR'),
        z.describe('ISO 4217 code of the amounts that count.'),
      ),
  }),
} as const satisfies Route;

export const segmentRoutes: readonly Route[] = [
  listSegments,
  createSegment,
  previewSegment,
  getSegment,
  replaceSegment,
  deleteSegment,
  listMembers,
  getRfmQuintiles,
];
