import { baseOf } from '../../../schemas/lake/tables.ts';
import { type Note, NoteBuilder } from '../../../shared/lake/erasing/notes.ts';
import { People } from '../../../shared/lake/erasing/people.ts';
import { ResultReader } from '../../adapters/result-reader.ts';
import { keyOfPath } from './lake-file.ts';
import type { NotesStore } from './notes-store.ts';
import { type JudgedTableFile, lookInto, planOf, rewrite, type SoughtRows } from './rewrite-files.ts';
import { withoutSealer } from './sealer-lease.ts';
import type { FoundFiles, LakeErasureState, LakeReach, PlannedFile } from './types.ts';

/** Files that are written between two states that are stored, and time after which no further one is looked into. */
const MAX_PLANNED = 64;
const PLAN_MS = 10_000;
/** Small files are read side by side, large ones one by one: a part of a sealed table has up to 100 MB. */
const SIDE_BY_SIDE = 8;

/** What was planned, where the next plan begins, and whether all was looked into. */
export interface Plan {
  readonly files: readonly PlannedFile[];
  readonly next: FoundFiles;
  readonly isOver: boolean;
}

/** Looks into files that a search named until there are enough to write, and notes what will be gone of them. */
export async function planFiles(
  reach: LakeReach,
  notes: NotesStore,
  state: LakeErasureState,
  found: FoundFiles,
): Promise<Plan> {
  const sought = { people: new People(state.people, reach.identity) };
  const reader = new ResultReader(reach.objects, found.result);
  const end = reach.clock() + PLAN_MS;
  const note = new NoteBuilder();
  const files: PlannedFile[] = [];
  let { offset } = found;
  let isOver = false;
  while (!isOver && files.length < MAX_PLANNED && reach.clock() < end) {
    const chunk = await reader.chunk(offset, SIDE_BY_SIDE);
    const keys = chunk.rows.map(([path]) => keyOfPath(path ?? ''));
    for (const judged of await lookIntoAll(reach, keys, sought)) {
      const plan = planOf(judged);
      if (plan === undefined) continue;
      files.push(plan);
      noteFile(note, judged);
    }
    isOver = chunk.rows.length === 0;
    if (!isOver) offset = chunk.end;
  }
  if (files.length > 0) await notes.write(state.id, state.notes, note.note());
  return { files, next: { ...found, offset }, isOver };
}

function noteFile(note: NoteBuilder, { table, landed, day, judged }: JudgedTableFile): void {
  note.add(landed ? baseOf(landed) : table.name, day, judged.traces);
}

async function lookIntoAll(reach: LakeReach, keys: readonly string[], sought: SoughtRows): Promise<JudgedTableFile[]> {
  const small = keys.filter(isSmall).map((key) => lookInto(reach, key, sought));
  const found = await Promise.all(small);
  for (const key of keys.filter((each) => !isSmall(each))) found.push(await lookInto(reach, key, sought));
  return found.flatMap((file) => file ?? []);
}

const isSmall = (key: string): boolean => /^\w+_landed\//.test(key);

/** What was done of planned files, what has to be done yet, and what was learnt of those that are others by now. */
export interface Work {
  readonly done: readonly PlannedFile[];
  readonly left: readonly PlannedFile[];
  readonly note: Note | undefined;
}

/** Writes planned files anew while the sealer does not work; undefined when it does. */
export async function rewriteFiles(
  reach: LakeReach,
  planned: readonly PlannedFile[],
  sought: SoughtRows,
): Promise<Work | undefined> {
  return await withoutSealer(reach, async (end) => {
    const done: PlannedFile[] = [];
    const left: PlannedFile[] = [];
    const note = new NoteBuilder();
    let isNew = false;
    const one = async (file: PlannedFile) => {
      if (reach.clock() >= end) {
        left.push(file);
        return;
      }
      const rewritten = await rewrite(reach, file, sought);
      if ('done' in rewritten) done.push(rewritten.done);
      else {
        isNew = true;
        left.push(rewritten.again);
        noteFile(note, rewritten.found);
      }
    };
    const small = planned.filter(({ key }) => isSmall(key));
    for (let at = 0; at < small.length; at += SIDE_BY_SIDE) {
      await Promise.all(small.slice(at, at + SIDE_BY_SIDE).map(one));
    }
    for (const file of planned.filter(({ key }) => !isSmall(key))) await one(file);
    return { done, left, note: isNew ? note.note() : undefined };
  });
}

type Counts = LakeErasureState['counts'];

/** The counts with what went of some files, by the tables' names. */
export function counted(counts: Counts, files: readonly PlannedFile[]): Counts {
  let next = counts;
  for (const { key, rows, names } of files) {
    const [table = ''] = key.split('/');
    for (const [request, count] of Object.entries(rows)) next = countOne(next, request, `${table} rows`, count);
    for (const [request, count] of Object.entries(names)) next = countOne(next, request, `${table} names`, count);
  }
  return next;
}

export function countOne(counts: Counts, request: string, what: string, count: number): Counts {
  const before = counts[request] ?? {};
  return { ...counts, [request]: { ...before, [what]: (before[what] ?? 0) + count } };
}
