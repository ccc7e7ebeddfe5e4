import { rm, writeFile } from 'node:fs/promises';
import { zstdCompressSync } from 'node:zlib';
import { ParquetSchema, ParquetWriter } from '@dsnp/parquetjs';
import { DuckDBInstance } from '@duckdb/node-api';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import type { Column, ColumnType } from '../../schemas/lake/column.ts';
import type { TableRows } from '../../shared/lake/column-readers.ts';
import { secondsOf } from './figure.ts';

/** Rows that are made at once, outside of the time. */
const CHUNK = 10_000;

/** Seconds and bytes of the file that parquetjs makes of the rows. It knows no zstd. */
export async function writeByParquetjs({
  table,
  columns,
  count,
}: TableRows): Promise<{ seconds: number; bytes: number }> {
  // Its own type of times knows none before 1970.
  const types = {
    string: 'UTF8',
    int: 'INT32',
    bigint: 'INT64',
    double: 'DOUBLE',
    boolean: 'BOOLEAN',
    timestamp: 'INT64',
    'decimal(18,4)': 'INT64',
  } as const satisfies Record<ColumnType, string>;
  const schema = new ParquetSchema(
    Object.fromEntries(
      table.columns.map(({ name, type }: Column) => [
        name,
        { type: types[type], optional: true, compression: 'SNAPPY' as const },
      ]),
    ),
  );
  let bytes = 0;
  const writer = await ParquetWriter.openStream(schema, {
    write: (written: Uint8Array, done: () => void) => {
      bytes += written.length;
      done();
    },
    end: (done: () => void) => done(),
  } as never);
  writer.setRowGroupSize(CHUNK);
  let seconds = 0;
  for (let start = 0; start < count; start += CHUNK) {
    const records = Array.from({ length: Math.min(CHUNK, count - start) }, (_, index) => {
      const record: Record<string, unknown> = {};
      for (const { column, values } of columns) {
        const value = values[start + index];
        if (value !== undefined) record[column.name] = value;
      }
      return record;
    });
    seconds += await secondsOf(async () => {
      for (const record of records) await writer.appendRow(record);
    });
  }
  seconds += await secondsOf(() => writer.close());
  return { seconds, bytes };
}

/** Bytes of the file that hyparquet-writer makes of the rows by its own ways, with zstd's usual level. */
export function writeByHyparquet({ columns }: TableRows): number {
  const physical = {
    string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    int: { type: 'INT32' },
    bigint: { type: 'INT64' },
    double: { type: 'DOUBLE' },
    boolean: { type: 'BOOLEAN' },
    timestamp: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MILLIS' } },
    'decimal(18,4)': { type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale: 4 },
  } as const;
  const columnData: ColumnSource[] = columns.map(({ column: { name, type }, values }) => ({
    name,
    data:
      physical[type].type === 'INT64'
        ? values.map((value) => (value === undefined ? undefined : BigInt(value as number)))
        : [...values],
  }));
  return parquetWriteBuffer({
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ column: { name, type } }) => ({
        name,
        repetition_type: 'OPTIONAL' as const,
        ...physical[type],
      })),
    ],
    columnData,
    codec: 'ZSTD',
    compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) },
  }).byteLength;
}

/** Seconds and bytes of DuckDB's COPY of a file's rows, which it holds in memory. */
export async function copyByDuckdb(file: Uint8Array, folder: string): Promise<{ seconds: number; bytes: number }> {
  const from = `${folder}/from.parquet`;
  const to = `${folder}/to.parquet`;
  await writeFile(from, file);
  const instance = await DuckDBInstance.create();
  const duckdb = await instance.connect();
  await duckdb.run(`CREATE TABLE rows AS SELECT * FROM '${from}'`);
  const seconds = await secondsOf(() => duckdb.run(`COPY rows TO '${to}' (FORMAT parquet, COMPRESSION zstd)`));
  const size = await duckdb.runAndReadAll(`SELECT size FROM read_blob('${to}')`);
  const bytes = Number(size.getRows()[0]?.[0]);
  duckdb.closeSync();
  instance.closeSync();
  await rm(from);
  await rm(to);
  return { seconds, bytes };
}
