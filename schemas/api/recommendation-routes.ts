/** How requests reach the recommendation endpoints, by `zod/mini`: see `profile-routes.ts`. */
import * as z from 'zod/mini';
import { categoryPath } from '../catalog.ts';
import { MAX_ID_LENGTH } from '../event/vocabulary.ts';
import type { Route } from './endpoint.ts';

/** Most items of an answer. */
export const MAX_ANSWERED = 100;
/** Most ids that a request may exclude. */
export const MAX_EXCLUDED = 200;
export const DEFAULT_PLACEMENT = 'default';

const id = (what: string) =>
  z
    .string()
    .check(
      z.minLength(1, `is empty: give ${what}`),
      z.maxLength(MAX_ID_LENGTH, `is longer than ${MAX_ID_LENGTH} characters`),
    );

const wholeNumber = `is not a whole number from 1 to ${MAX_ANSWERED}`;
const n = z
  ._default(
    z.coerce
      .number(wholeNumber)
      .check(z.int(wholeNumber), z.minimum(1, wholeNumber), z.maximum(MAX_ANSWERED, wholeNumber)),
    10,
  )
  .check(z.describe(`Most items to answer, 1 to ${MAX_ANSWERED}; 10 by default.`));

const category = z
  .optional(
    z.string().check(
      z.maxLength(1_100, 'is longer than 1,100 characters'),
      z.refine((given) => categoryPath(given) !== undefined, 'names no category: write Camping, or Camping > Tents'),
    ),
  )
  .check(z.describe('Only items of this category or below it: a path such as `Camping` or `Camping > Tents`.'));

const placement = z
  ._default(
    z.string().check(z.regex(/^[\w.:/-]{1,64}$/, 'is no name of 1 to 64 letters, digits and the characters . : / _ -')),
    DEFAULT_PLACEMENT,
  )
  .check(z.describe('Where the items are shown, for example `home` or `cart`: figures are kept apart by it.'));

/** API Gateway joins a repeated parameter by commas: a comma of an id is told apart by a backslash before it. */
const idsOf = (given: string): string[] =>
  (given.match(/(?:\\[\\,]|[^,])+/gs) ?? []).map((each) => each.trim().replace(/\\([\\,])/g, '$1'));

const exclude = z
  .pipe(
    z._default(z.string(), ''),
    z.transform((given, context): readonly string[] => {
      const ids = [...new Set(idsOf(given))].filter((each) => each !== '');
      const issue = (message: string) => context.issues.push({ code: 'custom', message, input: given });
      if (ids.length > MAX_EXCLUDED) issue(`names ${ids.length} items, and at most ${MAX_EXCLUDED} may be excluded`);
      if (ids.some((each) => each.length > MAX_ID_LENGTH)) issue(`has an id longer than ${MAX_ID_LENGTH} characters`);
      return ids;
    }),
  )
  .check(
    z.describe(
      `Ids of items to leave out, at most ${MAX_EXCLUDED}: separated by commas, or repeated. A comma within an id is written \`\\,\`, and a backslash before a comma or a backslash \`\\\\\`.`,
    ),
  );

const share = 'is not a number from 0 to 1';
const diversity = z
  ._default(
    z.pipe(
      z.string().check(z.regex(/^(0|1|0?\.\d{1,6}|1\.0{1,6})$/, share)),
      z.transform((given) => Number(given)),
    ),
    0.2,
  )
  .check(z.describe('How much items of one answer should differ, 0 (the best, however alike) to 1; 0.2 by default.'));

const whoever = z.object({
  userId: z.optional(id('a userId')).check(z.describe('For whom, by userId. Either this or anonymousId.')),
  anonymousId: z.optional(id('an anonymousId')).check(z.describe('For whom, by anonymousId. Either this or userId.')),
  n,
  category,
  placement,
  exclude,
  diversity,
});

type Ids = { readonly userId?: unknown; readonly anonymousId?: unknown };
const namesOne = ({ userId, anonymousId }: Ids) => (userId === undefined) !== (anonymousId === undefined);

export const recommend = {
  operationId: 'recommend',
  method: 'GET',
  path: '/v1/recommendations',
  auth: 'read',
  space: 'person',
  query: whoever.check(
    z.refine((ids: Ids) => namesOne(ids), {
      path: ['userId'],
      error: 'and anonymousId exclude each other, and one is needed: name the person by exactly one of them',
      // Also beside other wrong parameters, so that all are told at once.
      when: () => true,
    }),
  ),
} as const satisfies Route;

export const similarItems = {
  operationId: 'similarItems',
  method: 'GET',
  path: '/v1/items/{id}/similar',
  auth: 'read',
  space: 'none',
  params: z.object({ id: id('the id of an item').check(z.describe('Id of an item: the product id of events.')) }),
  query: z.object({ n }),
} as const satisfies Route;

export const popularItems = {
  operationId: 'popularItems',
  method: 'GET',
  path: '/v1/items/popular',
  auth: 'read',
  space: 'none',
  query: z.object({ n, category }),
} as const satisfies Route;

export const listModels = {
  operationId: 'listModels',
  method: 'GET',
  path: '/v1/recommendations/models',
  auth: 'read',
  space: 'stage',
} as const satisfies Route;

export const recommendationRoutes: readonly Route[] = [recommend, similarItems, popularItems, listModels];
