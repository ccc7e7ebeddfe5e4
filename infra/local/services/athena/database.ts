import { mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBResult,
  type DuckDBType,
  StatementType,
} from '@duckdb/node-api';
import { BytesRead } from './bytes-read.ts';
import type { ColumnInfo } from './column-info.ts';
import { columnInfo } from './column-types.ts';
import type { EngineOptions } from './engine.ts';
import { readBounds } from './partition-bounds.ts';
import { QueryError } from './query-error.ts';
import { Relations } from './relations.ts';
import type { ResultRow } from './result-file.ts';
import { literal } from './table-sql.ts';
import type { Translation } from './translate.ts';
import { printValue } from './values.ts';

export interface Query {
  /** Trino SQL. */
  readonly sql: string;
  /** Literals for its `?`. */
  readonly parameters: readonly string[];
  /** Stops the query when it is aborted. */
  readonly signal: AbortSignal;
  /** Told what the query reads, views' own tables included, before it reads; throws to refuse. */
  readonly onReads?: (relations: ReadonlySet<string>) => void;
  /** Where the rows go as Parquet, in the place of an answer: a path below the root, and DuckDB's name of a codec. */
  readonly into?: { readonly file: string; readonly compression: string };
}

/** One query under way. */
export interface Running {
  readonly columns: readonly ColumnInfo[];
  /** Rows as Athena prints them, some at a time. */
  readonly rows: () => AsyncGenerator<ResultRow[]>;
  /** Frees the query and gives the bytes of files that it read. To be called once, after the last row. */
  end(): Promise<number>;
}

/** DuckDB with a relation for each table and view of the catalog, shut off from all files but the buckets'. */
export interface Database {
  start(query: Query, done: () => void): Promise<Running>;
  explain(query: Query): Promise<string[]>;
  close(): void;
}

export async function openDatabase({ root, catalog, memoryLimit }: EngineOptions): Promise<Database> {
  const temporary = path.join(root, '.tmp');
  mkdirSync(temporary, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: memoryLimit,
    // Gives memory back soon after a query: it is the laptop's.
    allocator_flush_threshold: '1MB',
  });
  const owner = await instance.connect();
  const bytesRead = await BytesRead.start(instance, root);
  for (const setting of [...dialectSettings, ...settings(root, temporary)]) await owner.run(`SET ${setting}`);

  const relations = new Relations(root);
  let turn: Promise<unknown> = Promise.resolve();
  const translated = async ({ sql, parameters, onReads }: Query) => {
    const translating = turn.then(() => relations.translate(owner, catalog(), sql, parameters));
    turn = translating.catch(() => undefined);
    const translation = await translating;
    onReads?.(relations.allReadBy(translation));
    return { ...translation, allBounds: relations.allBounds(translation) };
  };

  return {
    start: async (query, done) => {
      const { sql: duckDbSql, unnamed, allBounds } = await translated(query);
      const connection = await instance.connect();
      const counted = await bytesRead.of(connection);
      const interrupt = () => connection.interrupt();
      const close = () => {
        query.signal.removeEventListener('abort', interrupt);
        connection.closeSync();
        return counted();
      };
      query.signal.addEventListener('abort', interrupt);
      try {
        query.signal.throwIfAborted();
        for (const setting of dialectSettings) await connection.run(`SET ${setting}`);
        await readBounds(connection, allBounds);
        const result = await runSelect(connection, duckDbSql, query.into);
        const end = async () => {
          try {
            return await close();
          } finally {
            done();
          }
        };
        return { columns: columnsOf(result, unnamed), rows: () => printRows(result), end };
      } catch (error) {
        await close();
        throw error;
      }
    },
    explain: async (query) => {
      const { sql: duckDbSql, allBounds } = await translated(query);
      await readBounds(owner, allBounds);
      const plan = await owner.runAndReadAll(`EXPLAIN ${duckDbSql}`);
      return plan.getRows().flatMap((row) => String(row[1]).split('\n'));
    },
    close: () => {
      bytesRead.close();
      owner.closeSync();
      instance.closeSync();
    },
  };
}

function columnsOf(result: DuckDBResult, unnamed: Translation['unnamed']): ColumnInfo[] {
  const names = result.columnNames().map((name) => name.toLowerCase());
  for (const index of unnamed.fromLeft) names[index] = `_col${index}`;
  for (const index of unnamed.fromRight) names[names.length - index] = `_col${names.length - index}`;
  return names.map((name, index) => columnInfo(name, result.columnType(index)));
}

async function* printRows(result: DuckDBResult): AsyncGenerator<ResultRow[]> {
  const types = result.columnTypes();
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return;
    yield chunk.getRows().map((row) => row.map((value, index) => printValue(value, types[index] as DuckDBType)));
  }
}

/** Order matters: the last ones lock the others. */
function settings(root: string, temporary: string): string[] {
  return [
    // What a cache holds is not read again, and would be missing in the bytes that Athena bills; its memory is the laptop's.
    'enable_external_file_cache = false',
    `temp_directory = ${literal(path.join(temporary, 'duckdb'))}`,
    `allowed_directories = [${literal(`${root}/`)}]`,
    'autoload_known_extensions = false',
    'enable_external_access = false',
    "allowed_configs = ['timezone', 'integer_division']",
    'lock_configuration = true',
  ];
}

/** A division is read by these where it stands: also in a view, when that is made. Each connection has its own. */
const dialectSettings = ["TimeZone = 'UTC'", 'integer_division = true'];

/** On the lists of a training half the time of level 3, for an eighth more bytes. */
const FAST_ZSTD = ', COMPRESSION_LEVEL 1';

/** Runs what must be one SELECT, so that not even a gap in the translation can change anything. */
async function runSelect(connection: DuckDBConnection, sql: string, into: Query['into']): Promise<DuckDBResult> {
  const statements = await connection.extractStatements(sql);
  const prepared = await statements.prepare(0);
  if (statements.count !== 1 || prepared.statementType !== StatementType.SELECT) {
    throw new QueryError('NOT_SUPPORTED', 'Only one query at a time is answered');
  }
  if (!into) return prepared.stream();
  const { file, compression } = into;
  const codec = `COMPRESSION ${compression}${compression === 'zstd' ? FAST_ZSTD : ''}`;
  return connection.run(`COPY (${sql}) TO ${literal(file)} (FORMAT parquet, ${codec})`);
}
