/** How requests reach the catalog endpoints, by `zod/mini`: see `profile-routes.ts`. */
import * as z from 'zod/mini';
import { catalogChanges, itemId, MAX_ITEMS_BYTES } from '../catalog.ts';
import type { Route } from './endpoint.ts';
import { cursor, limit } from './page.ts';

export const putItems = {
  operationId: 'putCatalogItems',
  method: 'PUT',
  path: '/v1/catalog/items',
  auth: 'manage',
  space: 'stage',
  body: catalogChanges,
  maxBytes: MAX_ITEMS_BYTES,
} as const satisfies Route;

export const listItems = {
  operationId: 'listCatalogItems',
  method: 'GET',
  path: '/v1/catalog/items',
  auth: 'read',
  space: 'none',
  query: z.object({ limit: limit(500, 100, 'Items'), cursor: cursor(2_000) }),
} as const satisfies Route;

export const getItem = {
  operationId: 'getCatalogItem',
  method: 'GET',
  path: '/v1/catalog/items/{id}',
  auth: 'read',
  space: 'none',
  params: z.object({ id: itemId.check(z.describe('The product id that events name.')) }),
} as const satisfies Route;

export const catalogRoutes: readonly Route[] = [putItems, listItems, getItem];
