import { isAddressField, maskAddresses } from './mask-ip.ts';
import { PROTOTYPE_KEYS } from './sanitise.ts';
import type { JsonObject } from './step.ts';

/** Levels of nesting that an event may have; the event itself is the first. */
export const MAX_DEPTH = 32;

/** What one walk over a message found. */
export interface Inspection {
  tooDeep: boolean;
  /** There is a text with spaces at an end, a key of a prototype, or a number that JSON cannot hold. */
  untidy: boolean;
  /** Six times this is never less than the bytes of the message's JSON text. */
  weight: number;
}

/** Bound of what an entry takes beside its letters: a number or word, quotes, comma, colon. */
const ENTRY_WEIGHT = 8;

/** Walks over a message once, down to the depth allowed: measures it, and masks the addresses in it, in place. */
export function inspect(message: JsonObject): Inspection {
  const found: Inspection = { tooDeep: false, untidy: false, weight: 0 };
  walkObject(message, 1, false, found);
  return found;
}

function walkObject(object: JsonObject, depth: number, isAddress: boolean, found: Inspection): void {
  for (const key in object) {
    const value = object[key];
    found.weight += key.length + ENTRY_WEIGHT;
    if ((key.length === 9 || key.length === 11) && PROTOTYPE_KEYS.has(key)) found.untidy = true;
    if (typeof value === 'string') {
      if (isAddress || isAddressField(key)) object[key] = maskAddresses(value);
      lookAt(value, found);
    } else if (typeof value === 'object') {
      if (value !== null) walkNested(value, depth + 1, isAddress || isAddressField(key), found);
    } else if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) found.untidy = true;
  }
}

function walkList(list: unknown[], depth: number, isAddress: boolean, found: Inspection): void {
  for (let at = 0; at < list.length; at += 1) {
    const value = list[at];
    found.weight += ENTRY_WEIGHT;
    if (typeof value === 'string') {
      if (isAddress) list[at] = maskAddresses(value);
      lookAt(value, found);
    } else if (typeof value === 'object') {
      if (value !== null) walkNested(value, depth + 1, isAddress, found);
    } else if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) found.untidy = true;
  }
}

function walkNested(value: object, depth: number, isAddress: boolean, found: Inspection): void {
  if (depth > MAX_DEPTH) found.tooDeep = true;
  else if (Array.isArray(value)) walkList(value, depth, isAddress, found);
  else walkObject(value as JsonObject, depth, isAddress, found);
}

function lookAt(text: string, found: Inspection): void {
  const length = text.length;
  found.weight += length;
  if (length > 0 && (isSpace(text.charCodeAt(0)) || isSpace(text.charCodeAt(length - 1)))) found.untidy = true;
}

/** Whether `trim` may take this character; a false alarm costs time only. */
const isSpace = (code: number): boolean =>
  code <= 32 ||
  (code >= 0xa0 && (code === 0xa0 || code === 0xfeff || code === 0x1680 || (code >= 0x2000 && code <= 0x3000)));
