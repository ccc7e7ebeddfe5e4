import type { ControlKind, Key } from '../../schemas/stream/control.ts';
import type { Delivery } from '../../shared/profile/delivery.ts';
import { type FoldContext, type Folded, fold } from '../../shared/profile/fold.ts';
import type { FoldedProfile } from '../../shared/profile/folded-profile.ts';
import { limits } from '../../shared/profile/limits.ts';
import { partKeysFor } from '../../shared/profile/parts.ts';
import { decodeProfile, type EncodedProfile } from '../../shared/profile/state.ts';
import type { Outbox } from '../../shared/stream/outbox.ts';
import { type DueTimes, SETTLE_MS } from '../adapters/due-store.ts';
import { isWritten, itemOf, PAGE_LIFE_MS } from '../adapters/profile-item.ts';
import type { ProfileStore } from '../adapters/profile-store.ts';

/** What a batch is folded with. */
export interface Writer extends Pick<FoldContext, 'catalog' | 'identity'> {
  readonly store: ProfileStore;
  readonly due: DueTimes;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** A text that no other write has. */
  readonly newToken: () => string;
  /** The parts of other keys, as they are now. */
  readonly readParts: (keys: readonly Key[]) => Promise<ReadParts>;
  /** Publishes outboxes that are about to be replaced or deleted, unless they surely were published. */
  readonly say: (outboxes: readonly Outbox[]) => Promise<void>;
}

/** What items of other keys hold, and in which version. */
export type ReadParts = ReadonlyMap<Key, FoldedProfile & { readonly version: number }>;

/** A key's item as it was read, decoded, with the parts of the person's other keys, which were read after it. */
export interface ReadProfile {
  readonly version: number;
  readonly stored: FoldedProfile | undefined;
  /** Its outbox, unless that was just published. */
  readonly unsaid: Outbox | undefined;
  readonly parts: ReadParts;
}

/** What a person who was erased or forgotten leaves behind: it goes when its outbox was published. */
export interface Emptied {
  readonly id: Key;
  readonly version: number;
}

/** A write that succeeded; its outbox is to be published. */
export interface Written {
  readonly key: Key;
  readonly encoded: EncodedProfile;
  readonly textBytes: number;
  readonly folded: FoldedProfile;
}

export interface Update {
  readonly applied: number;
  readonly repeated: number;
  /** The last write; undefined when nothing was new. */
  readonly written: Written | undefined;
  readonly emptied: Emptied | undefined;
}

/** A profile was written by others each time before this writer. The batch comes again. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

const MAX_CONFLICTS = 10;

/**
 * Takes deliveries in to one key. One write, unless there are so many events that their message ids would not fit. Throws
 * `ProfileTooLargeError`, `ConflictError`, `StateError` and what store, due times and stream throw; what was written
 * until then is skipped when the batch comes again.
 */
export async function updateProfile(
  writer: Writer,
  key: Key,
  deliveries: readonly Delivery[],
  read: ReadProfile,
): Promise<Update> {
  let applied = 0;
  let repeated = 0;
  let written: Written | undefined;
  let emptied: Emptied | undefined;
  for (let at = 0; at < deliveries.length; ) {
    const part = deliveries.slice(at, at + limits.eventsPerWrite);
    const update = await foldAndWrite(writer, key, part, at === 0 ? read : await readAgain(writer, key, part));
    at += update.taken;
    applied += update.applied;
    repeated += update.repeated;
    written = update.written ?? written;
    emptied = update.emptied;
  }
  return { applied, repeated, written, emptied };
}

/** Folds onto the version that was read and writes the next; if another came first, reads and folds again. */
async function foldAndWrite(
  writer: Writer,
  key: Key,
  deliveries: readonly Delivery[],
  first: ReadProfile,
): Promise<Update & Pick<Folded, 'taken'>> {
  const { store, due, catalog, identity, clock } = writer;
  let read = first;
  for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts += 1) {
    const { stored, parts } = read;
    const pages = await pagesOf(store, key, stored);
    const folded = fold(key, stored, deliveries, { pages, catalog, identity, parts });
    const { taken, next, spilled, arm, isErased, forgotten, applied, repeated } = folded;
    const emptied = (version: number) => (isErased && version > 0 ? { id: key, version } : undefined);
    const gone = forgotten === undefined ? [] : itemsOf(forgotten, parts);
    if (next !== undefined || isErased) await writer.say(unsaidOf(read, folded));
    if (next === undefined) {
      if (arm !== undefined) await due.arm(arm, key);
      return { taken, applied, repeated, written: undefined, emptied: emptied(read.version) };
    }

    const begun = clock();
    const { item, encoded, textBytes } = itemOf(key, read.version + 1, writer.newToken(), next, begun);
    if (spilled !== undefined) await store.writePage({ key, expiresAt: begun + PAGE_LIFE_MS, ...spilled });
    if (arm !== undefined) await due.arm(arm, key);
    const write = () => (gone.length === 0 ? store.write(item) : store.writeAndRemove(item, gone));
    if (await isWritten(store, item, write)) {
      // So late that the tick may have come before what it was for.
      if (arm !== undefined && clock() - begun >= SETTLE_MS) await due.arm(arm, key);
      const written = { key, encoded, textBytes, folded: next };
      return { taken, applied, repeated, written, emptied: emptied(item.version) };
    }
    read = await readAgain(writer, key, deliveries);
  }
  throw new ConflictError(
    `A profile was written by others ${MAX_CONFLICTS + 1} times in a row; the batch comes again.`,
  );
}

/** The versions of keys that go with the home's write. */
const itemsOf = (keys: readonly Key[], parts: ReadParts) =>
  keys.flatMap((id) => {
    const part = parts.get(id);
    return part === undefined ? [] : [{ id, version: part.version }];
  });

/**
 * What the write replaces and deletes without its having been published. Of somebody who is erased nobody needs to hear any
 * more but those who count members; of somebody who is forgotten the lake, too, but no other key, which would remember it.
 */
function unsaidOf({ unsaid, parts }: ReadProfile, { isErased, forgotten }: Folded): Outbox[] {
  const own = unsaid === undefined ? [] : [unsaid];
  if (forgotten === undefined) return isErased ? own.map((outbox) => only(outbox, 'transitions')) : own;
  const theirs = forgotten.flatMap((key) => parts.get(key)?.outbox ?? []);
  return [...own, ...theirs].map((outbox) => only(outbox, 'transitions', 'identities'));
}

const only = (outbox: Outbox, ...kinds: ControlKind[]): Outbox => ({
  ...outbox,
  records: outbox.records.filter(({ kind }) => kinds.includes(kind)),
});

async function readAgain(writer: Writer, key: Key, deliveries: readonly Delivery[]): Promise<ReadProfile> {
  const item = (await writer.store.read([key])).get(key);
  const stored = item && decodeProfile(item);
  const parts = await writer.readParts(partKeysFor(key, stored?.identity, deliveries));
  return { version: item?.version ?? 0, stored, unsaid: stored?.outbox, parts };
}

async function pagesOf(store: ProfileStore, key: Key, stored: FoldedProfile | undefined) {
  const numbers = stored?.ledger.pages.map(({ number }) => number) ?? [];
  return numbers.length === 0 ? [] : await store.readPages(key, numbers);
}
