import type { ValueChange } from '../../schemas/event/clean-event.ts';
import { type JsonObject, noteChange } from './step.ts';

/** Keys that could reach a prototype when an object is merged; they are dropped. All have 9 or 11 letters. */
export const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** What no store takes: NUL, and halves of surrogate pairs. Each becomes U+FFFD. */
const UNSTORABLE = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A copy of the message without what cannot be stored, and without spaces around its texts; notes each change. */
export function sanitise(message: JsonObject, changes: ValueChange[]): JsonObject {
  return cleanObject(message, '', changes);
}

function cleanObject(object: JsonObject, path: string, changes: ValueChange[]): JsonObject {
  const copy: JsonObject = {};
  for (const key of Object.keys(object)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (PROTOTYPE_KEYS.has(key)) noteChange(changes, storable(at), 'drop_prototype_key');
    else {
      const name = storable(key);
      if (name !== key) noteChange(changes, storable(at), 'replace_unstorable');
      copy[name] = cleanValue(object[key], at, changes);
    }
  }
  return copy;
}

function cleanValue(value: unknown, path: string, changes: ValueChange[]): unknown {
  if (typeof value === 'string') return cleanText(value, path, changes);
  if (typeof value === 'number' && !Number.isFinite(value) && path.includes('.')) {
    noteChange(changes, storable(path), 'drop_infinite_number');
    return null;
  }
  if (Array.isArray(value)) return value.map((entry, at) => cleanValue(entry, `${path}.${at}`, changes));
  return typeof value === 'object' && value !== null ? cleanObject(value as JsonObject, path, changes) : value;
}

function cleanText(text: string, path: string, changes: ValueChange[]): string {
  const kept = storable(text);
  if (kept !== text) noteChange(changes, storable(path), 'replace_unstorable');
  const trimmed = kept.trim();
  if (trimmed !== kept) noteChange(changes, storable(path), 'trim');
  return trimmed;
}

/** The text with what no store takes replaced. */
export const storable = (text: string): string => text.replace(UNSTORABLE, '\ufffd');
