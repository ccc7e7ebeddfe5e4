import { countVerdicts, type JudgedFile, judgeFile, withoutJudged } from '../../../shared/lake/erasing/judged-file.ts';
import type { People } from '../../../shared/lake/erasing/people.ts';
import { type Judge, judgeOf, type Traces } from '../../../shared/lake/erasing/row-people.ts';
import { type TableFile, tableFileOf } from './lake-file.ts';
import type { LakeReach, PlannedFile } from './types.ts';

/** Who is sought, by the tables' own rules. */
export interface SoughtRows {
  readonly people: People;
  readonly traces?: Traces;
}

export interface JudgedTableFile extends TableFile {
  readonly etag: string;
  readonly since?: number;
  readonly body: Buffer;
  readonly judged: JudgedFile;
}

/** Reads a file and judges its rows; undefined when there is no such file, or its table names nobody. */
export async function lookInto(
  reach: Pick<LakeReach, 'versioned' | 'tables' | 'allTables'>,
  key: string,
  { people, traces }: SoughtRows,
): Promise<JudgedTableFile | undefined> {
  const file = tableFileOf(reach, key);
  const judge: Judge | undefined = judgeOf(file.table, people, traces);
  if (judge === undefined) return undefined;
  const found = await reach.versioned.read(key);
  if (found === undefined) return undefined;
  return { ...file, ...found, judged: await judgeFile(found.body, file.table, judge, file.landed) };
}

/** The plan for a file; undefined when all of its rows stay as they are. */
export function planOf({ key, etag, judged }: JudgedTableFile): PlannedFile | undefined {
  return judged.verdicts.size === 0 ? undefined : { key, etag, ...countVerdicts(judged) };
}

/** What became of a planned file: done, or planned anew because it is another by now. */
export type Rewritten =
  | { readonly done: PlannedFile }
  | { readonly again: PlannedFile; readonly found: JudgedTableFile };

/**
 * Writes a planned file anew, or deletes it when no row is left. A file of which nothing has to go any more was written by
 * an earlier attempt, and counts as planned. Only the content that was planned is written over: what somebody else wrote
 * since is planned anew, so that none of it is lost and all of it counts.
 */
export async function rewrite(
  reach: Pick<LakeReach, 'versioned' | 'tables' | 'allTables'>,
  planned: PlannedFile,
  sought: SoughtRows,
): Promise<Rewritten> {
  for (;;) {
    const file = await lookInto(reach, planned.key, sought);
    const plan = file && planOf(file);
    if (file === undefined || plan === undefined) return { done: planned };
    if (plan.etag !== planned.etag) return { again: plan, found: file };
    const body = await withoutJudged(file.body, file.table, file.judged);
    if (body === undefined) await reach.versioned.remove(file.key, file.etag);
    else {
      const said = { type: 'application/octet-stream', since: file.since };
      const etag = await reach.versioned.writeOver(file.key, file.etag, body, said);
      if (etag !== undefined) return { done: planned };
    }
    // It was removed, or is another: the next look tells.
  }
}
