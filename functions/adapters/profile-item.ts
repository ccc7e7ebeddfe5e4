import type { Key } from '../../schemas/stream/control.ts';
import { type FoldedProfile, isNobodys } from '../../shared/profile/folded-profile.ts';
import { shortenTracks } from '../../shared/profile/shorten-tracks.ts';
import { encodeProfile } from '../../shared/profile/state.ts';
import { itemBytes, MAX_ITEM_BYTES, type ProfileItem, type ProfileStore, type WriteOutcome } from './profile-store.ts';

/** TTL deletes no page while late batches may still look at it: the dedup window and two days of delay. */
export const PAGE_LIFE_MS = 3 * 86_400_000;

/** How long a key is remembered that is nobody's any more: longer than word of it can be under way. */
const NOBODYS_LIFE_MS = 35 * 86_400_000;

/** A profile can never be written: it has outgrown its item in spite of its bounds. */
export class ProfileTooLargeError extends Error {
  override readonly name = 'ProfileTooLargeError';
  readonly bytes: number;

  constructor(bytes: number) {
    super(`A profile has ${bytes} bytes, DynamoDB takes ${MAX_ITEM_BYTES}: lower shared/profile/limits.ts.`);
    this.bytes = bytes;
  }
}

/**
 * The item of a version that is written `now`, in milliseconds since 1970. Where it would be too large, tracks lose their
 * oldest rows until it fits. Throws `ProfileTooLargeError`.
 */
export function itemOf(key: Key, version: number, token: string, folded: FoldedProfile, now: number) {
  const expiry = isNobodys(folded) && { expiresAt: now + NOBODYS_LIFE_MS };
  for (;;) {
    const { textBytes, ...encoded } = encodeProfile(folded);
    const lastSeen = folded.profile?.lastSeen ?? 0;
    const item: ProfileItem = { id: key, version, token, lastSeen, ...encoded, ...expiry };
    const bytes = itemBytes(item);
    if (bytes <= MAX_ITEM_BYTES) return { item, encoded, textBytes };
    if (!shortenTracks(folded)) throw new ProfileTooLargeError(bytes);
  }
}

/** Writes an item; false if another version came before it. `write` may do more in the same transaction. */
export async function isWritten(
  store: Pick<ProfileStore, 'read' | 'write'>,
  item: ProfileItem,
  write: () => Promise<WriteOutcome> = () => store.write(item),
): Promise<boolean> {
  if ((await write()) === 'written') return true;
  const found = (await store.read([item.id])).get(item.id);
  // Our own token on the next version: the write had succeeded, its answer was lost.
  return found?.version === item.version && found.token === item.token;
}
