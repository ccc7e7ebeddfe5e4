import type { Key } from '../../schemas/stream/control.ts';
import { keysOf } from '../../shared/identity/subtree.ts';
import type { PersonSource } from '../../shared/lake/profile-row.ts';
import type { FoldedProfile } from '../../shared/profile/folded-profile.ts';
import { mergeProfiles } from '../../shared/profile/merge.ts';
import { decodeProfile, type EncodedProfile, StateError } from '../../shared/profile/state.ts';
import { viewOf } from '../../shared/profile/view.ts';
import type { ScannedProfile } from '../adapters/profile-scan.ts';
import type { ProfileStore } from '../adapters/profile-store.ts';

export interface PeopleProps {
  readonly store: Pick<ProfileStore, 'read'>;
  /** Milliseconds since 1970: what the people are shown as of. */
  readonly snapshotAt: number;
  readonly currency: string;
  /** Called for an item that is damaged, and left out. */
  readonly onDamaged: () => void;
}

/** Other keys that are read together: a person has at most 100. */
const KEYS_AT_ONCE = 400;

/**
 * The people whose home is among some items: the parts of their other keys are read, and all are merged, as the API does
 * for one. A key that has just got a parent belongs to nobody until its parent has heard of it. Throws `StateError` for
 * items of a newer version.
 */
export async function peopleOf(scanned: readonly ScannedProfile[], props: PeopleProps): Promise<PersonSource[]> {
  const homes: { readonly home: Key; readonly folded: FoldedProfile; readonly keys: readonly Key[] }[] = [];
  for (const item of scanned) {
    const folded = decoded(item, props);
    if (folded === undefined || folded.identity.parent !== undefined) continue;
    homes.push({ home: item.id, folded, keys: keysOf(folded.identity, item.id) });
  }
  const people: PersonSource[] = [];
  for (let at = 0; at < homes.length; ) {
    const together: typeof homes = [];
    for (let keys = 0; at < homes.length && keys < KEYS_AT_ONCE; at += 1) {
      const home = homes[at] as (typeof homes)[number];
      together.push(home);
      keys += home.keys.length - 1;
    }
    const others = new Set(together.flatMap(({ keys }) => keys.slice(1)));
    const read = others.size > 0 ? await props.store.read([...others]) : new Map<string, EncodedProfile>();
    for (const { home, folded, keys } of together) {
      const parts = new Map([[home, folded]]);
      for (const key of keys.slice(1)) {
        const item = read.get(key);
        const part = item && decoded(item, props);
        if (part !== undefined) parts.set(key, part);
      }
      const person = personOf(home, parts, props);
      if (person !== undefined) people.push(person);
    }
  }
  return people;
}

function decoded(item: EncodedProfile, { onDamaged }: PeopleProps): FoldedProfile | undefined {
  try {
    return decodeProfile(item);
  } catch (error) {
    if (!(error instanceof StateError) || error.isNewer) throw error;
    onDamaged();
    return undefined;
  }
}

/** Undefined for keys without events: they are nobody. */
function personOf(
  home: Key,
  parts: ReadonlyMap<Key, FoldedProfile>,
  { snapshotAt, currency }: PeopleProps,
): PersonSource | undefined {
  const profiles = Array.from(parts.values(), ({ profile }) => profile).filter((profile) => profile !== undefined);
  if (profiles.length === 0) return undefined;
  const profile = mergeProfiles(home, profiles);
  const memberships = [...(parts.get(home)?.audience.memberships ?? [])];
  const byId = new Map(memberships.sort(([one], [other]) => (one < other ? -1 : 1)));
  return { home, keys: [...parts.keys()], profile, view: viewOf(profile, snapshotAt, byId), snapshotAt, currency };
}
