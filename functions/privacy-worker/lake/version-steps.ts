import { personsOf } from '../../../schemas/lake/persons.ts';
import { EXPORTS, PRIVACY_WORK, prefixesBesideTables } from '../../../schemas/lake/prefixes.ts';
import type { ObjectVersion } from '../../adapters/object-versions.ts';
import { folderOf, type NotesStore } from './notes-store.ts';
import type { LakeErasureState, LakeErasureStep, LakeReach } from './types.ts';

type VersionStep = Extract<LakeErasureStep, { name: 'versions' }>;

/** Below a prefix, which of the versions that are no longer the latest go. */
interface Sweep {
  readonly prefix: string;
  readonly goes: (version: ObjectVersion) => boolean;
}

/**
 * Deletes for good what the buckets keep of overwritten and deleted files: of tables the files of the days on which the
 * people had rows, also those that the sealer deleted; of all else that may hold people everything. The latest versions
 * stay.
 */
export class VersionSteps {
  readonly #reach: LakeReach;
  readonly #notes: NotesStore;

  constructor(reach: LakeReach, notes: NotesStore) {
    this.#reach = reach;
    this.#notes = notes;
  }

  async next(state: LakeErasureState, step: VersionStep): Promise<LakeErasureState> {
    const { days } = await this.#notes.read(state.id);
    const sweeps = this.#sweeps(state, days);
    const sweep = sweeps[step.at];
    if (sweep !== undefined) {
      const next = await sweepPage(this.#reach.versions, sweep, step.from);
      return { ...state, step: { name: 'versions', at: step.at + (next ? 0 : 1), ...(next && { from: next }) } };
    }
    if (step.at === sweeps.length) {
      const { goneAt = 0 } = state;
      const goes = ({ modifiedAt }: ObjectVersion) => modifiedAt <= goneAt;
      const next = await sweepPage(this.#reach.results.versions, { prefix: '', goes }, step.from);
      return { ...state, step: { name: 'versions', at: step.at + (next ? 0 : 1), ...(next && { from: next }) } };
    }
    await this.#notes.remove(state.id);
    await sweepPage(this.#reach.versions, { prefix: folderOf(state.id), goes: () => true }, undefined);
    return { ...state, people: state.people.map(withoutKeys), step: { name: 'done' } };
  }

  #sweeps({ people }: LakeErasureState, days: ReadonlySet<string>): Sweep[] {
    const tables = this.#reach.allTables.filter(({ name }) => personsOf(name)?.by !== 'nobody');
    const archives = new Set(people.flatMap(({ exports = [] }) => exports));
    const isOfArchive = ({ key }: ObjectVersion) => archives.has(key.slice(EXPORTS.length).replace(/\..*$/, ''));
    return [
      ...tables.map(({ name }) => ({
        prefix: `${name}/`,
        goes: ({ key }: ObjectVersion) =>
          isUndated(name) || days.has(/\/day=(\d{4}-\d{2}-\d{2})\//.exec(key)?.[1] ?? ''),
      })),
      ...prefixesBesideTables
        .filter(({ erasure }) => erasure === 'lines' || erasure === 'files')
        .map(({ prefix }) => ({ prefix, goes: () => true })),
      { prefix: EXPORTS, goes: isOfArchive },
      { prefix: PRIVACY_WORK, goes: () => true },
    ];
  }
}

/** Files that went by themselves held people on days on which they had no rows by now. */
const isUndated = (table: string): boolean => table === 'profile_snapshots' || table === 'sealed_ids';

/** Deletes of a page of versions those that go; answers where the next page begins. */
async function sweepPage(
  versions: LakeReach['versions'],
  { prefix, goes }: Sweep,
  from: VersionStep['from'],
): Promise<VersionStep['from']> {
  const page = await versions.list(prefix, from);
  const old = page.versions.filter((version) => !version.isLatest && !version.isDeleteMarker && goes(version));
  if (old.length > 0) await versions.remove(old);
  return page.next;
}

/** What is done needs no ids any more. */
const withoutKeys = ({ requestId }: { readonly requestId: string }) => ({ requestId, keys: [], profileIds: [] });
