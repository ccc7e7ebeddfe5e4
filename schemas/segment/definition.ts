/**
 * What a segment is, as people write it. By `zod/mini`, so that functions that parse definitions stay small; a function
 * that only evaluates them imports the types. Parsing fills in the defaults: what is stored is complete.
 */
import * as z from 'zod/mini';
import {
  computed,
  consent,
  event,
  frequency,
  lifecycle,
  notFollowed,
  rfm,
  segment,
  segmentId,
  sequence,
  share,
  type TagRule,
  tagRule,
  trait,
} from './conditions.ts';
import { strict } from './value-test.ts';

export type TraitCondition = z.infer<typeof trait>;
export type ComputedCondition = z.infer<typeof computed>;
export type EventCondition = z.infer<typeof event>;
export type SequenceCondition = z.infer<typeof sequence>;
export type NotFollowedCondition = z.infer<typeof notFollowed>;
export type FrequencyCondition = z.infer<typeof frequency>;
export type RfmCondition = z.infer<typeof rfm>;
export type LifecycleCondition = z.infer<typeof lifecycle>;
export type SegmentCondition = z.infer<typeof segment>;
export type ShareCondition = z.infer<typeof share>;
export type ConsentCondition = z.infer<typeof consent>;

/** A condition without conditions inside. */
export type LeafCondition =
  | TraitCondition
  | ComputedCondition
  | EventCondition
  | SequenceCondition
  | NotFollowedCondition
  | FrequencyCondition
  | RfmCondition
  | LifecycleCondition
  | SegmentCondition
  | ShareCondition
  | ConsentCondition;

export type Condition =
  | { type: 'all'; conditions: Condition[] }
  | { type: 'any'; conditions: Condition[] }
  | { type: 'not'; condition: Condition }
  | LeafCondition;

export const MAX_NESTING = 10;
export const MAX_CONDITIONS = 200;

const types =
  'all, any, not, trait, computed, event, sequence, notFollowed, frequency, rfm, lifecycle, segment, share, consent';

const inner = z.lazy((): z.ZodMiniType<Condition> => conditionTree);
z.globalRegistry.add(inner, { id: 'SegmentCondition' });
const conditions = z
  .array(inner, 'is not a list')
  .check(z.minLength(1, 'is an empty list'), z.maxLength(50, 'has more than 50 conditions'));

const conditionTree = z.discriminatedUnion(
  'type',
  [
    strict({ type: z.literal('all'), conditions }),
    strict({ type: z.literal('any'), conditions }),
    strict({ type: z.literal('not'), condition: inner }),
    trait,
    computed,
    event,
    sequence,
    notFollowed,
    frequency,
    rfm,
    lifecycle,
    segment,
    share,
    consent,
  ],
  `is none of ${types}`,
);

/** A condition of bounded size: at most 10 levels and 200 conditions. */
export const condition = bounded(inner);

/** Refuses what is too deep or too large before it is read. */
function bounded(tree: z.ZodMiniType<Condition>): z.ZodMiniType<Condition> {
  const sized = z.transform((value: unknown, context): unknown => {
    const message = sizeProblem(value);
    if (message !== undefined) context.issues.push({ code: 'custom', input: value, message });
    return value;
  });
  return z.pipe(sized, tree as z.ZodMiniType<Condition, unknown>);
}

function sizeProblem(root: unknown): string | undefined {
  let count = 0;
  for (let level = [root], depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_NESTING) return `is nested deeper than ${MAX_NESTING} levels`;
    count += level.length;
    if (count > MAX_CONDITIONS) return `has more than ${MAX_CONDITIONS} conditions`;
    level = level.flatMap(innerOf);
  }
  return undefined;
}

function innerOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const { conditions, condition } = value as { conditions?: unknown; condition?: unknown };
  return [...(Array.isArray(conditions) ? conditions : []), ...(condition === undefined ? [] : [condition])];
}

const description = z.string('is not a text').check(z.maxLength(1_000, 'is longer than 1,000 characters'));
const head = {
  id: segmentId,
  name: z.string('is not a text').check(z.minLength(1, 'is empty'), z.maxLength(100, 'is longer than 100 characters')),
  description: z.optional(description),
  /** Whether a person of whom only bots' events are known may be a member. */
  includeBots: z._default(z.boolean('is neither true nor false'), false),
};

interface Head {
  id: string;
  name: string;
  description?: string | undefined;
  includeBots: boolean;
}
/** The members are the persons for whom the condition holds. A person without an event is in no segment. */
export type ConditionSegment = Head & { condition: Condition; tags?: undefined };
/** A membership for each frequent value: `<id>:<value>`. */
export type TagSegment = Head & { tags: TagRule; condition?: undefined };
export type SegmentDefinition = ConditionSegment | TagSegment;

/** A segment: what it is called, and either its condition or its rule of tags. */
export const segmentDefinition = strict({
  ...head,
  condition: z.optional(condition),
  tags: z.optional(tagRule),
}).check(
  z.refine(
    (segment) => (segment.condition === undefined) !== (segment.tags === undefined),
    'has not exactly one of condition and tags',
  ),
) as unknown as z.ZodMiniType<SegmentDefinition>;

export type { ColumnField, EventField } from './fields.ts';
export type { Measure, PropertyTest, Selector, Window } from './selector.ts';
export type { Duration, ValueTest } from './value-test.ts';
export type { TagRule };
