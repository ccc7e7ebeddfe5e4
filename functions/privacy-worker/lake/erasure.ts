import { People } from '../../../shared/lake/erasing/people.ts';
import { NotesStore } from './notes-store.ts';
import { PrefixSteps } from './prefix-steps.ts';
import type { SoughtRows } from './rewrite-files.ts';
import { counted, planFiles, rewriteFiles } from './rewrite-step.ts';
import { SearchSteps } from './search-step.ts';
import { planTraces, tracesOf } from './traces-step.ts';
import {
  type LakeErasure,
  type LakeErasureState,
  type LakeErasureStep,
  type LakePerson,
  type LakeReach,
  MAX_KEYS,
  type PlannedFile,
} from './types.ts';
import { VersionSteps } from './version-steps.ts';

/** Passes after which something else must be wrong: people's events still come in, for example. */
const MAX_PASSES = 10;

/** Rows of the people came up again and again. */
export class NeverGoneError extends Error {
  override readonly name = 'NeverGoneError';
}

/**
 * Takes people out of the lake: out of every table on disk, of all other files of its bucket, and of what the bucket keeps
 * of overwritten and deleted ones.
 *
 * Athena names the files that may hold rows of the people, by hashes of their keys; a look at each row decides. A file is
 * written anew by one conditional write, or deleted when no row is left, while the sealer's lease is held. The tables are
 * asked again until a whole pass finds nothing: a day that was sealed meanwhile is found by the next.
 *
 * Why a kill does no harm: a step is planned, stored and then done, and a file that was written already is known by having
 * nothing left to lose; so it counts once, too.
 */
export function createLakeErasure(reach: LakeReach): LakeErasure {
  const notes = new NotesStore(reach);
  const search = new SearchSteps(reach);
  const prefixes = new PrefixSteps(reach);
  const versions = new VersionSteps(reach, notes);

  async function next(state: LakeErasureState): Promise<LakeErasureState | 'wait'> {
    const { step } = state;
    switch (step.name) {
      case 'search':
        return movedTo(state, await search.next(state, step));
      case 'rewrite':
        return await rewriteNext(state, step);
      case 'traces':
        return await tracesNext(state, step);
      case 'prefixes':
        return await prefixes.next(state, step);
      case 'versions':
        return await versions.next(state, step);
      case 'done':
        return state;
    }
  }

  async function rewriteNext(state: LakeErasureState, step: StepOf<'rewrite'>): Promise<LakeErasureState | 'wait'> {
    const { files, ...rest } = step;
    if (files !== undefined) {
      const worked = await work(state, files, { people: new People(state.people, reach.identity) });
      return worked === 'wait'
        ? 'wait'
        : { ...worked.state, step: worked.left ? { ...rest, files: worked.left } : rest };
    }
    const { files: planned, next: found, isOver } = await planFiles(reach, notes, state, step.found);
    if (planned.length > 0) {
      return { ...state, found: true, notes: state.notes + 1, step: { ...rest, found, files: planned } };
    }
    return { ...state, step: isOver ? search.after(step) : { ...rest, found } };
  }

  /** Writes planned files anew; what was learnt of them is noted before anything of it goes. */
  async function work(state: LakeErasureState, files: readonly PlannedFile[], sought: SoughtRows) {
    const result = await rewriteFiles(reach, files, sought);
    if (result === undefined) return 'wait';
    if (result.note !== undefined) await notes.write(state.id, state.notes, result.note);
    const counts = counted(state.counts, result.done);
    const next = { ...state, counts, notes: state.notes + (result.note === undefined ? 0 : 1) };
    return { state: next, left: result.left.length > 0 ? result.left : undefined };
  }

  async function tracesNext(state: LakeErasureState, { files }: StepOf<'traces'>): Promise<LakeErasureState | 'wait'> {
    const sought = await tracesOf(notes, state, reach.identity);
    if (files !== undefined) {
      const worked = await work(state, files, sought);
      if (worked === 'wait') return 'wait';
      return { ...worked.state, step: worked.left ? { name: 'traces', files: worked.left } : { name: 'traces' } };
    }
    const planned = await planTraces(reach, sought);
    if (planned.length > 0) return { ...state, found: true, step: { name: 'traces', files: planned } };
    if (!state.found) return { ...state, goneAt: reach.clock(), step: { name: 'prefixes', at: 0 } };
    if (state.pass === MAX_PASSES) {
      throw new NeverGoneError(`Rows of erased people came up again in each of ${MAX_PASSES} passes through the lake.`);
    }
    return { ...state, pass: state.pass + 1, found: false, step: { name: 'search', at: 0 } };
  }

  return {
    begin: (people, id) => begin(people, id, reach.clock()),
    next,
    isDone: ({ step }) => step.name === 'done',
    removed: ({ counts }, requestId) =>
      Object.entries(counts[requestId] ?? {})
        .map(([name, count]) => {
          const [store = '', what = ''] = name.split(' ');
          return { store, what, count };
        })
        .sort((one, other) => (one.store < other.store ? -1 : 1)),
  };
}

type StepOf<N extends LakeErasureStep['name']> = Extract<LakeErasureStep, { name: N }>;

const movedTo = (state: LakeErasureState, step: LakeErasureStep | 'wait'): LakeErasureState | 'wait' =>
  step === 'wait' ? 'wait' : { ...state, step };

function begin(people: readonly LakePerson[], id: string, startedAt: number): LakeErasureState {
  if (!/^[a-z0-9-]{1,100}$/.test(id)) {
    throw new RangeError(`The id of an erasure is 1 to 100 small letters, digits and dashes; got '${id}'.`);
  }
  const keys = people.reduce((sum, { keys: own, profileIds }) => sum + own.length + profileIds.length, 0);
  if (keys > MAX_KEYS) throw new RangeError(`${keys} keys and ids are more than the ${MAX_KEYS} of one pass.`);
  const counts = Object.fromEntries(people.map(({ requestId }) => [requestId, {}]));
  return { v: 1, id, people, startedAt, pass: 1, found: false, notes: 0, step: { name: 'search', at: 0 }, counts };
}
