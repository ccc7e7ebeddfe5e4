/** How requests of privacy reach their function, by `zod/mini`: see `profile-routes.ts`. */
import * as z from 'zod/mini';
import type { Route } from './endpoint.ts';

const MAX_ID = 512;

const idText = (what: string) =>
  z.optional(
    z
      .string('is not a text')
      .check(
        z.trim(),
        z.minLength(1, 'is empty'),
        z.maxLength(MAX_ID, `is longer than ${MAX_ID} characters`),
        z.describe(what),
      ),
  );

/** By what people are named; of several, each is one of the person's. */
const names = {
  userId: idText('As events have it.'),
  anonymousId: idText('As events have it.'),
  email: idText('An e-mail address, where the stage takes addresses for ids of people.'),
  phone: idText('A phone number with its country code, such as +4930123456.'),
};
type Names = Readonly<Partial<Record<keyof typeof names, string | undefined>>>;

const namesSomebody = z.refine<Names>(
  (given) => [given.userId, given.anonymousId, given.email, given.phone].some((id) => id !== undefined),
  'names nobody: give userId, anonymousId, email or phone',
);

function notAnObject(issue: { readonly code?: string | undefined }): string | undefined {
  return issue.code === 'invalid_type' ? 'is not an object' : undefined;
}

export const createErasure = {
  operationId: 'createErasure',
  method: 'POST',
  path: '/v1/privacy/erasures',
  auth: 'privacy',
  space: 'person',
  body: z
    .strictObject(
      {
        ...names,
        suppress: z._default(
          z
            .boolean('is neither true nor false')
            .check(z.describe('Whether events of these ids are refused from now on; else only those from before.')),
          true,
        ),
      },
      { error: notAnObject },
    )
    .check(namesSomebody),
} as const satisfies Route;

export const createExport = {
  operationId: 'createExport',
  method: 'POST',
  path: '/v1/privacy/exports',
  auth: 'privacy',
  space: 'person',
  body: z.strictObject(names, { error: notAnObject }).check(namesSomebody),
} as const satisfies Route;

export const getPrivacyRequest = {
  operationId: 'getPrivacyRequest',
  method: 'GET',
  path: '/v1/privacy/requests/{id}',
  auth: 'privacy',
  space: 'person',
  params: z.object({
    id: z.string().check(z.regex(/^[\w-]{1,64}$/, 'is no id of a request'), z.describe('As the request was answered.')),
  }),
} as const satisfies Route;

export const deleteSuppressions = {
  operationId: 'deleteSuppressions',
  method: 'DELETE',
  path: '/v1/privacy/suppressions',
  auth: 'privacy',
  space: 'person',
  body: z.strictObject(names, { error: notAnObject }).check(namesSomebody),
} as const satisfies Route;

export const privacyRoutes: readonly Route[] = [createErasure, createExport, getPrivacyRequest, deleteSuppressions];
