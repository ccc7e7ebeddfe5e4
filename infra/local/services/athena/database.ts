import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBResult,
  type DuckDBType,
  StatementType,
} from '@duckdb/node-api';
import type { Catalog } from './catalog.ts';
import type { ColumnInfo } from './column-info.ts';
import { columnInfo } from './column-types.ts';
import type { EngineOptions } from './engine.ts';
import { QueryError, queryErrorOf } from './query-error.ts';
import { folderOf, holdsParquet, literal, quoted, tableSql } from './relations.ts';
import type { ResultRow } from './result-file.ts';
import { type Translation, translate } from './translate.ts';
import { printValue } from './values.ts';

export interface Query {
  /** Trino SQL. */
  readonly sql: string;
  /** Literals for its `?`. */
  readonly parameters: readonly string[];
  /** Stops the query when it is aborted. */
  readonly signal: AbortSignal;
}

/** One query under way. */
export interface Running {
  readonly columns: readonly ColumnInfo[];
  /** Rows as Athena prints them, some at a time. */
  readonly rows: () => AsyncGenerator<ResultRow[]>;
  /** Frees the query and gives the bytes of table data that it read. To be called once, after the last row. */
  end(): number;
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
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: memoryLimit });
  const owner = await instance.connect();
  for (const setting of settings(root, temporary)) await owner.run(`SET ${setting}`);

  const relations = new Relations(root);
  let refreshed = Promise.resolve();
  const translated = async ({ sql, parameters }: Query) => {
    refreshed = refreshed.catch(() => {}).then(() => relations.refresh(owner, catalog()));
    await refreshed;
    return relations.translate(sql, parameters);
  };

  return {
    start: async (query, done) => {
      const { sql: duckDbSql, unnamed } = await translated(query);
      const connection = await instance.connect();
      const profile = path.join(temporary, `profile-${randomUUID()}.json`);
      const interrupt = () => connection.interrupt();
      const close = () => {
        query.signal.removeEventListener('abort', interrupt);
        connection.closeSync();
        return bytesRead(profile);
      };
      query.signal.addEventListener('abort', interrupt);
      try {
        query.signal.throwIfAborted();
        const result = await runSelect(connection, duckDbSql, profile);
        const end = () => {
          done();
          return close();
        };
        return { columns: columnsOf(result, unnamed), rows: () => printRows(result), end };
      } catch (error) {
        close();
        throw error;
      }
    },
    explain: async (query) => {
      const { sql: duckDbSql } = await translated(query);
      const plan = await owner.runAndReadAll(`EXPLAIN ${duckDbSql}`);
      return plan.getRows().flatMap((row) => String(row[1]).split('\n'));
    },
    close: () => {
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
    'enable_external_file_cache = false',
    `temp_directory = ${literal(path.join(temporary, 'duckdb'))}`,
    `allowed_directories = [${literal(`${root}/`)}]`,
    'autoload_known_extensions = false',
    'enable_external_access = false',
    "allowed_configs = ['timezone', 'integer_division', 'enable_profiling', 'profiling_output', 'custom_profiling_settings']",
    'lock_configuration = true',
  ];
}

/** Each connection has its own. */
const sessionSettings = [
  "TimeZone = 'UTC'",
  'integer_division = true',
  "enable_profiling = 'json'",
  `custom_profiling_settings = '{"TOTAL_BYTES_READ": "true"}'`,
];

/** Runs what must be one SELECT, so that not even a gap in the translation can change anything. */
async function runSelect(connection: DuckDBConnection, sql: string, profile: string): Promise<DuckDBResult> {
  for (const setting of [...sessionSettings, `profiling_output = ${literal(profile)}`]) {
    await connection.run(`SET ${setting}`);
  }
  const statements = await connection.extractStatements(sql);
  const prepared = await statements.prepare(0);
  if (statements.count !== 1 || prepared.statementType !== StatementType.SELECT) {
    throw new QueryError('NOT_SUPPORTED', 'Only one query at a time is answered');
  }
  return prepared.stream();
}

function bytesRead(profile: string): number {
  try {
    return JSON.parse(readFileSync(profile, 'utf8')).total_bytes_read ?? 0;
  } catch {
    return 0;
  } finally {
    rmSync(profile, { force: true });
  }
}

/** Keeps DuckDB's views in step with the catalog, and with which tables have files at all. */
class Relations {
  readonly #root: string;
  #catalog: Catalog = { database: '', tables: [] };
  #withFiles = '';
  #names = new Map<string, 'table' | 'view'>();
  readonly #broken = new Map<string, QueryError>();

  constructor(root: string) {
    this.#root = root;
  }

  translate(sql: string, parameters: readonly string[]): Translation {
    const translation = translate(sql, { database: this.#catalog.database, relations: this.#names, parameters });
    for (const name of translation.relations) {
      const error = this.#broken.get(name);
      if (error) throw new QueryError('INVALID_VIEW', `View '${name}' cannot be read: ${error.message}`);
    }
    return translation;
  }

  async refresh(connection: DuckDBConnection, catalog: Catalog): Promise<void> {
    const tables = catalog.tables.filter((table) => table.kind === 'table');
    const filled = tables.filter((table) => holdsParquet(folderOf(table, this.#root)));
    const withFiles = filled.map((table) => table.name).join();
    if (catalog === this.#catalog && withFiles === this.#withFiles) return;

    for (const [name, kind] of this.#names) {
      await connection.run(`DROP VIEW IF EXISTS ${quoted(name)}`);
      if (kind === 'table') await connection.run(`DROP VIEW IF EXISTS ${quoted(`${name}$path`)}`);
    }
    this.#catalog = catalog;
    this.#names = new Map(catalog.tables.map(({ name, kind }) => [name.toLowerCase(), kind]));
    for (const table of tables) {
      const hasFiles = filled.includes(table);
      const name = table.name.toLowerCase();
      await connection.run(`CREATE VIEW ${quoted(name)} AS ${tableSql(table, this.#root, hasFiles)}`);
      await connection.run(`CREATE VIEW ${quoted(`${name}$path`)} AS ${tableSql(table, this.#root, hasFiles, 'path')}`);
    }
    await this.#makeViews(connection, catalog);
    this.#withFiles = withFiles;
  }

  /** A view may read others, whatever the order in the catalog: those that fail are tried again while any succeeds. */
  async #makeViews(connection: DuckDBConnection, catalog: Catalog): Promise<void> {
    this.#broken.clear();
    let waiting = catalog.tables.filter((table) => table.kind === 'view');
    for (let before = Number.POSITIVE_INFINITY; waiting.length > 0 && waiting.length < before; ) {
      before = waiting.length;
      const failed: typeof waiting = [];
      for (const view of waiting) {
        const name = view.name.toLowerCase();
        try {
          const { sql } = translate(view.viewSql ?? '', { database: catalog.database, relations: this.#names });
          await connection.run(`CREATE VIEW ${quoted(name)} AS ${sql}`);
          this.#broken.delete(name);
        } catch (error) {
          this.#broken.set(name, queryErrorOf(error));
          failed.push(view);
        }
      }
      waiting = failed;
    }
  }
}
