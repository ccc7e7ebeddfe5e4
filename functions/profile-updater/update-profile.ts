import { type Delivery, type FoldedProfile, fold } from '../../shared/profile/fold.ts';
import { limits } from '../../shared/profile/limits.ts';
import { encodeProfile } from '../../shared/profile/state.ts';
import { itemBytes, MAX_ITEM_BYTES, type ProfileItem, type ProfileStore } from '../adapters/profile-store.ts';
import type { WarmProfiles } from './warm-profiles.ts';

export interface Writer {
  readonly store: ProfileStore;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** A text that no other write has. */
  readonly newToken: () => string;
  readonly warm: WarmProfiles;
}

export interface Update {
  readonly applied: number;
  readonly repeated: number;
}

/** A profile can never be written: it has outgrown its item in spite of its bounds. */
export class ProfileTooLargeError extends Error {
  override readonly name = 'ProfileTooLargeError';
  readonly bytes: number;

  constructor(bytes: number) {
    super(`A profile has ${bytes} bytes, DynamoDB takes ${MAX_ITEM_BYTES}: lower shared/profile/limits.ts.`);
    this.bytes = bytes;
  }
}

/** A profile was written by others each time before this writer. The batch comes again. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

const MAX_CONFLICTS = 10;
/** TTL deletes no page while late batches may still look at it: the dedup window and two days of delay. */
const PAGE_LIFE_MS = 3 * 86_400_000;

/**
 * Applies deliveries to one profile, `read` being its item or undefined for a new one. One write, unless there are so many
 * events that their message ids would not fit. Throws `ProfileTooLargeError`, `ConflictError`, `StateError` and what
 * the store throws; what was written until then is skipped when the batch comes again.
 */
export async function updateProfile(
  writer: Writer,
  key: string,
  deliveries: readonly Delivery[],
  read: ProfileItem | undefined,
): Promise<Update> {
  let applied = 0;
  let repeated = 0;
  let item = read;
  for (let at = 0; at < deliveries.length; at += limits.eventsPerWrite) {
    if (at > 0) item = (await writer.store.read([key])).get(key);
    const update = await foldAndWrite(writer, key, deliveries.slice(at, at + limits.eventsPerWrite), item);
    applied += update.applied;
    repeated += update.repeated;
  }
  return { applied, repeated };
}

/** Folds onto the version that was read and writes the next; if another came first, reads and folds again. */
async function foldAndWrite(
  writer: Writer,
  key: string,
  deliveries: readonly Delivery[],
  read: ProfileItem | undefined,
): Promise<Update> {
  const { store, warm } = writer;
  let item = read;
  for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts += 1) {
    const stored = item === undefined ? undefined : warm.take(key, item);
    const { next, spilled, applied, repeated } = fold(key, stored, deliveries, await pagesOf(store, key, stored));
    if (next === undefined) return { applied, repeated };

    const token = writer.newToken();
    const { textBytes, ...encoded } = encodeProfile(next);
    const written: ProfileItem = {
      id: key,
      version: (item?.version ?? 0) + 1,
      token,
      lastSeen: next.profile.lastSeen,
      ...encoded,
    };
    const bytes = itemBytes(written);
    if (bytes > MAX_ITEM_BYTES) throw new ProfileTooLargeError(bytes);

    const expiresAt = writer.clock() + PAGE_LIFE_MS;
    if (spilled !== undefined) await store.writePage({ key, expiresAt, ...spilled });
    let isWritten = (await store.write(written)) === 'written';
    if (!isWritten) {
      item = (await store.read([key])).get(key);
      // Our own token on the next version: the write had succeeded, its answer was lost.
      isWritten = item?.version === written.version && item.token === token;
    }
    if (isWritten) {
      warm.keep(key, encoded, textBytes, next);
      return { applied, repeated };
    }
  }
  throw new ConflictError(
    `A profile was written by others ${MAX_CONFLICTS + 1} times in a row; the batch comes again.`,
  );
}

async function pagesOf(store: ProfileStore, key: string, stored: FoldedProfile | undefined) {
  const numbers = stored?.ledger.pages.map(({ number }) => number) ?? [];
  return numbers.length === 0 ? [] : await store.readPages(key, numbers);
}
