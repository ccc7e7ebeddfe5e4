/**
 * How requests reach the profile endpoints: all that the function needs to know of them, by `zod/mini`, because the
 * schemas of the answers and the classic build are as large as half of its bundle (infra/decisions/0005).
 */
import * as z from 'zod/mini';
import type { Route } from './endpoint.ts';
import { cursor, limit } from './page.ts';

const id = z
  .string()
  .check(
    z.minLength(1, 'is empty: give a userId, or anonymous:<anonymousId>'),
    z.maxLength(512, 'is longer than 512 characters'),
    z.describe('A userId, or `anonymous:<anonymousId>`; also `email:<address>`, `phone:<number>` or `<kind>:<id>`.'),
  );
const params = z.object({ id });

export const getProfile = {
  operationId: 'getProfile',
  method: 'GET',
  path: '/v1/profiles/{id}',
  auth: 'read',
  space: 'person',
  params,
} as const satisfies Route;

export const listProfileEvents = {
  operationId: 'listProfileEvents',
  method: 'GET',
  path: '/v1/profiles/{id}/events',
  auth: 'read',
  space: 'person',
  params,
  query: z.object({ limit: limit(100, 20, 'Events'), cursor: cursor(200) }),
} as const satisfies Route;

export const getIdentity = {
  operationId: 'getIdentity',
  method: 'GET',
  path: '/v1/profiles/{id}/identity',
  auth: 'read',
  space: 'person',
  params,
} as const satisfies Route;

export const listTransitions = {
  operationId: 'listTransitions',
  method: 'GET',
  path: '/v1/profiles/{id}/transitions',
  auth: 'read',
  space: 'person',
  params,
  query: z.object({ limit: limit(100, 20, 'Transitions'), cursor: cursor(200) }),
} as const satisfies Route;

export const explainSegment = {
  operationId: 'explainSegment',
  method: 'GET',
  path: '/v1/profiles/{id}/segments/{segmentId}/explain',
  auth: 'read',
  space: 'person',
  params: z.object({
    id,
    segmentId: z
      .string()
      .check(
        z.minLength(1, 'is empty'),
        z.maxLength(200, 'is longer than 200 characters'),
        z.describe('Id of a segment, or `<id>:<value>` of one that tags.'),
      ),
  }),
} as const satisfies Route;

const MAX_SPLIT = 100;

export const splitProfile = {
  operationId: 'splitProfile',
  method: 'POST',
  path: '/v1/profiles/{id}/split',
  auth: 'manage',
  space: 'person',
  params,
  body: z.strictObject(
    {
      ids: z
        .array(z.string('is not a text').check(z.maxLength(512, 'is longer than 512 characters')), 'is not a list')
        .check(
          z.minLength(1, 'is an empty list: name at least one key of the person'),
          z.maxLength(MAX_SPLIT, `has more than ${MAX_SPLIT} keys`),
          z.describe('Keys of the person, as GET /v1/profiles/{id}/identity names them, that are to be another one.'),
        ),
    },
    { error: notAnObject },
  ),
} as const satisfies Route;

/** As many purposes as a profile keeps. */
const MAX_PURPOSES = 50;
const MAX_PURPOSE_LENGTH = 100;
/** Names that cleaning drops from what is sent. */
const unsafeNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export const putConsent = {
  operationId: 'putConsent',
  method: 'PUT',
  path: '/v1/profiles/{id}/consent',
  auth: 'manage',
  space: 'person',
  params,
  body: z
    .record(z.string(), z.boolean('is neither true nor false'), { error: notAnObject })
    .check(z.superRefine(checkPurposes), z.describe('Whether each purpose is granted; others keep what they have.')),
} as const satisfies Route;

interface Context {
  addIssue(issue: { code: 'custom'; path?: PropertyKey[]; message: string; input?: unknown }): void;
}

function checkPurposes(purposes: Readonly<Record<string, boolean>>, context: Context): void {
  const names = Object.keys(purposes);
  const add = (message: string, path: PropertyKey[] = []) =>
    context.addIssue({ code: 'custom', path, message, input: purposes });
  if (names.length === 0) add('names no purpose: send at least one, such as {"advertising": true}');
  if (names.length > MAX_PURPOSES) add(`names ${names.length} purposes, and a profile keeps ${MAX_PURPOSES}`);
  for (const name of names) {
    if (name === '' || name.length > MAX_PURPOSE_LENGTH)
      add(`is no name of 1 to ${MAX_PURPOSE_LENGTH} characters`, [name]);
    else if (unsafeNames.has(name) || !name.isWellFormed() || name.includes('\0'))
      add('is no name that can be stored', [name]);
  }
}

function notAnObject(issue: { readonly code?: string | undefined }): string | undefined {
  return issue.code === 'invalid_type' ? 'is not an object' : undefined;
}

export const profileRoutes: readonly Route[] = [
  getProfile,
  listProfileEvents,
  getIdentity,
  listTransitions,
  explainSegment,
  splitProfile,
  putConsent,
];
