import { profileView, recentEventsPage } from '../profile.ts';
import type { Endpoint } from './endpoint.ts';
import { apiKeyProblems, problemAnswer } from './problem.ts';
import { getProfile, listProfileEvents } from './profile-routes.ts';

const profileProblems = {
  ...apiKeyProblems,
  400: problemAnswer('A parameter is wrong; errors names it.'),
  404: problemAnswer('No event of this id has arrived.'),
};

export const profileEndpoints: readonly Endpoint[] = [
  {
    ...getProfile,
    handler: 'profile-api',
    tag: 'Profiles',
    summary: 'A person: traits, computed values, segments and consent.',
    responses: { 200: { description: 'The profile as of now.', body: profileView }, ...profileProblems },
    example: '/v1/profiles/u-1',
  },
  {
    ...listProfileEvents,
    handler: 'profile-api',
    tag: 'Profiles',
    summary: "A person's recent events, the newest first.",
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
