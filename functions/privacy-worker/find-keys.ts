import type { Key } from '../../schemas/stream/control.ts';
import { keysOf } from '../../shared/identity/subtree.ts';
import { decodeProfile, StateError } from '../../shared/profile/state.ts';
import type { ProfileStore } from '../adapters/profile-store.ts';

/**
 * All keys of the persons to whom some keys belong, those first: up to the home and down to every key below, as the items
 * say now. A key that nobody knows is itself.
 */
export async function findKeys(store: Pick<ProfileStore, 'read'>, asked: readonly Key[]): Promise<Key[]> {
  const known = new Set(asked);
  for (let next = [...known]; next.length > 0; ) {
    const items = await store.read(next);
    const found = next.flatMap((key) => {
      const item = items.get(key);
      return item === undefined ? [] : neighboursOf(key, item);
    });
    next = [...new Set(found)].filter((key) => !known.has(key));
    for (const key of next) known.add(key);
  }
  return [...known];
}

/** The keys that a key's item puts into its person; none of a damaged item. */
function neighboursOf(key: Key, item: Parameters<typeof decodeProfile>[0]): readonly Key[] {
  try {
    const { identity } = decodeProfile(item);
    return [...(identity.parent === undefined ? [] : [identity.parent]), ...keysOf(identity, key)];
  } catch (error) {
    if (error instanceof StateError && !error.isNewer) return [];
    throw error;
  }
}
