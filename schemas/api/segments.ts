import * as z from 'zod';
import { measure, path, propertyTest, selector, window } from '../segment/selector.ts';
import { duration } from '../segment/value-test.ts';
import { segmentMembersPage, segmentPreview, segmentsPage, segmentView } from '../segment/view.ts';
import type { Endpoint } from './endpoint.ts';
import { apiKeyProblems, bodyProblems, notStored, problemAnswer } from './problem.ts';
import {
  createSegment,
  deleteSegment,
  getRfmQuintiles,
  getSegment,
  listMembers,
  listSegments,
  previewSegment,
  replaceSegment,
} from './segment-routes.ts';

// Parts of conditions that several share: the document names each once.
for (const [id, schema] of Object.entries({
  SegmentDuration: duration,
  SegmentWindow: window,
  SegmentSelector: selector,
  SegmentMeasure: measure,
  ValuePath: path,
  EventField: propertyTest.def.options[0].shape.field.def.innerType,
  SegmentPropertyTest: propertyTest,
})) {
  z.globalRegistry.add(schema, { id });
}

const isoTime = z.iso.datetime();

const segmentDetail = segmentView
  .extend({
    liveVersion: z
      .number()
      .int()
      .nullable()
      .describe('The version that decides about members now; null until the first backfill is done.'),
    problem: z.string().optional().describe('What holds the backfill up.'),
    values: z
      .array(z.object({ id: z.string(), value: z.string(), count: z.number().int() }))
      .optional()
      .describe('Of a segment that tags: its memberships, those of most members first, at most 100.'),
  })
  .meta({ id: 'SegmentDetail' });
export type SegmentDetail = z.infer<typeof segmentDetail>;

const thresholds = z
  .array(z.number())
  .length(4)
  .nullable()
  .describe('The four bounds between the fifths, ascending; null when nobody has ordered in the currency.');

const rfmQuintiles = z
  .object({
    currency: z.string(),
    customers: z.number().int().nonnegative().describe('Persons with an order.'),
    recencyDays: thresholds,
    frequency: thresholds,
    monetary: thresholds,
    asOf: isoTime,
  })
  .meta({ id: 'RfmQuintiles' });
export type RfmQuintiles = z.infer<typeof rfmQuintiles>;

const invalid = problemAnswer('A parameter is wrong; errors names it.', 'InvalidParameter');
const unknown = problemAnswer('There is no segment of this id.', 'SegmentNotFound');
const queryProblems = {
  503: problemAnswer('The lake could not be asked: try again after Retry-After.', 'QueryFailed'),
  504: problemAnswer('The lake did not answer within the time that a request has.', 'QueryTimeout'),
};

const definition = {
  id: 'tent-lovers',
  name: 'Tent lovers',
  description: 'Looked at tents three times in two weeks and did not order.',
  condition: {
    type: 'all',
    conditions: [
      {
        type: 'event',
        event: 'Product Viewed',
        where: [{ field: 'category', op: 'equals', value: 'Tents' }],
        window: { last: { days: 14 } },
        op: 'greaterOrEqual',
        value: 3,
      },
      { type: 'not', condition: { type: 'event', event: 'Order Completed', window: { last: { days: 14 } } } },
    ],
  },
};

const shared = { handler: 'segment-api', tag: 'Segments' } as const;

export const segmentEndpoints: readonly Endpoint[] = [
  {
    ...listSegments,
    ...shared,
    summary: 'All segments, built-in and own, by id.',
    responses: { 200: { description: 'A page of segments.', body: segmentsPage }, 400: invalid, ...apiKeyProblems },
    example: '/v1/segments?limit=50',
  },
  {
    ...createSegment,
    ...shared,
    summary: 'Define a segment.',
    description:
      'Without an id it gets one made from its name. It goes live when its members are known from all past events, which takes seconds to minutes: follow `status` and `progress`.',
    responses: {
      ...apiKeyProblems,
      201: { description: 'The segment; Location names it.', body: segmentDetail },
      409: problemAnswer('There is a segment of this id, or there are too many.'),
      503: notStored,
      ...bodyProblems,
    },
    example: definition,
  },
  {
    ...previewSegment,
    ...shared,
    summary: 'Who would be in a segment, before it is saved.',
    description: 'Asked of the lake as of now, which events reach within about a minute.',
    responses: {
      ...apiKeyProblems,
      200: { description: 'How many, and some of them.', body: segmentPreview },
      ...bodyProblems,
      ...queryProblems,
    },
    example: { condition: definition.condition },
  },
  {
    ...getSegment,
    ...shared,
    summary: 'A segment: its definition, how many members it has, and how far its backfill is.',
    responses: {
      ...apiKeyProblems,
      200: { description: 'The segment.', body: segmentDetail },
      400: invalid,
      404: unknown,
    },
    example: '/v1/segments/lifecycle-new',
  },
  {
    ...replaceSegment,
    ...shared,
    summary: 'Give a segment another definition.',
    description:
      'What decides otherwise about members is a new version, which goes live after a backfill; until then the version before decides. Another name or description alone is no new version.',
    responses: {
      ...apiKeyProblems,
      200: { description: 'The segment.', body: segmentDetail },
      404: unknown,
      409: problemAnswer('The segment no longer has the version of ifVersion.'),
      503: notStored,
      ...bodyProblems,
    },
    example: definition,
  },
  {
    ...deleteSegment,
    ...shared,
    summary: 'Delete a segment.',
    description: 'Its members leave it within minutes.',
    responses: {
      ...apiKeyProblems,
      204: { description: 'The segment is deleted.' },
      400: invalid,
      404: unknown,
      409: problemAnswer('Other segments name this one: the detail says which.'),
      503: notStored,
    },
    example: '/v1/segments/tent-lovers',
  },
  {
    ...listMembers,
    ...shared,
    summary: 'The members of a segment.',
    description:
      'In no order that means anything, but always the same. Of a segment that tags, name one value: `<id>:<value>`.',
    responses: {
      ...apiKeyProblems,
      200: { description: 'A page of members.', body: segmentMembersPage },
      400: invalid,
      404: unknown,
    },
    example: '/v1/segments/lifecycle-new/members?limit=20',
  },
  {
    ...getRfmQuintiles,
    ...shared,
    summary: 'Bounds that cut the customers into fifths, to write RFM scales by.',
    responses: {
      ...apiKeyProblems,
      200: { description: 'The bounds as of now.', body: rfmQuintiles },
      400: invalid,
      ...queryProblems,
    },
    example: '/v1/rfm-quintiles?currency=EUR',
  },
];
