import { isDeepStrictEqual } from 'node:util';
import type { Profile } from '../../schemas/profile.ts';
import type { FoldedProfile } from '../profile/folded-profile.ts';
import { type CompiledCatalog, pruneTracks } from '../segments/compile-catalog.ts';
import type { Tracks } from '../segments/tracks.ts';
import type { RebuiltPart } from './rebuild-part.ts';

/** What a rebuild would change of a key. */
export type Difference = 'none' | 'profile' | 'tracks';

/**
 * Whether a key's own events were folded to the same as its stored part holds: profile and, of what definitions will read
 * again, tracks. Weights may differ by a step for each event, because shards that were open together may have been read in
 * another order.
 */
export function differenceOf(
  stored: FoldedProfile | undefined,
  rebuilt: RebuiltPart,
  catalog: CompiledCatalog,
): Difference {
  const { folded, arrivedAt } = rebuilt;
  if (!isSameProfile(stored?.profile, folded.profile)) return 'profile';
  const asOf = Math.max(arrivedAt, stored?.audience.evaluatedAt ?? 0);
  const needed = (tracks: Tracks) => {
    const kept = new Map(tracks);
    pruneTracks(catalog, kept, asOf);
    return kept;
  };
  return isDeepStrictEqual(needed(stored?.tracks ?? new Map()), needed(folded.tracks)) ? 'none' : 'tracks';
}

function isSameProfile(one: Profile | undefined, other: Profile | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const [a, b] = [split(one), split(other)];
  if (!isDeepStrictEqual(a.exact, b.exact) || a.weights.size !== b.weights.size) return false;
  return [...a.weights].every(([name, weight]) => {
    return Math.abs(weight - (b.weights.get(name) ?? Number.NaN)) <= one.eventCount;
  });
}

/** Rows that track limits cost are counted by batch: how many there were says nothing about the history. */
const BY_BATCH = 'track_rows_over_limit';

function split(profile: Profile) {
  const { items, categories, brands, dropped, ...rest } = profile;
  const weights = new Map<string, number>();
  for (const [id, { weight }] of items) weights.set(`item ${id}`, weight);
  for (const [name, weight] of categories) weights.set(`category ${name}`, weight);
  for (const [name, weight] of brands) weights.set(`brand ${name}`, weight);
  const itemUse = new Map(Array.from(items, ([id, { orders, lastAt }]) => [id, [orders, lastAt]]));
  const kept = new Map([...dropped].filter(([what]) => what !== BY_BATCH));
  return { weights, exact: { ...rest, itemUse, dropped: kept } };
}
