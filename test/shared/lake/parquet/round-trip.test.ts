import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TableRows } from '../../../../shared/lake/column-readers.ts';
import { openParquetFile, parquetFile } from '../../../../shared/lake/parquet/parquet-file.ts';
import { aTable, type Cell, rowsOf, tables } from './a-table.ts';
import { aDuckDb, type DuckDb, readByHyparquet } from './read-back.ts';

let duckdb: DuckDb;
beforeAll(async () => {
  duckdb = await aDuckDb();
});
afterAll(() => duckdb[Symbol.asyncDispose]());

/** The rows in row groups of `size`. */
function inGroups(rows: TableRows, size: number): Uint8Array {
  const file = openParquetFile(rows.table);
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < rows.count; start += size) {
    const columns = rows.columns.map(({ column, values }) => ({ column, values: values.slice(start, start + size) }));
    pieces.push(...file.add({ table: rows.table, count: Math.min(size, rows.count - start), columns }));
  }
  return Buffer.concat([...pieces, ...file.finish()]);
}

test('hyparquet and DuckDB read the cells that were written', async () => {
  await fc.assert(
    fc.asyncProperty(tables, async (rows) => {
      const file = parquetFile(rows);
      expect(await readByHyparquet(file)).toEqual(rowsOf(rows));
      expect(await duckdb.read(file, rows.table)).toEqual(rowsOf(rows));
    }),
    { numRuns: 200 },
  );
});

test('hyparquet and DuckDB read row groups as one table', async () => {
  await fc.assert(
    fc.asyncProperty(tables, fc.constantFrom(1, 3, 50), async (rows, size) => {
      const file = inGroups(rows, size);
      expect(await readByHyparquet(file)).toEqual(rowsOf(rows));
      expect(await duckdb.read(file, rows.table)).toEqual(rowsOf(rows));
    }),
    { numRuns: 80 },
  );
});

test('an engine that skips row groups by their bounds finds every value', async () => {
  await fc.assert(
    fc.asyncProperty(tables, async (rows) => {
      const file = inGroups(rows, 20);
      const [text, int, bigint, double] = rows.columns;
      for (const { column, values } of [text, int, bigint, double].filter((each) => each !== undefined)) {
        const asked = values.find((value) => value !== undefined && value !== '' && !String(value).includes('\0'));
        if (asked === undefined) continue;
        const literal =
          typeof asked === 'string' ? `'${asked.replaceAll("'", "''")}'` : `CAST('${asked}' AS ${column.type})`;
        const [[found]] = (await duckdb.query(file, `SELECT count(*) FROM FILE WHERE ${column.name} = ${literal}`)) as [
          [bigint],
        ];
        expect(Number(found)).toBe(values.filter((value) => value === asked).length);
      }
    }),
    { numRuns: 100 },
  );
});

test('writes many rows in row groups of 100,000, and long columns in many pages', async () => {
  const count = 210_000;
  const column = (value: (row: number) => Cell) => Array.from({ length: count }, (_, row) => value(row));
  const rows = aTable(
    ['string', column((row) => (row % 5 === 0 ? undefined : `${row}`.padEnd(60, 'é')))],
    ['string', column((row) => ['a', 'b', undefined][(row >> 4) % 3])],
    ['bigint', column((row) => (row % 1_000) * 1e9)],
    ['timestamp', column((row) => 1.7e12 + row)],
    ['boolean', column((row) => row % 7 === 0)],
  );
  const file = parquetFile(rows);
  expect(await duckdb.query(file, 'SELECT count(*) FROM FILE')).toEqual([[210_000n]]);
  expect(await readByHyparquet(file)).toEqual(rowsOf(rows));
  const differing = rowsOf(rows);
  const read = await duckdb.read(file, rows.table);
  expect(read.filter((row, at) => row.some((cell, index) => cell !== differing[at]?.[index]))).toEqual([]);
});

test('counts its bytes and rows while they are made', () => {
  const rows = aTable(['int', [1, 2, 3]]);
  const file = openParquetFile(rows.table);
  const bytes = [...file.add(rows), ...file.add(rows)];
  expect(file).toMatchObject({ rows: 6, size: Buffer.concat(bytes).length });
  bytes.push(...file.finish());
  expect(file.size).toBe(Buffer.concat(bytes).length);
});
