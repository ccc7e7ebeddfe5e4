import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';
import { createErasure, createExport, deleteSuppressions, getPrivacyRequest } from './privacy-routes.ts';
import { apiKeyProblems, bodyProblems, notStored, problemAnswer } from './problem.ts';

const isoTime = z.iso.datetime();

const receipt = z.object({
  removed: z.array(z.object({ store: z.string(), what: z.string(), count: z.number().int().nonnegative() })),
  remaining: z
    .array(
      z.object({
        store: z.string(),
        until: isoTime.optional().describe('By then it is gone by itself; missing where somebody has to delete it.'),
      }),
    )
    .describe('Copies that could not be deleted.'),
});

/** A request as the API shows it. */
export const privacyRequestView = z
  .object({
    id: z.string(),
    type: z.enum(['erasure', 'export']),
    state: z.enum(['waiting', 'running', 'done', 'failed']),
    step: z.string().describe('What is being done, in one word.'),
    requestedAt: isoTime,
    completedAt: isoTime.optional(),
    receipt: receipt.optional().describe('Of an erasure that is done: what was there, and is no more.'),
    download: z
      .object({
        url: z.url().describe('Good without a key until expiresAt; ask again for another.'),
        expiresAt: isoTime,
      })
      .optional()
      .describe('Of an export that is done: one JSON archive, for a week.'),
    failure: z.string().optional(),
  })
  .meta({ id: 'PrivacyRequest' });
export type PrivacyRequestView = z.infer<typeof privacyRequestView>;

const taken = z.object({
  id: z.string(),
  type: z.enum(['erasure', 'export']),
  state: z.literal('waiting'),
  requestedAt: isoTime,
  url: z.string().describe('Path under which the request can be followed.'),
});

const accepted = { description: 'The request is stored and will be worked off: follow it at url.', body: taken };
const common = { handler: 'privacy-api', tag: 'Privacy' } as const;

export const privacyEndpoints: readonly Endpoint[] = [
  {
    ...createErasure,
    ...common,
    summary: 'Erase a person',
    description:
      'Erases whoever these ids belong to, with all other ids of that person, from every store: profile, segments, transitions, the lake with its sealed days and failed events, results of queries and old versions of files. A tombstone by hash keeps late events and replays from bringing the person back.',
    responses: { 202: accepted, ...bodyProblems, ...apiKeyProblems, 503: notStored },
    example: { userId: 'ada' },
  },
  {
    ...createExport,
    ...common,
    summary: 'Export what is held of a person',
    description: 'Gathers all that is held of a person into one JSON archive.',
    responses: { 202: accepted, ...bodyProblems, ...apiKeyProblems, 503: notStored },
    example: { userId: 'ada' },
  },
  {
    ...getPrivacyRequest,
    ...common,
    summary: 'Follow a request of privacy',
    responses: {
      200: { description: 'How far the request is, and what came of it.', body: privacyRequestView },
      400: problemAnswer('The id is none.', 'InvalidPrivacyRequestId'),
      404: problemAnswer('No request has this id.', 'PrivacyRequestNotFound'),
      ...apiKeyProblems,
    },
    example: '/v1/privacy/requests/6f1c1f7e-8f0e-4b6e-9a3c-2b1de3a5c001',
  },
  {
    ...deleteSuppressions,
    ...common,
    summary: 'Take events of erased ids again',
    description: 'Lifts the refusal of later events. What happened before the erasure stays refused.',
    responses: {
      200: {
        description: 'Events of these ids are taken again.',
        body: z.object({ lifted: z.number().int().nonnegative().describe('Ids that are erased.') }),
      },
      ...bodyProblems,
      409: problemAnswer('An erasure of the person is under way: try again when it is done.', 'ErasureUnderWay'),
      ...apiKeyProblems,
      503: notStored,
    },
    example: { userId: 'ada' },
  },
];
