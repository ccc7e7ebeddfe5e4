import type { ImportCounts, ImportProblem, ImportStep } from '../../schemas/import/state.ts';
import type { Part, PartStart } from '../../shared/import/part.ts';
import type { Barrier } from '../../shared/stream/barrier.ts';

/** How far an import is: `imports/<id>/state.json`, with who works on it. */
export interface ImportState {
  readonly v: 1;
  readonly id: string;
  readonly name: string;
  /** Name of the file when it was first imported. */
  readonly fileName: string;
  readonly step: ImportStep;
  readonly counts: ImportCounts;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly problem?: ImportProblem;
  /** Names of the file's columns, once they are known. */
  readonly columns?: readonly string[];
  /** Where the next part begins. */
  readonly next: PartStart;
  /** Parts that were brought in. */
  readonly parts: number;
  /** Bytes of the file that were read for them. */
  readonly read: number;
  /** Barriers behind which events went out that consumers may still work on, the oldest first. */
  readonly windows: readonly Barrier[];
  /** Events since the last of them. */
  readonly sinceBarrier: number;
}

export type NewImport = Pick<ImportState, 'id' | 'name' | 'fileName' | 'startedAt'>;

/** An import of which nothing was done. */
export const newImportState = (about: NewImport, counts: ImportCounts): ImportState => ({
  v: 1,
  ...about,
  step: 'lines',
  counts,
  next: { offset: 0, rows: 0 },
  parts: 0,
  read: 0,
  windows: [],
  sinceBarrier: 0,
});

/** The counts after one more part. */
export function countPart(counts: ImportCounts, part: Part): ImportCounts {
  const rejected: Record<string, number> = { ...counts.rejected };
  for (const { reason } of part.rejected) rejected[reason] = (rejected[reason] ?? 0) + 1;
  return {
    rows: counts.rows + part.rows,
    landedRows: counts.landedRows + part.landedRows,
    rejectedRows: counts.rejectedRows + part.rejected.length,
    knownRows: counts.knownRows + part.knownRows,
    events: counts.events + part.events.length,
    rejected,
  };
}
