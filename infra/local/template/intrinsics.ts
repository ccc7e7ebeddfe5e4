import { TemplateError } from '../errors.ts';

/** What the intrinsic functions of a template look up. */
export interface Scope {
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, top: string, second: string): unknown;
}

/** The value of `AWS::NoValue`: whatever holds it is left out. */
export const noValue = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

/**
 * Replaces the intrinsic functions in `value` by what they stand for.
 * Throws `TemplateError` for a function that has no local meaning, such as `Fn::ImportValue`.
 */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== noValue);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (first && entries.length === 1) {
    const [name, argument] = first;
    const intrinsic = intrinsics[name];
    if (intrinsic) return intrinsic(argument, scope);
    if (name.startsWith('Fn::')) throw new TemplateError(`${name} has no local meaning: leave it out of the stack.`);
  }
  const resolved = entries.map(([key, item]) => [key, resolve(item, scope)] as const);
  return Object.fromEntries(resolved.filter(([, item]) => item !== noValue));
}

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope) => scope.ref(text('Ref', argument)),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, ...attribute] = Array.isArray(argument) ? argument : text('Fn::GetAtt', argument).split('.');
    return scope.getAtt(String(logicalId), text('Fn::GetAtt', resolve(attribute.join('.'), scope)));
  },
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = list('Fn::Join', argument, scope);
    return list('Fn::Join', parts, scope).join(text('Fn::Join', separator));
  },
  'Fn::Split': (argument, scope) => {
    const [separator, source] = list('Fn::Split', argument, scope);
    return text('Fn::Split', source).split(text('Fn::Split', separator));
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = list('Fn::Select', argument, scope);
    const choices = list('Fn::Select', items, scope);
    if (!(Number(index) in choices)) throw wrong('Fn::Select', argument);
    return choices[Number(index)];
  },
  'Fn::Sub': (argument, scope) => substitute(argument, scope),
  'Fn::Base64': (argument, scope) => Buffer.from(text('Fn::Base64', resolve(argument, scope))).toString('base64'),
  'Fn::FindInMap': (argument, scope) => {
    const [map, top, second] = list('Fn::FindInMap', argument, scope);
    return scope.mapping(String(map), String(top), String(second));
  },
  'Fn::If': (argument, scope) => {
    if (!Array.isArray(argument) || argument.length !== 3) throw wrong('Fn::If', argument);
    return resolve(scope.condition(text('Fn::If', argument[0])) ? argument[1] : argument[2], scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = list('Fn::Equals', argument, scope);
    return left === right;
  },
  'Fn::Not': (argument, scope) => !list('Fn::Not', argument, scope)[0],
  'Fn::And': (argument, scope) => list('Fn::And', argument, scope).every(Boolean),
  'Fn::Or': (argument, scope) => list('Fn::Or', argument, scope).some(Boolean),
  Condition: (argument, scope) =>
    typeof argument === 'string' ? scope.condition(argument) : { Condition: resolve(argument, scope) },
};

function substitute(argument: unknown, scope: Scope): string {
  const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const named = new Map(Object.entries((variables ?? {}) as object));
  return text('Fn::Sub', pattern).replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (named.has(name)) return String(resolve(named.get(name), scope));
    const [logicalId = '', ...attribute] = name.split('.');
    return String(attribute.length > 0 ? scope.getAtt(logicalId, attribute.join('.')) : scope.ref(name));
  });
}

function text(name: string, value: unknown): string {
  if (typeof value !== 'string') throw wrong(name, value);
  return value;
}

function list(name: string, value: unknown, scope: Scope): unknown[] {
  const resolved = resolve(value, scope);
  if (!Array.isArray(resolved)) throw wrong(name, value);
  return resolved;
}

function wrong(name: string, argument: unknown): TemplateError {
  return new TemplateError(`${name} of the template cannot take ${JSON.stringify(argument)}.`);
}
