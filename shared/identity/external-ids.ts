import { isBlockedId } from '../../schemas/event/blocked-ids.ts';
import { limits } from './limits.ts';

/** As permissive as mail servers are, so that no address is lost; it only keeps out what cannot be one. */
const EMAIL =
  /^[^\s@"<>()[\],;:\\]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+\p{L}[\p{L}\p{N}-]{1,62}$/u;
const LONGEST_EMAIL = 254;

/** E.164: a country code, which never begins with 0, and at most 15 digits; the shortest numbers in use have 7. */
const PHONE = /^\+[1-9]\d{6,14}$/;
const PHONE_PUNCTUATION = /[\s().\-/\u00a0\u2010-\u2015]/g;
const ONE_DIGIT_ONLY = /^\+(\d)\1+$/;

/** The kind of an external id by the name of its trait or type, or undefined for a name that cannot be one. */
export function externalKind(name: string): string | undefined {
  const kind = name.toLowerCase();
  return /^[a-z][\w.-]{0,31}$/.test(kind) && !reservedKinds.has(kind) ? kind : undefined;
}

/** Ids that have a field of their own in a message. */
const reservedKinds: ReadonlySet<string> = new Set(['user', 'user_id', 'anonymous', 'anonymous_id']);

/**
 * The key `<kind>:<value>` of an external id, or undefined for a value that identifies nobody.
 *
 * E-mail addresses are compared in lower case. Phone numbers are digits after `+`, `00` is read as `+`; without a country
 * code two people of two countries may share one, so such a number is no identifier. Other kinds are taken as they are.
 */
export function externalKey(kind: string, value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  const id = normal(kind, text.trim());
  return id === undefined || id.length > limits.idLength || isBlockedId(id) ? undefined : `${kind}:${id}`;
}

function normal(kind: string, text: string): string | undefined {
  if (kind === 'email') return emailOf(text);
  return kind === 'phone' ? phoneOf(text) : text;
}

function emailOf(text: string): string | undefined {
  const email = text.toLowerCase();
  return email.length <= LONGEST_EMAIL && EMAIL.test(email) ? email : undefined;
}

function phoneOf(text: string): string | undefined {
  const phone = text.replace(PHONE_PUNCTUATION, '').replace(/^00/, '+');
  return PHONE.test(phone) && !ONE_DIGIT_ONLY.test(phone) ? phone : undefined;
}
