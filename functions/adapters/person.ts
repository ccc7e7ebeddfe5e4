import type { Profile } from '../../schemas/profile.ts';
import type { Key } from '../../schemas/stream/control.ts';
import { kindOf, rawIdOf } from '../../shared/identity/keys.ts';
import { externalKeyOf, idIn, isKeyOf } from '../../shared/identity/spaces.ts';
import { keysOf } from '../../shared/identity/subtree.ts';
import { type FoldedProfile, newFoldedProfile } from '../../shared/profile/folded-profile.ts';
import { mergeProfiles } from '../../shared/profile/merge.ts';
import { decodeProfile } from '../../shared/profile/state.ts';
import type { ProfileStore } from './profile-store.ts';

/** A person, read by any of their keys. */
export interface FoundPerson {
  /** The key by which the person was asked for. */
  readonly asked: Key;
  /** The key that stands for the person. */
  readonly home: Key;
  /** What each of the person's keys holds, the home's first. */
  readonly parts: ReadonlyMap<Key, FoldedProfile>;
  /** Of all parts together. */
  readonly profile: Profile;
}

/** No tree of keys is deeper: whoever finds one reads while it is being rebuilt, and stops there. */
const MAX_HOPS = 16;
const ANONYMOUS = 'anonymous:';

/**
 * The keys that an id of the API may stand for, the likeliest first: `anonymous:<id>` is a key as it stands, everything
 * else a userId; what looks like a key of another kind is looked up as that, too. For who is limited to a space, keys of it.
 */
export function keysNamed(id: string, space: string | undefined): Key[] {
  const within = rawIdOf(id);
  if (id.startsWith(ANONYMOUS)) return [`${ANONYMOUS}${idIn(space, within)}`];
  const user = `user:${idIn(space, id)}`;
  const kind = kindOf(id);
  if (kind === '') return [user];
  const other = kind === 'user' ? `user:${idIn(space, within)}` : externalKeyOf(space, kind, within);
  return other === undefined ? [user] : [user, other];
}

/** Finds the person whom an id of the API names; for who is limited to a space, nobody of whom a key is outside. */
export async function findNamed(
  store: Pick<ProfileStore, 'read'>,
  id: string,
  space: string | undefined,
): Promise<FoundPerson | undefined> {
  return onlyOf(space, await findPerson(store, keysNamed(id, space)));
}

/** The person, unless somebody of another space would be told of: whatever joined them, that is not shown. */
function onlyOf(space: string | undefined, person: FoundPerson | undefined): FoundPerson | undefined {
  if (space === undefined || person === undefined) return person;
  return [person.home, ...person.parts.keys()].every((key) => isKeyOf(space, key)) ? person : undefined;
}

/**
 * Finds the person to whom one of the keys belongs: goes up from the key to the home, and reads all keys below. Undefined
 * when there are no events of any of them.
 */
export async function findPerson(
  store: Pick<ProfileStore, 'read'>,
  keys: readonly Key[],
): Promise<FoundPerson | undefined> {
  const found = await read(store, keys);
  const asked = keys.find((key) => found.has(key));
  if (asked === undefined) return undefined;
  const way = await wayHome(store, asked, found.get(asked) as FoldedProfile);
  const home = [...way.keys()].at(-1) as Key;
  // The keys on the way belong to the person even if the home has not heard of them yet.
  const known = new Set([...way].reverse().flatMap(([key, { identity }]) => keysOf(identity, key)));
  const others = [...known].filter((key) => !way.has(key));
  const below = await read(store, others);
  const parts = new Map<Key, FoldedProfile>();
  for (const key of known) {
    const part = way.get(key) ?? below.get(key);
    if (part !== undefined) parts.set(key, part);
  }
  const profiles = Array.from(parts.values(), ({ profile }) => profile).filter((profile) => profile !== undefined);
  return profiles.length === 0 ? undefined : { asked, home, parts, profile: mergeProfiles(home, profiles) };
}

/** The keys from one to its home, both included. A parent of which nothing is stored yet is the home. */
async function wayHome(
  store: Pick<ProfileStore, 'read'>,
  from: Key,
  folded: FoldedProfile,
): Promise<Map<Key, FoldedProfile>> {
  const way = new Map([[from, folded]]);
  for (let { parent } = folded.identity; parent !== undefined && way.size <= MAX_HOPS && !way.has(parent); ) {
    const above = (await read(store, [parent])).get(parent) ?? newFoldedProfile();
    way.set(parent, above);
    parent = above.identity.parent;
  }
  return way;
}

async function read(store: Pick<ProfileStore, 'read'>, keys: readonly Key[]): Promise<Map<Key, FoldedProfile>> {
  const items = keys.length === 0 ? new Map() : await store.read(keys);
  return new Map(Array.from(items, ([key, item]) => [key, decodeProfile(item)]));
}
