import { createHash } from 'node:crypto';
import type { SegmentDefinition } from '../../schemas/segment/definition.ts';

/** Whether two definitions decide alike about members: names and descriptions aside, and keys in whatever order. */
export const isSameRule = (one: SegmentDefinition, other: SegmentDefinition): boolean => ruleOf(one) === ruleOf(other);

/** Equal for two definitions of the same rule. */
export const ruleHash = (definition: SegmentDefinition): string =>
  createHash('sha256').update(ruleOf(definition)).digest('hex').slice(0, 16);

const ruleOf = ({ includeBots, condition, tags }: SegmentDefinition): string =>
  JSON.stringify(ordered({ includeBots, condition, tags }));

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, ordered(inner)]));
}
