import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventsLanded } from '../../schemas/lake/tables.ts';
import { tableRows } from '../../shared/lake/column-readers.ts';
import { eventReaders } from '../../shared/lake/event-row.ts';
import { parquetFile } from '../../shared/lake/parquet/parquet-file.ts';
import { eventSources } from './event-rows.ts';
import { type Benchmark, median, secondsOf } from './figure.ts';
import { copyByDuckdb, writeByHyparquet, writeByParquetjs } from './parquet-peers.ts';

const ROWS = 200_000;
const ROUNDS = 3;

/** Cleaned events of the demo store, in all their columns, as files: ours, and those of three other writers. */
export const parquet: Benchmark = {
  name: 'parquet',
  async run(progress) {
    const rows = tableRows(eventsLanded, eventReaders, eventSources(ROWS));
    progress(`${ROWS} cleaned events of ${rows.columns.length} columns`);
    const seconds: number[] = [];
    let file: Uint8Array = new Uint8Array();
    for (let round = 0; round < ROUNDS; round++) {
      seconds.push(
        await secondsOf(() => {
          file = parquetFile(rows);
        }),
      );
      progress(`round ${round + 1} of ${ROUNDS}: ${Math.round(ROWS / (seconds.at(-1) as number))} rows/s`);
    }
    const folder = await mkdtemp(path.join(tmpdir(), 'headwater-bench-'));
    const duckdb = await copyByDuckdb(file, folder).finally(() => rm(folder, { recursive: true }));
    progress(`DuckDB: ${Math.round(ROWS / duckdb.seconds)} rows/s`);
    const hyparquet = await secondsOf(() => writeByHyparquet(rows));
    progress(`hyparquet-writer: ${Math.round(ROWS / hyparquet)} rows/s`);
    const parquetjs = await writeByParquetjs(rows);
    progress(`parquetjs: ${Math.round(ROWS / parquetjs.seconds)} rows/s`);

    const value = ROWS / median(seconds);
    const peer = { what: '@dsnp/parquetjs, snappy', value: ROWS / parquetjs.seconds };
    return [
      {
        what: 'Parquet: cleaned events, one core',
        value,
        unit: 'rows/s',
        bound: { kind: 'at least', value: 8 * peer.value },
        peer,
      },
      {
        what: '  the same, beside another',
        value,
        unit: 'rows/s',
        peer: { what: 'hyparquet-writer, zstd', value: ROWS / hyparquet },
      },
      {
        what: '  the same, beside a third',
        value,
        unit: 'rows/s',
        peer: { what: 'DuckDB, zstd, all cores', value: ROWS / duckdb.seconds },
      },
      {
        what: '  bytes a row',
        value: file.length / ROWS,
        unit: 'bytes',
        bound: { kind: 'at most', value: (1.2 * duckdb.bytes) / ROWS },
        peer: { what: 'DuckDB, zstd', value: duckdb.bytes / ROWS },
      },
    ];
  },
};
