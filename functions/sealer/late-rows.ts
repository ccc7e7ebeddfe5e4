import type { LandedTable } from '../../schemas/lake/column.ts';
import { COPY_DAYS } from '../../schemas/lake/sealed-tables.ts';
import { sealedIds, sealedTwin } from '../../schemas/lake/tables.ts';
import { dayAfter } from '../../shared/lake/days.ts';
import { openParquetFile } from '../../shared/lake/parquet/parquet-file.ts';
import { type ReadRows, readParquet } from '../../shared/lake/parquet/read-parquet.ts';
import { IdTable } from '../../shared/lake/sealing/id-table.ts';
import { rowIdOf } from '../../shared/lake/sealing/row-id.ts';
import { planColumns } from '../../shared/lake/sealing/seal-plan.ts';
import type { LakeFile } from '../adapters/lake-files.ts';
import type { Reach } from './reach.ts';
import { readAhead } from './read-ahead.ts';
import { idsKey } from './seal-table.ts';

/**
 * Brings to light what landed on a day after it was sealed, as when a consumer was set back: rows that no sealed day near
 * it has are landed once more, on an open day, before the files go. Answers how many there were. A file is named after the
 * one that it comes of, so that it may be done again.
 */
export async function moveLateRows(
  reach: Reach,
  { table, day, landed, openDay }: { table: LandedTable; day: string; landed: readonly LakeFile[]; openDay: string },
): Promise<number> {
  const { files } = reach;
  const known = await idsNear(reach, table, day);
  let moved = 0;
  let at = 0;
  for await (const file of readAhead(files, landed)) {
    const { key } = landed[at] as LakeFile;
    at += 1;
    const part = openParquetFile(table);
    const pieces: Uint8Array[] = [];
    for await (const rows of readParquet(file, table.columns)) {
      const fresh = freshRows(table, rows, known);
      const columns = rows.columns.map(({ column, values }) => ({ column, values: fresh.map((row) => values[row]) }));
      if (fresh.length > 0) pieces.push(...part.add({ table, count: fresh.length, columns }));
    }
    if (part.rows === 0) continue;
    moved += part.rows;
    const name = key.slice(key.lastIndexOf('/') + 1);
    await files.write(`${table.name}/day=${openDay}/late-${day}-${name}`, Buffer.concat([...pieces, ...part.finish()]));
  }
  return moved;
}

/** Numbers of the rows whose ids are not known, which they are from then on. */
function freshRows(table: LandedTable, rows: ReadRows, known: IdTable): number[] {
  const fresh: number[] = [];
  for (const [row, id] of idsOf(table, rows).entries()) {
    const before = known.size;
    known.add(id);
    if (known.size > before) fresh.push(row);
  }
  return fresh;
}

function idsOf(table: LandedTable, { count, columns }: ReadRows): string[] {
  const idOf = rowIdOf(table);
  const values = new Map(columns.map((each) => [each.column.name, each.values]));
  return Array.from({ length: count }, (_, row) => idOf((name) => values.get(name)?.[row]));
}

/** Ids of all rows that are sealed within the days in which a copy is known as one. */
async function idsNear({ files }: Reach, table: LandedTable, day: string): Promise<IdTable> {
  const known = new IdTable();
  const idColumns = sealedIds.columns.filter(({ name }) => name === 'id');
  for (let days = -COPY_DAYS; days <= COPY_DAYS; days += 1) {
    const near = dayAfter(day, days);
    const ids = await files.read(idsKey(table, near));
    if (ids !== undefined) {
      for await (const { columns } of readParquet(ids, idColumns)) {
        for (const id of columns[0]?.values ?? []) known.add(id as string);
      }
      continue;
    }
    const sealed = await files.list(`${sealedTwin(table).name}/day=${near}/`);
    for await (const file of readAhead(files, sealed)) {
      for await (const rows of readParquet(file, planColumns(table))) {
        for (const id of idsOf(table, rows)) known.add(id);
      }
    }
  }
  return known;
}
