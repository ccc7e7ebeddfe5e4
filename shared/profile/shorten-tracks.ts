import type { FoldedProfile } from './folded-profile.ts';
import { drop } from './new-profile.ts';

/**
 * Removes the older half of each track's rows, for a state that no item holds. They are bounded in number, but texts of
 * many people's making may still be long. Says whether there was anything to remove.
 */
export function shortenTracks({ profile, tracks }: FoldedProfile): boolean {
  let removed = 0;
  for (const [id, rows] of tracks) {
    const half = Math.ceil(rows.length / 2);
    removed += half;
    if (half === rows.length) tracks.delete(id);
    else tracks.set(id, rows.slice(half));
  }
  if (removed > 0 && profile !== undefined) drop(profile, 'track_rows_over_limit', removed);
  return removed > 0;
}
