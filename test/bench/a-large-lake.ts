import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { limits } from '../../functions/sealer/limits.ts';
import { createSealer } from '../../functions/sealer/sealer.ts';
import type { Catalog } from '../../infra/local/services/athena/catalog.ts';
import { Engine } from '../../infra/local/services/athena/engine.ts';
import { landedTables } from '../../schemas/lake/tables.ts';
import { dayAfter, dayOf } from '../../shared/lake/days.ts';
import { landedRows } from '../../shared/lake/landed-rows.ts';
import { landedKey } from '../../shared/lake/object-key.ts';
import { parquetFile } from '../../shared/lake/parquet/parquet-file.ts';
import { readBatch } from '../../shared/lake/read-batch.ts';
import { lakeCatalog } from '../fixtures/a-lake.ts';
import { lakeFilesOnDisk } from '../fixtures/lake-files-on-disk.ts';
import { largeHistory } from './large-history.ts';

const HOUR_MS = 3_600_000;

export interface LargeLakeOptions {
  /** @default 1,000,000 */
  readonly events?: number;
  /** Past days over which they are spread, up to yesterday. @default 30 */
  readonly days?: number;
  /** Minutes that the lake-writer waits for a batch. @default 5 */
  readonly windowMinutes?: number;
  /** DuckDB's limit. @default 1GB */
  readonly memoryLimit?: string;
  readonly progress: (step: string) => void;
}

export interface Measured {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly seconds: number;
  /** Bytes of table data that were read. */
  readonly bytes: number;
}

/** A lake of many events of past days in a temporary folder, as it landed, and the local Athena over it. */
export interface LargeLake extends AsyncDisposable {
  /** Folder of the bucket. */
  readonly folder: string;
  readonly firstDay: string;
  /** Yesterday. */
  readonly lastDay: string;
  query(sql: string, parameters?: readonly string[]): Promise<Measured>;
  /** The same files under another catalog. */
  withCatalog(catalog: Catalog): AsyncDisposable & Pick<LargeLake, 'query'>;
  /** Seals all days, and deletes what had landed as after the grace. */
  seal(): Promise<{ readonly seconds: number; readonly landed: number; readonly sealed: number }>;
  /** Files and bytes of the tables whose names end so, for example `_landed`. */
  sizeOf(ending: string): Promise<{ readonly files: number; readonly bytes: number }>;
}

export async function aLargeLake(options: LargeLakeOptions): Promise<LargeLake> {
  const { events = 1_000_000, days = 30, windowMinutes = 5, memoryLimit = '1GB', progress } = options;
  const root = await mkdtemp(path.join(tmpdir(), 'headwater-large-lake-'));
  const folder = path.join(root, 'lake');
  const today = dayOf(Date.now());
  await land(folder, { events, days, windowMinutes, end: Date.parse(today) }, progress);
  const engine = new Engine({ root, catalog: () => lakeCatalog, memoryLimit });
  return {
    folder,
    firstDay: dayAfter(today, -days),
    lastDay: dayAfter(today, -1),
    query: queryOf(engine),
    withCatalog: (catalog) => {
      const other = new Engine({ root, catalog: () => catalog, memoryLimit });
      return { query: queryOf(other), [Symbol.asyncDispose]: () => other.close() };
    },
    seal: () => seal(folder, progress),
    sizeOf: (ending) => sizeOf(folder, ending),
    [Symbol.asyncDispose]: async () => {
      await engine.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

const queryOf =
  (engine: Engine): LargeLake['query'] =>
  async (sql, parameters = []) => {
    const started = performance.now();
    const running = await engine.start({ sql, parameters, signal: new AbortController().signal });
    const rows: (readonly (string | null)[])[] = [];
    let bytes = 0;
    try {
      for await (const some of running.rows()) rows.push(...some);
    } finally {
      bytes = await running.end();
    }
    return { rows, seconds: (performance.now() - started) / 1000, bytes };
  };

async function land(
  folder: string,
  history: Parameters<typeof largeHistory>[0],
  progress: (step: string) => void,
): Promise<void> {
  let landed = 0;
  let told = 0;
  for (const batch of largeHistory(history)) {
    const [first] = batch;
    if (first === undefined) continue;
    for (const rows of landedRows(readBatch(batch)).filter(({ count }) => count > 0)) {
      const file = path.join(folder, landedKey(rows.table.name, first));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, parquetFile(rows));
    }
    landed += batch.length;
    if (landed - told < history.events / 10) continue;
    told = landed;
    progress(`landed ${Math.round((100 * landed) / history.events)} % of ${history.events} events`);
  }
}

/** By the sealer itself, on a folder in the place of S3; its clock goes ahead to when the landed files go. */
async function seal(folder: string, progress: (step: string) => void) {
  const files = lakeFilesOnDisk(folder);
  let ahead = -120_000;
  const sum = { landed: 0, sealed: 0 };
  let state: Awaited<ReturnType<Parameters<typeof createSealer>[0]['states']['read']>>;
  let versions = 0;
  const sealer = createSealer({
    files,
    states: {
      read: async () => state,
      write: async (next) => {
        versions += 1;
        state = { state: next, etag: String(versions) };
        return state.etag;
      },
    },
    putBarrier: async (id) => {
      await files.write(`barriers/${id}/shard`, Buffer.from('passed\n'));
      return ['shard'];
    },
    tables: landedTables,
    limits,
    graceMs: 24 * HOUR_MS,
    clock: () => Date.now() + ahead,
    newId: () => `run-${versions}`,
    log: (_level, _message, { code, day, landed, sealed, milliseconds } = {}) => {
      if (code !== 'day_sealed') return;
      sum.landed += Number(landed);
      sum.sealed += Number(sealed);
      progress(`sealed ${day}: ${landed} rows in ${milliseconds} ms`);
    },
  });
  const context = { getRemainingTimeInMillis: () => HOUR_MS };
  await sealer({}, context);
  const started = performance.now();
  await sealer({}, context);
  const seconds = (performance.now() - started) / 1000;
  ahead += 25 * HOUR_MS;
  await sealer({}, context);
  return { seconds, ...sum };
}

async function sizeOf(folder: string, ending: string): Promise<{ files: number; bytes: number }> {
  const tables = (await readdir(folder)).filter((name) => name.endsWith(ending));
  const sum = { files: 0, bytes: 0 };
  for (const table of tables) {
    for (const entry of await readdir(path.join(folder, table), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      sum.files += 1;
      sum.bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
    }
  }
  return sum;
}
