import { LogicEngine } from 'json-logic-engine';
import * as sift from 'sift';
import type { Condition, SegmentDefinition } from '../../schemas/segment/definition.ts';
import type { Traits } from './segment-rules.ts';

type TraitTest = Extract<Condition, { type: 'trait' }>;
/** The package is CommonJS: its module is the function. */
const createMatcher = sift.default as unknown as (query: object) => Matcher;
type Matcher = (traits: Traits) => unknown;

/** Each definition compiled by json-logic-engine to a function of its own. */
export function jsonLogicMatchers(definitions: readonly SegmentDefinition[]): Matcher[] {
  const engine = new LogicEngine();
  engine.addMethod('endsWith', ([text, end]: [unknown, string]) => typeof text === 'string' && text.endsWith(end), {
    deterministic: true,
  });
  return definitions.map(({ condition }) => engine.build(jsonLogic(condition as Condition)) as Matcher);
}

/** Each definition as a query of sift. */
export const siftMatchers = (definitions: readonly SegmentDefinition[]): Matcher[] =>
  definitions.map(({ condition }) => createMatcher(siftQuery(condition as Condition) as object));

const numberOps = {
  less: ['<', '$lt'],
  lessOrEqual: ['<=', '$lte'],
  greater: ['>', '$gt'],
  greaterOrEqual: ['>=', '$gte'],
} as const;
type NumberOp = keyof typeof numberOps;
const isNumberOp = (op: string): op is NumberOp => Object.hasOwn(numberOps, op);

function jsonLogic(condition: Condition): unknown {
  switch (condition.type) {
    case 'all':
      return { and: condition.conditions.map(jsonLogic) };
    case 'any':
      return { or: condition.conditions.map(jsonLogic) };
    case 'not':
      return { '!': [jsonLogic(condition.condition)] };
    case 'trait':
      return jsonLogicTest(condition);
    default:
      throw new Error(`The benchmark does not translate ${condition.type}.`);
  }
}

function jsonLogicTest(test: TraitTest): unknown {
  const value = { var: test.name };
  if (test.op === 'equals') return { '===': [value, test.value] };
  if (test.op === 'notEquals') return { '!==': [value, test.value] };
  if (test.op === 'in') return { in: [value, test.value] };
  if (test.op === 'endsWith') return { endsWith: [value, test.value] };
  // A missing value is null there, and null < 5 holds: the peer needs the presence said.
  if (isNumberOp(test.op))
    return { and: [{ '!==': [value, null] }, { [numberOps[test.op][0]]: [value, (test as { value: number }).value] }] };
  throw new Error(`The benchmark does not translate ${test.op}.`);
}

function siftQuery(condition: Condition): unknown {
  switch (condition.type) {
    case 'all':
      return { $and: condition.conditions.map(siftQuery) };
    case 'any':
      return { $or: condition.conditions.map(siftQuery) };
    case 'not':
      return { $nor: [siftQuery(condition.condition)] };
    case 'trait':
      return { [condition.name]: siftTest(condition) };
    default:
      throw new Error(`The benchmark does not translate ${condition.type}.`);
  }
}

function siftTest(test: TraitTest): unknown {
  if (test.op === 'equals') return { $eq: test.value };
  if (test.op === 'notEquals') return { $ne: test.value };
  if (test.op === 'in') return { $in: test.value };
  if (test.op === 'endsWith') return { $regex: `${test.value.replaceAll('.', '\\.')}$` };
  if (isNumberOp(test.op)) return { [numberOps[test.op][1]]: (test as { value: number }).value };
  throw new Error(`The benchmark does not translate ${test.op}.`);
}
