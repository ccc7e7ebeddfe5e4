import type { LakeTable, LandedTable } from '../../../schemas/lake/column.ts';
import { positionNames } from '../../../schemas/lake/position.ts';
import type { ColumnValues } from '../column-readers.ts';
import { openParquetFile } from '../parquet/parquet-file.ts';
import { readParquet } from '../parquet/read-parquet.ts';
import { rowIdOf } from '../sealing/row-id.ts';
import { placeId } from './marks-of-rows.ts';
import type { Requests } from './people.ts';
import type { Judge, RowVerdict } from './row-people.ts';

/** What other tables know a row by that goes. */
export interface RowTrace {
  readonly requests: Requests;
  readonly id: string;
  readonly place: string;
}

/** What becomes of the rows of a file: those that stay as they are do not stand here. Rows have numbers from 0. */
export interface JudgedFile {
  readonly rows: number;
  readonly verdicts: ReadonlyMap<number, Exclude<RowVerdict, { kind: 'stays' }>>;
  /** Of the rows that go, when the table is one that landed or its twin. */
  readonly traces: readonly RowTrace[];
}

/** Reads the few columns that decide. `landed` is the table whose ids the rows have. Throws `ParquetReadError`. */
export async function judgeFile(
  file: Uint8Array,
  table: LakeTable,
  judge: Judge,
  landed: LandedTable | undefined,
): Promise<JudgedFile> {
  const names = new Set(judge.columns.map(({ name }) => name));
  if (landed !== undefined) for (const name of [...landed.sealing.identity, ...positionNames]) names.add(name);
  const columns = table.columns.filter(({ name }) => names.has(name));
  const idOf = landed && rowIdOf(landed);
  const verdicts = new Map<number, Exclude<RowVerdict, { kind: 'stays' }>>();
  const traces: RowTrace[] = [];
  let before = 0;
  for await (const { count, columns: read } of readParquet(file, columns)) {
    const byName = new Map(read.map(({ column, values }) => [column.name, values]));
    for (let at = 0; at < count; at += 1) {
      const row = (name: string) => byName.get(name)?.[at];
      const verdict = judge.judge(row);
      if (verdict.kind === 'stays') continue;
      verdicts.set(before + at, verdict);
      if (verdict.kind === 'goes' && idOf !== undefined) {
        traces.push({ requests: verdict.requests, id: idOf(row), place: placeId(positionNames.map(row)) });
      }
    }
    before += count;
  }
  return { rows: before, verdicts, traces };
}

/**
 * The file without the rows that go, in the same order and row groups, a group in memory at a time; undefined when no row
 * is left.
 */
export async function withoutJudged(
  file: Uint8Array,
  table: LakeTable,
  { verdicts }: JudgedFile,
): Promise<Uint8Array | undefined> {
  const out = openParquetFile(table);
  const pieces: Uint8Array[] = [];
  let before = 0;
  for await (const { count, columns } of readParquet(file, table.columns)) {
    const kept: number[] = [];
    for (let at = 0; at < count; at += 1) if (verdicts.get(before + at)?.kind !== 'goes') kept.push(at);
    if (kept.length > 0) {
      const values = columns.map((column) => keptValues(column, kept, before, verdicts));
      pieces.push(...out.add({ table, count: kept.length, columns: values }));
    }
    before += count;
  }
  return out.rows === 0 ? undefined : Buffer.concat([...pieces, ...out.finish()]);
}

function keptValues(
  { column, values }: ColumnValues,
  kept: readonly number[],
  before: number,
  verdicts: JudgedFile['verdicts'],
): ColumnValues {
  const cellOf = (at: number) => {
    const verdict = verdicts.get(before + at);
    return verdict?.kind === 'renamed' && Object.hasOwn(verdict.rest, column.name)
      ? verdict.rest[column.name]
      : values[at];
  };
  return { column, values: kept.map(cellOf) };
}

/** How many rows go, and how many lose names, by request. */
export function countVerdicts({ verdicts }: JudgedFile) {
  const rows: Record<string, number> = {};
  const names: Record<string, number> = {};
  for (const { kind, requests } of verdicts.values()) {
    const counts = kind === 'goes' ? rows : names;
    for (const request of requests) counts[request] = (counts[request] ?? 0) + 1;
  }
  return { rows, names };
}
