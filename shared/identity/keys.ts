import type { Key } from '../../schemas/stream/control.ts';

/** The kind of a key: what stands before its first colon. */
export const kindOf = (key: Key): string => key.slice(0, Math.max(0, key.indexOf(':')));

/** The id of a key, without its kind: what its records are partitioned by. */
export const rawIdOf = (key: Key): string => key.slice(key.indexOf(':') + 1);

export const isUser = (key: Key): boolean => key.startsWith('user:');
export const isAnonymous = (key: Key): boolean => key.startsWith('anonymous:');

/** How well a kind stands for a person: a user id before an external id before an anonymous one. */
const rankOf = (key: Key): number => (isUser(key) ? 2 : isAnonymous(key) ? 0 : 1);

/**
 * Whether a key may have the other as its parent: anonymous ids belong to external ids or users, external ids to users,
 * and a user to the user that it was renamed to. So only users can form a ring.
 */
export function mayLink(child: Key, parent: Key): boolean {
  if (child === parent || kindOf(child) === '' || kindOf(parent) === '') return false;
  return rankOf(child) < rankOf(parent) || (isUser(child) && isUser(parent));
}

/** Which of two parents a child prefers by kind alone: negative for the first. */
export const compareKinds = (one: Key, other: Key): number => rankOf(other) - rankOf(one);

/** Ascending by UTF-16 units, the same on every machine. */
export const compareTexts = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
