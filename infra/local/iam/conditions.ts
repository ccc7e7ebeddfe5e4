import { operators } from './condition-operators.ts';
import type { Context } from './need.ts';
import { variablesIn } from './pattern.ts';
import { policyError } from './policy-error.ts';

/** Whether a statement's conditions hold for a request. */
export type Holds = (context: Context) => boolean;

export interface ReadingOptions {
  /** For messages: which statement of which policy. */
  readonly where: string;
  /** Whether `${...}` is read: not in policies of the version 2008-10-17. */
  readonly hasVariables: boolean;
  /** Condition keys that the requests here have, in lower case. Default: any key is understood. */
  readonly knownKeys?: ReadonlySet<string> | undefined;
}

const operatorName = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/;

/** Compiles a Condition block: all of its operators and keys must hold. Throws `TemplateError` for what it does not know. */
export function compileConditions(block: unknown, options: ReadingOptions): Holds {
  const checks = entriesOf(block, 'Condition', options.where).flatMap(([name, keys]) =>
    entriesOf(keys, `Condition.${name}`, options.where).map(([key, values]) => compileOne(name, key, values, options)),
  );
  return (context) => checks.every((holds) => holds(context));
}

function compileOne(name: string, key: string, values: unknown, options: ReadingOptions): Holds {
  const { where, hasVariables } = options;
  const expected = [values].flat().map((value) => {
    if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
    throw policyError(
      where,
      `the condition ${name} of ${key} has the value ${JSON.stringify(value)}, which is no text`,
    );
  });
  const lower = key.toLowerCase();
  for (const used of [lower, ...(hasVariables ? expected.flatMap(variablesIn) : [])]) checkKey(used, options);

  const [, set, operator = '', ifExists] = operatorName.exec(name) ?? [];
  if (name === 'Null') return isNull(lower, expected, where);
  const found = operators.get(operator);
  if (!found) throw policyError(where, `the condition operator '${name}' is not known here`);
  const fits = expected.map((value) => {
    try {
      return found.compile(value, hasVariables);
    } catch (cause) {
      throw policyError(where, `the condition ${name} of ${key} cannot be read: ${(cause as Error).message}`);
    }
  });

  const { negated } = found;
  return (context) => {
    const given = context[lower];
    const actual = given === undefined ? [] : typeof given === 'string' ? [given] : given;
    const fitsOne = (value: string) => fits.some((test) => test(value, context));
    if (actual.length === 0) return ifExists !== undefined || set === 'ForAllValues' || (set === undefined && negated);
    if (set === 'ForAllValues') return actual.every((value) => fitsOne(value) !== negated);
    if (set === 'ForAnyValue') return actual.some((value) => fitsOne(value) !== negated);
    return negated ? !actual.some(fitsOne) : actual.some(fitsOne);
  };
}

function isNull(key: string, expected: readonly string[], where: string): Holds {
  if (expected.some((value) => value !== 'true' && value !== 'false')) {
    throw policyError(where, `the condition Null of ${key} must be true or false, not ${expected.join(', ')}`);
  }
  return (context) => expected.includes(String((context[key]?.length ?? 0) === 0));
}

/** Throws `TemplateError` for a key that no request here has: it would never hold, or always. */
export function checkKey(key: string, { where, knownKeys }: ReadingOptions): void {
  if (knownKeys === undefined || knownKeys.has(key)) return;
  const there = [...knownKeys].join(', ');
  throw policyError(where, `the condition key '${key}' is not known here (known are: ${there})`);
}

function entriesOf(value: unknown, what: string, where: string): [string, unknown][] {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return Object.entries(value);
  throw policyError(where, `${what} must be an object, not ${JSON.stringify(value)}`);
}
