import { setFlagsFromString } from 'node:v8';
import type { Catalog } from './catalog.ts';
import type { Database, Query, Running } from './database.ts';
import { queryErrorOf } from './query-error.ts';

export interface EngineOptions {
  /** Folder of the buckets. */
  readonly root: string;
  readonly catalog: () => Catalog;
  /** DuckDB's limit, for example `256MB`; what does not fit spills to disk. */
  readonly memoryLimit: string;
}

/** Closed after this time without a query, to give its memory back. */
const idleMs = 60_000;

/** Optimizing the SQL translator's 22 MB of WebAssembly would take V8 several hundred megabytes; unoptimized, a query takes 2 ms. */
const frugalWebAssembly = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];

/** Opens the database at the first query and closes it when nobody asks any more. */
export class Engine {
  readonly #options: EngineOptions;
  #database: Promise<Database> | undefined;
  #users = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** Starts a query. Throws `QueryError`. */
  start(query: Query): Promise<Running> {
    return this.#use((database, done) => database.start(query, done));
  }

  /** The lines of DuckDB's plan for a query. Throws `QueryError`. */
  explain(query: Query): Promise<string[]> {
    return this.#use(async (database, done) => {
      const lines = await database.explain(query);
      done();
      return lines;
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const database = await this.#database?.catch(() => undefined);
    this.#database = undefined;
    database?.close();
  }

  /** Holds the database open until `done` is called. */
  async #use<Result>(work: (database: Database, done: () => void) => Promise<Result>): Promise<Result> {
    clearTimeout(this.#idle);
    this.#users += 1;
    try {
      this.#database ??= this.#open();
      return await work(await this.#database, () => this.#done());
    } catch (error) {
      this.#done();
      throw queryErrorOf(error);
    }
  }

  async #open(): Promise<Database> {
    try {
      for (const flag of frugalWebAssembly) setFlagsFromString(flag);
      const { openDatabase } = await import('./database.ts');
      return await openDatabase(this.#options);
    } catch (error) {
      this.#database = undefined;
      throw error;
    }
  }

  #done(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#idle = setTimeout(() => this.close(), idleMs);
    this.#idle.unref();
  }
}
