import {
  type Condition,
  type ConditionSegment,
  type SegmentDefinition,
  segmentDefinition,
  type TagRule,
} from '../../../../schemas/segment/definition.ts';

type Written<T> = T extends object ? Record<string, unknown> : T;

/** A segment of a condition as people write it, with its defaults filled in. */
export const aSegment = (condition: Written<Condition>, over: Partial<ConditionSegment> = {}): ConditionSegment =>
  segmentDefinition.parse({ id: 'segment', name: 'Segment', condition, ...over }) as ConditionSegment;

/** A segment that tags. */
export const aTagSegment = (tags: Written<TagRule>, over: Partial<SegmentDefinition> = {}): SegmentDefinition =>
  segmentDefinition.parse({ id: 'segment', name: 'Segment', tags, ...over });
