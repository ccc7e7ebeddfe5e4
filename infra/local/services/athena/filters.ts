import type { Node, Parts } from './syntax-tree.ts';

/**
 * A condition under WHERE that DuckDB tells row by row while it reads. By `x IN ('a', 'b')` it only leaves out row groups,
 * and decodes every column of all rows of the others; not so by what is said once more with IS TRUE, which means the same.
 */
export function toldWhileReading(condition: Node): Node {
  const { and } = condition;
  if (and) return { and: { ...and, left: toldWhileReading(and.left), right: toldWhileReading(and.right) } };
  if (!isListOfTexts(condition.in)) return condition;
  const once = { paren: { this: condition, trailing_comments: [] } };
  const right = { is_true: { this: once, not: false } };
  return { and: { left: condition, right, left_comments: [], operator_comments: [], trailing_comments: [] } };
}

const isListOfTexts = (parts: Parts): boolean =>
  Boolean(parts?.this?.column) &&
  !parts.not &&
  parts.expressions.length > 1 &&
  parts.expressions.every((each: Parts) => each.literal?.literal_type === 'string');
