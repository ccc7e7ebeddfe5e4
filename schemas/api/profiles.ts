import * as z from 'zod';

import { profileView, recentEventsPage } from '../profile.ts';

import type { Endpoint } from './endpoint.ts';
import { apiKeyProblems, problemAnswer } from './problem.ts';

const profileId = z.object({
  id: z.string().min(1).max(512).describe('A userId, or `anonymous:<anonymousId>`.'),
});

const profileProblems = {
  ...apiKeyProblems,
  400: problemAnswer('A parameter is wrong; errors names it.'),
  404: problemAnswer('No event of this id has arrived.'),
};

export const profileEndpoints: readonly Endpoint[] = [
  {
    operationId: 'getProfile',
    method: 'GET',
    path: '/v1/profiles/{id}',
    handler: 'profile-api',
    auth: 'apiKey',
    tag: 'Profiles',
    summary: 'A person: traits, computed values, segments and consent.',
    params: profileId,
    responses: { 200: { description: 'The profile as of now.', body: profileView }, ...profileProblems },
    example: '/v1/profiles/u-1',
  },
  {
    operationId: 'listProfileEvents',
    method: 'GET',
    path: '/v1/profiles/{id}/events',
    handler: 'profile-api',
    auth: 'apiKey',
    tag: 'Profiles',
    summary: "A person's recent events, the newest first.",
    params: profileId,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(20).describe('Events a page, 1 to 100.'),
      cursor: z.string().max(200).optional().describe('nextCursor of the page before.'),
    }),
    responses: {
      200: {
        description: 'A page of events.',
        body: recentEventsPage,
      },
      ...profileProblems,
    },
    example: '/v1/profiles/u-1/events?limit=20',
  },
];
