import { createHash } from 'node:crypto';
import { isBlockedId } from '../../schemas/event/blocked-ids.ts';
import { isPersonalisation } from '../../schemas/event/vocabulary.ts';
import type { Profile } from '../../schemas/profile.ts';
import type { Key } from '../../schemas/stream/control.ts';
import { rawIdOf } from '../../shared/identity/keys.ts';
import { isBought, weightAt } from '../../shared/profile/affinities.ts';
import { isLaterChoice } from '../../shared/profile/consent.ts';
import { findNamed, keysNamed } from '../adapters/person.ts';
import type { ProfileStore } from '../adapters/profile-store.ts';

/** What somebody did with an item. */
export interface Interest {
  readonly itemId: string;
  /** Interactions, each decayed: 1 for a view just now. */
  readonly weight: number;
  readonly lastAt: number;
}

/** For whom an answer is. */
export interface Somebody {
  /** The person's key; null for nobody that can be remembered. */
  readonly key: Key | null;
  /** Whether what they did may be used. */
  readonly isPersonal: boolean;
  /** What they did, the latest first. */
  readonly interests: readonly Interest[];
  /** Categories by interest, the greatest first. */
  readonly categories: readonly string[];
  /** Whether they have bought an item, be it ever so long ago. */
  readonly hasBought: (itemId: string) => boolean;
}

const nothing = { interests: [], categories: [], hasBought: () => false };

const MOST_CATEGORIES = 3;

/**
 * Finds out for whom an answer is, as of `now` (milliseconds since 1970), among the people of `space` if there is one. Somebody
 * that no event tells of has no interests.
 */
export async function findSomebody(
  store: Pick<ProfileStore, 'read'>,
  ids: { readonly userId?: string | undefined; readonly anonymousId?: string | undefined },
  space: string | undefined,
  now: number,
): Promise<Somebody> {
  const id = ids.userId ?? `anonymous:${ids.anonymousId}`;
  const [asked = ''] = keysNamed(id, undefined);
  const isNobody = isBlockedId(rawIdOf(asked));
  const person = isNobody ? undefined : await findNamed(store, id, space);
  if (person === undefined) {
    const [key = null] = isNobody ? [] : keysNamed(id, space);
    return { key, isPersonal: true, ...nothing };
  }
  const { home, profile } = person;
  if (!isGranted(profile)) return { key: null, isPersonal: false, ...nothing };
  return {
    key: home,
    isPersonal: true,
    interests: interestsOf(profile, now),
    categories: categoriesOf(profile),
    hasBought: (itemId) => isBought(profile, itemId),
  };
}

/** Whether the latest choice allows it; nobody was asked until there is one. */
function isGranted({ consent }: Profile): boolean {
  const choices = Array.from(consent).flatMap(([purpose, choice]) => (isPersonalisation(purpose) ? [choice] : []));
  const [latest] = choices.sort((one, other) => (isLaterChoice(one, other) ? -1 : 1));
  return latest?.granted ?? true;
}

function interestsOf({ items }: Profile, now: number): Interest[] {
  return Array.from(items, ([itemId, { weight, lastAt }]) => ({
    itemId,
    weight: weightAt(weight, now),
    lastAt,
  })).sort((one, other) => other.lastAt - one.lastAt || (one.itemId < other.itemId ? -1 : 1));
}

const categoriesOf = ({ categories }: Profile): string[] =>
  [...categories]
    .sort(([one, weight], [other, otherWeight]) => otherWeight - weight || (one < other ? -1 : 1))
    .slice(0, MOST_CATEGORIES)
    .map(([category]) => category);

/** Whether a person is of the holdout: the same share of people at all times, whoever asks. `share` is from 0 to 1. */
export function isHoldout(key: Key, share: number): boolean {
  const hash = createHash('sha256').update(`recommendations holdout\n${key}`).digest();
  return hash.readUInt32BE(0) / 2 ** 32 < share;
}
