/**
 * How requests reach the profile endpoints: all that the function needs to know of them, by `zod/mini`, because the
 * schemas of the answers and the classic build are as large as half of its bundle (infra/decisions/0005).
 */
import * as z from 'zod/mini';
import type { Route } from './endpoint.ts';

const params = z.object({
  id: z
    .string()
    .check(
      z.minLength(1, 'is empty: give a userId, or anonymous:<anonymousId>'),
      z.maxLength(512, 'is longer than 512 characters'),
      z.describe('A userId, or `anonymous:<anonymousId>`.'),
    ),
});

const wholeNumber = 'is not a whole number from 1 to 100';

export const getProfile = {
  operationId: 'getProfile',
  method: 'GET',
  path: '/v1/profiles/{id}',
  auth: 'apiKey',
  params,
} as const satisfies Route;

export const listProfileEvents = {
  operationId: 'listProfileEvents',
  method: 'GET',
  path: '/v1/profiles/{id}/events',
  auth: 'apiKey',
  params,
  query: z.object({
    limit: z
      ._default(
        z.coerce.number(wholeNumber).check(z.int(wholeNumber), z.minimum(1, wholeNumber), z.maximum(100, wholeNumber)),
        20,
      )
      .check(z.describe('Events a page, 1 to 100.')),
    cursor: z
      .optional(z.string().check(z.maxLength(200, 'is longer than 200 characters')))
      .check(z.describe('nextCursor of the page before.')),
  }),
} as const satisfies Route;

export const profileRoutes: readonly Route[] = [getProfile, listProfileEvents];
