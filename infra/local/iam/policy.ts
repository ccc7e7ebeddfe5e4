import { checkKey, compileConditions, type ReadingOptions } from './conditions.ts';
import type { Need } from './need.ts';
import { compilePattern, type Fits, type Reading, variablesIn } from './pattern.ts';
import { policyError } from './policy-error.ts';

/** A statement of a policy, ready to be asked. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** Which statement of which policy. */
  readonly where: string;
  /** As written; `NotAction` gives none. */
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Whether it looks at more of a request than its action and resource. */
  readonly hasContext: boolean;
  /** Whether it speaks of the request. */
  readonly speaksOf: (need: Required<Need>) => boolean;
}

const elements = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']);

/**
 * Compiles an identity policy. Throws `TemplateError` for any element, operator or key that it does not understand: to
 * pass over one would allow here what AWS denies, or the other way round.
 */
export function compilePolicy(document: unknown, name: string, knownKeys?: ReadonlySet<string>): Statement[] {
  const { Version = '2008-10-17', Id: _, Statement, ...others } = objectOf(document, name);
  refuseOthers(Object.keys(others), name);
  if (Version !== '2012-10-17' && Version !== '2008-10-17') throw policyError(name, `there is no Version '${Version}'`);
  const hasVariables = Version === '2012-10-17';
  return [Statement].flat().map((statement, index) => {
    const source = objectOf(statement, name);
    const where = `${name}, statement ${source.Sid ?? index + 1}`;
    return compileStatement(source, { where, hasVariables, knownKeys });
  });
}

function compileStatement(statement: Record<string, unknown>, options: ReadingOptions): Statement {
  const { where, hasVariables } = options;
  const { Effect, Action, NotAction, Resource, NotResource, Condition } = statement;
  refuseOthers(
    Object.keys(statement).filter((key) => !elements.has(key)),
    where,
  );
  if (Effect !== 'Allow' && Effect !== 'Deny') throw policyError(where, `Effect must be Allow or Deny, not ${Effect}`);
  const actions = onlyOne({ Action, NotAction }, isAction, where);
  const resources = onlyOne({ Resource, NotResource }, isResource, where);
  const variables = hasVariables ? resources.texts.flatMap(variablesIn) : [];
  for (const key of variables) checkKey(key, options);
  const holds = Condition === undefined ? undefined : compileConditions(Condition, options);
  const isActed = anyOf(actions.texts, 'text-ignoring-case', false);
  const isOn = anyOf(resources.texts, 'arn', hasVariables);
  return {
    effect: Effect,
    where,
    actions: actions.isNegated ? [] : actions.texts,
    resources: resources.isNegated ? [] : resources.texts,
    hasContext: holds !== undefined || variables.length > 0,
    speaksOf: ({ action, resource, context }) =>
      isActed(action, context) !== actions.isNegated &&
      isOn(resource, context) !== resources.isNegated &&
      (holds?.(context) ?? true),
  };
}

const isAction = (text: string) => text === '*' || /^[a-z0-9-]+:[\w*?]+$/i.test(text);
const isResource = (text: string) => text === '*' || /^arn:/.test(text);

function anyOf(patterns: readonly string[], reading: Reading, hasVariables: boolean): Fits {
  const all = patterns.map((pattern) => compilePattern(pattern, reading, hasVariables));
  return (text, context) => all.some((fits) => fits(text, context));
}

/** Reads an element that has a negated twin: one of them must be there. */
function onlyOne(pair: Record<string, unknown>, isRight: (text: string) => boolean, where: string) {
  const given = Object.entries(pair).filter(([, value]) => value !== undefined);
  const [first] = given;
  if (!first || given.length > 1) throw policyError(where, `it must have either ${Object.keys(pair).join(' or ')}`);
  const [name, value] = first;
  const texts = [value].flat();
  if (texts.length === 0) throw policyError(where, `${name} is empty`);
  for (const text of texts) {
    if (typeof text !== 'string' || !isRight(text))
      throw policyError(where, `${name} cannot be ${JSON.stringify(text)}`);
  }
  return { texts: texts as string[], isNegated: name.startsWith('Not') };
}

function refuseOthers(names: readonly string[], where: string): void {
  if (names.length > 0) throw policyError(where, `the element ${names.join(', ')} is not one of an identity policy`);
}

function objectOf(value: unknown, where: string): Record<string, unknown> {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw policyError(where, `${JSON.stringify(value)} is not an object`);
}
