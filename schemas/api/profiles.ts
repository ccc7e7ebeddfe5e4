import * as z from 'zod';
import { identityView } from '../identity.ts';
import { profileView, recentEventsPage } from '../profile.ts';
import { segmentExplanation, transitionsPage } from '../segment/view.ts';
import type { Endpoint } from './endpoint.ts';
import { apiKeyProblems, bodyProblems, notStored, problemAnswer } from './problem.ts';
import {
  explainSegment,
  getIdentity,
  getProfile,
  listProfileEvents,
  listTransitions,
  putConsent,
  splitProfile,
} from './profile-routes.ts';

const profileProblems = {
  ...apiKeyProblems,
  400: problemAnswer('A parameter is wrong; errors names it.', 'InvalidParameter'),
  404: problemAnswer('No event of this id has arrived.', 'ProfileNotFound'),
};

const changeProblems = { ...profileProblems, ...bodyProblems, 503: notStored };

const shared = { handler: 'profile-api', tag: 'Profiles' } as const;

export const profileEndpoints: readonly Endpoint[] = [
  {
    ...getProfile,
    ...shared,
    summary: 'A person: traits, computed values, segments and consent.',
    description: 'Every id of a person names the same profile: what was done under any of them counts for it.',
    responses: {
      200: { description: 'The profile as of now.', body: profileView.meta({ id: 'Profile' }) },
      ...profileProblems,
    },
    example: '/v1/profiles/u-1',
  },
  {
    ...listProfileEvents,
    ...shared,
    summary: "A person's recent events, the newest first.",
    responses: { 200: { description: 'A page of events.', body: recentEventsPage }, ...profileProblems },
    example: '/v1/profiles/u-1/events?limit=20',
  },
  {
    ...getIdentity,
    ...shared,
    summary: 'The ids of a person, and what joined them.',
    responses: {
      200: { description: 'Keys and links.', body: identityView.meta({ id: 'Identity' }) },
      ...profileProblems,
    },
    example: '/v1/profiles/u-1/identity',
  },
  {
    ...listTransitions,
    ...shared,
    summary: "A person's entries to and exits from segments, the newest first.",
    responses: { 200: { description: 'A page of transitions.', body: transitionsPage }, ...profileProblems },
    example: '/v1/profiles/u-1/transitions?limit=20',
  },
  {
    ...explainSegment,
    ...shared,
    summary: 'Why a person is in a segment, or is not.',
    responses: {
      200: { description: 'Each condition with what it saw and how it decided.', body: segmentExplanation },
      ...profileProblems,
      404: problemAnswer('No event of this id has arrived, or there is no such segment.'),
    },
    example: '/v1/profiles/u-1/segments/lifecycle-new/explain',
  },
  {
    ...splitProfile,
    ...shared,
    summary: 'Take ids out of a person for good.',
    description:
      'What was done under them no longer counts for the person, and no event joins them again. Ids that hang together stay together. Takes effect within seconds.',
    responses: {
      202: {
        description: 'The split is stored and will be done.',
        body: z.object({ requestId: z.string() }).meta({ id: 'SplitAccepted' }),
      },
      ...changeProblems,
    },
    example: { ids: ['anonymous:a-1'] },
  },
  {
    ...putConsent,
    ...shared,
    summary: 'Grant or deny purposes.',
    description:
      'Becomes a track event `Segment Consent Preference Updated`, as those that SDKs send; the latest choice holds.',
    responses: {
      202: {
        description: 'The choice is stored and will hold.',
        body: z.object({ messageId: z.string() }).meta({ id: 'ConsentAccepted' }),
      },
      ...changeProblems,
    },
    example: { advertising: true, analytics: false },
  },
];
