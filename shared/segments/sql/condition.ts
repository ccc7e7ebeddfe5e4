import type { Condition, ConditionSegment, SegmentDefinition } from '../../../schemas/segment/definition.ts';
import { notFollowedCondition, sequenceCondition } from './chain-condition.ts';
import { computedCondition } from './computed-condition.ts';
import { eventCondition, frequencyCondition } from './event-condition.ts';
import { lifecycleCondition } from './lifecycle-condition.ts';
import { consentCondition, isNoBot, shareCondition, traitCondition } from './person-condition.ts';
import type { PersonQuery } from './person-query.ts';
import { rfmCondition } from './rfm-condition.ts';
import { opposite } from './value-test.ts';

/** Definitions by id: those that a query is about, and those that they name. */
export type Definitions = ReadonlyMap<string, SegmentDefinition>;

/** A definition that names a segment that isn't given, has tags for members, or names the first one in turn. */
export class SegmentReferenceError extends Error {
  override readonly name = 'SegmentReferenceError';
}

/**
 * Whether a person is a member, over the columns that it asks of the query. It may be NULL where they are not. `way` are
 * the ids of the segments that led here. Throws `SegmentReferenceError`.
 */
export function membership(
  query: PersonQuery,
  { id, condition, includeBots }: ConditionSegment,
  definitions: Definitions,
  way: readonly string[] = [],
): string {
  const holds = conditionSql(query, condition, definitions, [...way, id]);
  return includeBots ? holds : `${isNoBot(query)} AND ${grouped(holds)}`;
}

function conditionSql(
  query: PersonQuery,
  condition: Condition,
  definitions: Definitions,
  way: readonly string[],
): string {
  const inner = (one: Condition) => conditionSql(query, one, definitions, way);
  switch (condition.type) {
    case 'all':
      return condition.conditions.map((one) => grouped(inner(one))).join(' AND ');
    case 'any':
      return condition.conditions.map((one) => grouped(inner(one))).join(' OR ');
    case 'not':
      return opposite(inner(condition.condition));
    case 'segment':
      return membership(query, namedSegment(condition.id, definitions, way), definitions, way);
    case 'trait':
      return traitCondition(query, condition);
    case 'computed':
      return computedCondition(query, condition);
    case 'event':
      return eventCondition(query, condition);
    case 'sequence':
      return sequenceCondition(query, condition);
    case 'notFollowed':
      return notFollowedCondition(query, condition);
    case 'frequency':
      return frequencyCondition(query, condition);
    case 'rfm':
      return rfmCondition(query, condition);
    case 'lifecycle':
      return lifecycleCondition(query, condition);
    case 'share':
      return shareCondition(condition);
    case 'consent':
      return consentCondition(query, condition);
  }
}

function namedSegment(id: string, definitions: Definitions, way: readonly string[]): ConditionSegment {
  const definition = definitions.get(id);
  const named = `${way.at(-1)} names the segment ${id}`;
  if (way.includes(id)) throw new SegmentReferenceError(`${named}, which leads back to it: ${way.join(', ')}.`);
  if (definition === undefined) throw new SegmentReferenceError(`${named}, which is not there.`);
  if (definition.condition === undefined) throw new SegmentReferenceError(`${named}, whose members have tags.`);
  return definition;
}

/** In parentheses, where AND, OR and NOT around it could read it otherwise. */
const grouped = (condition: string): string => (/ (AND|OR) /.test(condition) ? `(${condition})` : condition);
