import { createHash } from 'node:crypto';
import type { FieldRule } from '../../schemas/privacy-settings.ts';

type Fields = Record<string, unknown>;

/** A rule with its path taken apart. */
interface Step {
  readonly path: readonly string[];
  readonly action: FieldRule['action'];
}

/** Field rules, ready to be applied. */
export type FieldRules = readonly Step[];

/**
 * Takes rules apart. What is said of a trait holds for `context.traits` as well, where SDKs of apps send the traits with
 * each event.
 */
export const compileFields = (rules: readonly FieldRule[]): FieldRules =>
  rules.flatMap(({ path, action }) => {
    const names = path.split('.');
    const steps = [{ path: names, action }];
    return names[0] === 'traits' ? [...steps, { path: ['context', ...names], action }] : steps;
  });

/** Far more than an event may have: what is nested deeper is dropped. */
const MAX_LISTS = 32;

/**
 * An event without what the rules drop, and with hashes for what they hash; changes objects in place. May be applied
 * again. Where an event is expected and is none: of a list each element is treated so, and a text is emptied, for nobody
 * can tell what it holds.
 */
export function applyFields(message: unknown, rules: FieldRules): unknown {
  if (rules.length === 0) return message;
  return treated(message, rules, 0);
}

function treated(message: unknown, rules: FieldRules, depth: number): unknown {
  if (typeof message === 'string') return '';
  if (typeof message !== 'object' || message === null) return message;
  if (Array.isArray(message)) {
    return depth < MAX_LISTS ? message.map((each) => treated(each, rules, depth + 1)) : [];
  }
  for (const { path, action } of rules) walk(message, path, 0, action);
  return message;
}

function walk(value: object, path: readonly string[], at: number, action: FieldRule['action']): void {
  const fields = value as Fields;
  for (const name of namesIn(value, path[at] as string)) {
    const found = fields[name];
    if (at === path.length - 1) settle(fields, name, action);
    // A part of an event that is no object is refused, but kept to be looked at: it may hold what the rule is for.
    else if (at === 0 && (typeof found === 'string' || Array.isArray(found))) fields[name] = '';
    else if (typeof found === 'object' && found !== null) walk(found, path, at + 1, action);
  }
}

function namesIn(value: object, name: string): string[] {
  if (Array.isArray(value)) return name === '*' ? Object.keys(value) : [];
  return Object.hasOwn(value, name) ? [name] : [];
}

function settle(fields: Fields, name: string, action: FieldRule['action']): void {
  const hash = action === 'hash' ? hashOf(fields[name]) : undefined;
  if (hash !== undefined) fields[name] = hash;
  else if (Array.isArray(fields)) fields[Number(name)] = null;
  else delete fields[name];
}

const HASHED = /^sha256:[0-9a-f]{64}$/;

/** The hash of a text or number; undefined for what cannot be hashed. Of a hash itself. */
function hashOf(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  const plain = text.trim().toLowerCase();
  return HASHED.test(plain) ? plain : `sha256:${createHash('sha256').update(plain).digest('hex')}`;
}
