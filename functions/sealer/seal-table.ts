import { createHash } from 'node:crypto';
import type { LandedTable } from '../../schemas/lake/column.ts';
import { COPY_DAYS } from '../../schemas/lake/sealed-tables.ts';
import { baseOf, sealedIds, sealedTwin } from '../../schemas/lake/tables.ts';
import { dayAfter } from '../../shared/lake/days.ts';
import { openParquetFile } from '../../shared/lake/parquet/parquet-file.ts';
import { parquetSummary, readParquet } from '../../shared/lake/parquet/read-parquet.ts';
import { planColumns, type SealPlan, SealPlanner } from '../../shared/lake/sealing/seal-plan.ts';
import type { SealingProgress } from '../../shared/lake/sealing/sealing-state.ts';
import type { LakeFile } from '../adapters/lake-files.ts';
import type { Reach } from './reach.ts';
import { readAhead } from './read-ahead.ts';
import { RowWindow } from './row-window.ts';

/** What a value takes in memory beside its bytes in the file. */
const BYTES_A_VALUE = 8;
const IDS_AT_ONCE = 100_000;

type TableProgress = NonNullable<SealingProgress['table']>;

export interface TableWork {
  readonly day: string;
  readonly table: LandedTable;
  /** How far an earlier run came. */
  readonly progress: TableProgress | undefined;
  /** Stores how far this one is. */
  readonly save: (progress: TableProgress) => Promise<void>;
  /** Whether there is time for another part. */
  readonly mayGoOn: () => boolean;
}

/** Of the rows that landed how many were sealed, and what of; undefined when the time was up before the end. */
export type Sealed = { readonly landed: number; readonly sealed: number; readonly source: string } | undefined;

/**
 * Seals a day of one table: plans which rows stay and in what order, writes them part by part, deletes parts that an
 * earlier attempt wrote beyond the last, and writes the ids. The same files give the same parts, so that each step may be
 * done again; when the files are others than those of an earlier attempt, it begins anew.
 */
export async function sealTable(reach: Reach, work: TableWork): Promise<Sealed> {
  const { files, limits } = reach;
  const { day, table, save, mayGoOn } = work;
  const landed = await landedFiles(reach, table, day);
  const source = sourceOf(table, landed);
  let { parts, rows } = work.progress?.source === source ? work.progress : { parts: 0, rows: 0 };

  const { plan, landedRows, bytes } = await planOf(reach, work, landed);
  const rowBytes = bytes / Math.max(landedRows, 1) + BYTES_A_VALUE * table.columns.length;
  const windowRows = Math.max(limits.groupRows, Math.floor(limits.windowBytes / rowBytes));
  const window = new RowWindow(files, table, { landed, rows: landedRows, order: plan.order }, windowRows);
  while (rows < plan.order.length) {
    if (!mayGoOn()) return undefined;
    rows = await writePart(reach, work, window, { number: parts, start: rows, end: plan.order.length });
    parts += 1;
    await save({ name: table.name, source, parts, rows });
  }

  const twin = sealedTwin(table).name;
  const surplus = (await files.list(`${twin}/day=${day}/`)).filter(({ key }) => key >= partKey(twin, day, parts));
  if (surplus.length > 0) await files.remove(surplus.map(({ key }) => key));
  await writeIds(reach, work, plan);
  return { landed: landedRows, sealed: plan.order.length, source };
}

/** Reads the columns that decide, of the day and of the ids of the days before. */
async function planOf({ files }: Reach, { day, table }: TableWork, landed: readonly LakeFile[]) {
  const planner = new SealPlanner(table);
  const columns = planColumns(table);
  let bytes = 0;
  for await (const file of readAhead(files, landed)) {
    bytes += parquetSummary(file).bytes;
    for await (const rows of readParquet(file, columns)) planner.add(rows);
  }
  const idColumns = sealedIds.columns.filter(({ name }) => name === 'id');
  for (let days = 1; days <= COPY_DAYS && landed.length > 0; days += 1) {
    const file = await files.read(idsKey(table, dayAfter(day, -days)));
    if (file === undefined) continue;
    for await (const {
      columns: [ids],
    } of readParquet(file, idColumns))
      planner.leaveOut(ids?.values ?? []);
  }
  return { plan: planner.plan(), landedRows: planner.rows, bytes };
}

/** Writes rows from `start` on until the part is full; answers where the next begins. */
async function writePart(
  { files, limits }: Reach,
  { day, table }: TableWork,
  window: RowWindow,
  { number, start, end }: { readonly number: number; readonly start: number; readonly end: number },
): Promise<number> {
  const part = openParquetFile(table);
  const pieces: Uint8Array[] = [];
  let at = start;
  while (at < end && part.size < limits.partBytes) {
    const next = Math.min(at + limits.groupRows, end);
    pieces.push(...part.add(await window.rows(at, next)));
    at = next;
  }
  pieces.push(...part.finish());
  await files.write(partKey(sealedTwin(table).name, day, number), Buffer.concat(pieces));
  return at;
}

/** Also those of rows that are copies themselves: a copy is told by any row of the days before. */
async function writeIds({ files }: Reach, { day, table }: TableWork, { ids }: SealPlan): Promise<void> {
  const key = idsKey(table, day);
  if (ids.size === 0) return await files.remove([key]);
  const file = openParquetFile(sealedIds);
  const pieces: Uint8Array[] = [];
  const relation = baseOf(table);
  const [relationColumn, idColumn] = sealedIds.columns;
  for (const some of ids.sorted(IDS_AT_ONCE)) {
    const columns = [
      { column: relationColumn, values: some.map(() => relation) },
      { column: idColumn, values: some },
    ];
    pieces.push(...file.add({ table: sealedIds, count: some.length, columns }));
  }
  await files.write(key, Buffer.concat([...pieces, ...file.finish()]));
}

/** The files of a table that landed on a day. */
export const landedFiles = async (
  { files }: Pick<Reach, 'files'>,
  { name }: LandedTable,
  day: string,
): Promise<LakeFile[]> => (await files.list(`${name}/day=${day}/`)).filter(({ key }) => key.endsWith('.parquet'));

/** Sorts as the numbers do, up to a million parts. */
export const partKey = (table: string, day: string, number: number): string =>
  `${table}/day=${day}/part-${String(number).padStart(6, '0')}.parquet`;

export const idsKey = (table: LandedTable, day: string): string =>
  `${sealedIds.name}/day=${day}/${baseOf(table)}.parquet`;

/** Raised when the same files are sealed into other parts than before. */
const FORMAT = 1;

/** What a day of a table is sealed of: another text when files came, went or changed. */
export function sourceOf({ columns, sealing }: LandedTable, landed: readonly LakeFile[]): string {
  const source = createHash('sha256').update(JSON.stringify([FORMAT, columns.map(({ name }) => name), sealing]));
  for (const { key, etag } of landed) source.update(`${key} ${etag}\n`);
  return source.digest('hex');
}
