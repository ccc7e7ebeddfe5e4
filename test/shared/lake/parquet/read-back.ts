import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetMetadata, parquetRead } from 'hyparquet';
import type { LakeTable } from '../../../../schemas/lake/column.ts';
import type { Cell } from './a-table.ts';

export const arrayBuffer = (file: Uint8Array): ArrayBuffer => new Uint8Array(file).buffer;

/** The cells as hyparquet finds them; money and times as the integers that lie in the file. */
export async function readByHyparquet(file: Uint8Array): Promise<Cell[][]> {
  const metadata = parquetMetadata(arrayBuffer(file));
  for (const element of metadata.schema) {
    if (element.type === 'INT64') {
      delete element.converted_type;
      delete element.logical_type;
    }
  }
  let rows: unknown[][] = [];
  await parquetRead({
    file: arrayBuffer(file),
    metadata,
    compressors: { ZSTD: (bytes) => zstdDecompressSync(bytes) },
    onComplete: (read) => {
      rows = read;
    },
  });
  return rows.map((row) =>
    row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : ((cell ?? undefined) as Cell))),
  );
}

export interface DuckDb extends AsyncDisposable {
  /** Cells of a query over `FILE`. */
  query(file: Uint8Array, sql: string): Promise<unknown[][]>;
  /** The cells of a file of the table. */
  read(file: Uint8Array, table: LakeTable): Promise<Cell[][]>;
}

export async function aDuckDb(): Promise<DuckDb> {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-parquet-'));
  const instance = await DuckDBInstance.create();
  const duckdb = await instance.connect();
  let files = 0;
  const query: DuckDb['query'] = async (file, sql) => {
    // DuckDB remembers what it read under a name.
    const path = join(folder, `${files++}.parquet`);
    writeFileSync(path, file);
    const read = await duckdb.runAndReadAll(sql.replaceAll('FILE', `read_parquet('${path}')`));
    rmSync(path);
    return read.getRows() as unknown[][];
  };
  return {
    query,
    read: async (file, table) => {
      const columns = table.columns.map(({ name, type }) => {
        if (type === 'timestamp') return `epoch_ms(${name})`;
        return type === 'decimal(18,4)' ? `CAST(CAST(${name} AS DECIMAL(38,4)) * 10000 AS BIGINT)` : name;
      });
      const rows = await query(file, `SELECT ${columns.join(', ')} FROM FILE`);
      return rows.map((row) =>
        row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : ((cell ?? undefined) as Cell))),
      );
    },
    [Symbol.asyncDispose]: async () => {
      duckdb.closeSync();
      instance.closeSync();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
