import { randomUUID } from 'node:crypto';
import type { Need } from '../../iam/need.ts';
import { needsToRead, needsToStart } from '../../iam/needs/query.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import { type Catalog, splitLocation } from './catalog.ts';
import { type ColumnInfo, columnInfoOf } from './column-info.ts';
import type { Engine } from './engine.ts';
import { QueryError, queryErrorOf } from './query-error.ts';
import { csvOf, type ResultRow } from './result-file.ts';
import { readUnload, type Unload } from './unload-statement.ts';
import { answerUtility } from './utility-statement.ts';

export interface ExecutionRequest {
  readonly sql: string;
  readonly parameters: readonly string[];
  readonly database: string;
  readonly workGroup: string;
  /** Folder for the result: `s3://bucket/prefix/`. */
  readonly outputLocation: string;
  /** Throws `QueryError` when who started the query may not do what it needs. */
  readonly require: (needs: readonly Need[]) => void;
}

export interface ExecutionParts {
  readonly engine: Engine;
  readonly store: ObjectStore;
  readonly catalog: () => Catalog;
}

/** One query from its start to its result in S3. Times are in milliseconds. */
export class Execution {
  readonly id = randomUUID();
  readonly request: ExecutionRequest;
  readonly submitted = Date.now();
  readonly isUtility: boolean;
  state: 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' = 'QUEUED';
  reason: string | undefined;
  started = this.submitted;
  completed: number | undefined;
  scannedBytes = 0;
  columns: readonly ColumnInfo[] = [];
  readonly #abort = new AbortController();

  constructor(request: ExecutionRequest) {
    this.request = request;
    this.isUtility = /^\s*(SHOW|DESC|DESCRIBE|EXPLAIN)\s/i.test(request.sql);
  }

  get hasEnded(): boolean {
    return this.completed !== undefined;
  }

  /** `s3://bucket/key` of the result. */
  get output(): string {
    return `${this.request.outputLocation.replace(/\/?$/, '/')}${this.id}.${this.isUtility ? 'txt' : 'csv'}`;
  }

  cancel(): void {
    if (this.hasEnded) return;
    this.#end('CANCELLED', 'Query cancelled by user');
    this.#abort.abort();
  }

  async run(parts: ExecutionParts): Promise<void> {
    if (this.hasEnded) return;
    this.state = 'RUNNING';
    this.started = Date.now();
    try {
      const { bucket, prefix } = splitLocation(this.output);
      await parts.store.put(bucket, prefix, this.#csv(parts), { 'content-type': 'text/csv' });
      this.#end('SUCCEEDED');
    } catch (error) {
      this.#end('FAILED', queryErrorOf(error).message);
    }
  }

  async *#csv({ engine, store, catalog }: ExecutionParts): AsyncGenerator<string> {
    const { sql, parameters, database } = this.request;
    const known = catalog().database;
    if (database.toLowerCase() !== known.toLowerCase()) {
      throw new QueryError('SCHEMA_NOT_FOUND', `Schema '${database}' does not exist. There is: ${known}`);
    }
    this.request.require(needsToStart(sql, known, this.output));
    const onReads = (relations: ReadonlySet<string>) =>
      this.request.require(needsToRead({ catalog: catalog(), relations }));
    const { signal } = this.#abort;
    const [, explained] = /^\s*EXPLAIN\s+(.*)$/is.exec(sql) ?? [];
    if (explained !== undefined)
      yield this.#table(
        ['Query Plan'],
        (await engine.explain({ sql: explained, parameters, signal, onReads })).map((line) => [line]),
      );
    else {
      const answer = answerUtility(sql, catalog());
      const unload = readUnload(sql);
      if (answer) yield this.#table(answer.columns, answer.rows);
      else if (unload) await this.#unload(unload, engine, store, onReads);
      else yield* this.#query(engine, onReads);
    }
  }

  #table(columns: readonly string[], rows: readonly ResultRow[]): string {
    this.columns = columns.map((column) => columnInfoOf(column, 'string'));
    return csvOf(rows);
  }

  async *#query(engine: Engine, onReads: (relations: ReadonlySet<string>) => void): AsyncGenerator<string> {
    const running = await engine.start({ ...this.request, signal: this.#abort.signal, onReads });
    try {
      this.columns = running.columns;
      yield csvOf([running.columns.map((column) => column.Name)]);
      for await (const rows of running.rows()) {
        this.#abort.signal.throwIfAborted();
        yield csvOf(rows);
      }
    } finally {
      this.scannedBytes = await running.end();
    }
  }

  /** Writes the rows as one file into a folder that must be empty; readers see it whole or not at all. */
  async #unload(
    { select, target, compression }: Unload,
    engine: Engine,
    store: ObjectStore,
    onReads: (relations: ReadonlySet<string>) => void,
  ): Promise<void> {
    const { bucket, prefix } = splitLocation(target);
    if (!store.keys(bucket, prefix).next().done) {
      const where = `Target directory for table already exists: ${target}`;
      const mend = `You may need to manually clean the data at location '${target}' before retrying. Athena will not delete data in your account.`;
      throw new QueryError('HIVE_PATH_ALREADY_EXISTS', `${where}. ${mend}`);
    }
    const file = store.temporaryFile();
    const { signal } = this.#abort;
    const into = { file, compression };
    try {
      const running = await engine.start({ ...this.request, sql: select, signal, onReads, into });
      this.scannedBytes = await running.end();
      signal.throwIfAborted();
      // Here, unlike in Athena, names end as DuckDB's tables expect it of their files.
      store.takeFile(bucket, `${prefix}${this.id}.parquet`, file);
    } finally {
      store.discard(file);
    }
  }

  #end(state: Execution['state'], reason?: string): void {
    if (this.hasEnded) return;
    this.state = state;
    this.reason = reason;
    this.completed = Date.now();
  }
}
