import * as z from 'zod';
import { segmentId, tagRule } from './conditions.ts';
import { condition } from './definition.ts';

const isoTime = z.iso.datetime();
const count = z.number().int().nonnegative();
const membershipId = z.string().describe('Id of a segment, or `<id>:<value>` of a segment that tags.');
const nextCursor = z.string().nullable();

/** A segment as the API shows it: its latest definition, and how far that is. */
export const segmentView = z
  .object({
    id: segmentId,
    name: z.string(),
    description: z.string().optional(),
    includeBots: z.boolean().describe('Whether a person of whom only bots are known may be a member.'),
    condition: z.optional(condition),
    tags: z.optional(tagRule),
    version: z.number().int().positive(),
    builtIn: z.boolean().describe('Whether Headwater brought it along.'),
    status: z
      .enum(['live', 'backfilling'])
      .describe('While a definition is backfilled from the lake, the one before decides about members.'),
    progress: z.number().min(0).max(1).optional().describe('Of the backfill.'),
    count: count.optional().describe('Members now, as far as it is known.'),
    createdAt: isoTime,
    updatedAt: isoTime,
  })
  .meta({ id: 'Segment' });
export type SegmentView = z.infer<typeof segmentView>;

export const segmentsPage = z.object({ items: z.array(segmentView), nextCursor });
export type SegmentsPage = z.infer<typeof segmentsPage>;

export const segmentMember = z.object({
  profileId: z.string(),
  key: z.string().describe('Key of the person: `user:<userId>` or `anonymous:<anonymousId>`.'),
  userId: z.string().nullable(),
  since: isoTime,
});

export const segmentMembersPage = z.object({ items: z.array(segmentMember), nextCursor });

/** Why a person entered or left a segment. */
export const transitionCause = z.object({
  type: z.enum(['event', 'time', 'merge', 'split', 'definition', 'rebuild', 'erasure', 'retention']),
  messageId: z.string().optional(),
  event: z.string().optional(),
  time: z.number().int().describe('Time of the event, or when the change was due, in milliseconds since 1970.'),
});

export const transitionView = z.object({
  id: z.string(),
  n: count.describe(
    'Number of the transition among those of the person: one more than the last; the first goes by its time.',
  ),
  segmentId: membershipId,
  version: z.number().int().positive(),
  to: z.enum(['entered', 'exited']),
  at: isoTime,
  cause: transitionCause,
});
export type TransitionView = z.infer<typeof transitionView>;

export const transitionsPage = z.object({ items: z.array(transitionView), nextCursor });
export type TransitionsPage = z.infer<typeof transitionsPage>;

export const segmentPreview = z.object({
  count: count.describe('Persons in the lake who would be members.'),
  sample: z.array(segmentMember.omit({ since: true })).describe('Up to 20 of them.'),
});
export type SegmentPreview = z.infer<typeof segmentPreview>;

/** One condition of a definition, and what it comes to for a person. */
export interface ExplanationNode {
  /** The condition without the conditions inside it. */
  condition: Record<string, unknown>;
  /** The value that was tested; null where it is missing. */
  saw?: unknown;
  verdict: boolean;
  /** The verdict holds until then at least, unless something happens. */
  until?: string | undefined;
  conditions?: ExplanationNode[] | undefined;
}

export const explanationNode: z.ZodType<ExplanationNode> = z
  .lazy(() =>
    z.object({
      condition: z.record(z.string(), z.unknown()).describe('The condition without the conditions inside it.'),
      saw: z.optional(z.unknown()).describe('The value that was tested; null where it is missing.'),
      verdict: z.boolean(),
      until: isoTime.optional().describe('The verdict holds until then at least, unless something happens.'),
      conditions: z.array(explanationNode).optional(),
    }),
  )
  .meta({ id: 'SegmentExplanationNode' });

/** Why a person is in a segment, or is not. */
export const segmentExplanation = z.object({
  segmentId: membershipId,
  version: z.number().int().positive(),
  member: z.boolean(),
  since: isoTime.optional(),
  asOf: isoTime,
  explanation: explanationNode,
});
export type SegmentExplanation = z.infer<typeof segmentExplanation>;
