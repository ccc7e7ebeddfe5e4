import type { Key } from '../../schemas/stream/control.ts';
import type { ClaimRules } from '../../shared/privacy/claim.ts';
import { withoutPeople } from '../../shared/privacy/erase-set-aside.ts';
import { SET_ASIDE } from '../../shared/replay/set-aside.ts';
import type { LakeFiles } from '../adapters/lake-files.ts';
import type { ObjectVersions, VersionsFrom } from '../adapters/object-versions.ts';
import type { VersionedFiles } from '../adapters/versioned-files.ts';
import type { ErasedPerson, PlannedBatch } from './pass.ts';

/** Batches that consumers of the stream gave up, in their bucket. */
export interface SetAsideBatches {
  readonly files: Pick<LakeFiles, 'list'>;
  readonly versioned: Pick<VersionedFiles, 'read' | 'writeOver' | 'remove'>;
  readonly versions: ObjectVersions;
  readonly rules: ClaimRules;
}

const setsOf = (people: readonly ErasedPerson[]): ReadonlySet<Key>[] => people.map(({ keys }) => new Set(keys));

/** The next batch after a key that holds messages of the people, with how many; undefined after the last. */
export async function planBatch(
  { files, versioned, rules }: SetAsideBatches,
  people: readonly ErasedPerson[],
  after: string,
): Promise<PlannedBatch | undefined> {
  for (const { key } of await files.list(SET_ASIDE)) {
    if (key <= after) continue;
    const file = await versioned.read(key);
    if (file === undefined) continue;
    const before = file.body.toString();
    const { text, counts } = withoutPeople(before, setsOf(people), rules);
    if (text === before) continue;
    const what = { store: 'batches set aside', what: 'messages' };
    return { key, etag: file.etag, counts: Array.from(counts, ([person, count]) => [person, { ...what, count }]) };
  }
  return undefined;
}

/**
 * Writes a batch anew without the people. Nothing happens to one that was replaced or put back since: answers whether it
 * is as it was planned, or as it should be.
 */
export async function eraseBatch(
  { versioned, rules }: SetAsideBatches,
  people: readonly ErasedPerson[],
  { key, etag }: PlannedBatch,
): Promise<void> {
  const file = await versioned.read(key);
  if (file === undefined || file.etag !== etag) return;
  const { text } = withoutPeople(file.body.toString(), setsOf(people), rules);
  if (text === undefined) await versioned.remove(key, etag);
  else await versioned.writeOver(key, etag, Buffer.from(text), { since: file.since });
}

/** Deletes for good what was overwritten or deleted among the batches: each of them was anybody's. */
export async function purgeBatches({ versions }: SetAsideBatches): Promise<void> {
  let from: VersionsFrom | undefined;
  do {
    const page = await versions.list(SET_ASIDE, from);
    await versions.remove(page.versions.filter(({ isLatest, isDeleteMarker }) => !isLatest || isDeleteMarker));
    from = page.next;
  } while (from !== undefined);
}
