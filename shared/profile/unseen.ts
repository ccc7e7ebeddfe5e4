import type { IdentityNode } from '../../schemas/identity.ts';
import type { Key } from '../../schemas/stream/control.ts';
import { keysOf } from '../identity/subtree.ts';
import { type FoldedProfile, isNothing } from './folded-profile.ts';
import type { OwnPart, Part } from './home.ts';

/** What another key holds, with its place. */
export type KeyPart = Part & Pick<FoldedProfile, 'identity'>;

/**
 * What the other keys of the person at a home hold, if none of all keys was seen since `before` (milliseconds since 1970).
 * Undefined where one was, where the key stands for nobody, and where not all can be forgotten together: because one can't be
 * read, or is on its way to somebody else.
 */
export function partsOfUnseen(
  home: Key,
  own: OwnPart,
  node: IdentityNode,
  parts: ReadonlyMap<Key, KeyPart>,
  before: number,
): ReadonlyMap<Key, KeyPart> | undefined {
  const keys = new Set(keysOf(node, home));
  const others = new Map<Key, KeyPart>();
  for (const key of keys) {
    if (key === home) continue;
    const part = parts.get(key);
    if (part?.identity.parent === undefined || !keys.has(part.identity.parent)) return undefined;
    others.set(key, part);
  }
  const profiles = [own, ...others.values()].flatMap(({ profile }) => profile ?? []);
  // What was emptied before and could not be deleted goes now.
  if (profiles.length === 0) return isNothing({ ...own, identity: node }) ? others : undefined;
  return profiles.every(({ lastSeen }) => lastSeen < before) ? others : undefined;
}
