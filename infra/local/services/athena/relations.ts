import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalog, CatalogTable } from './catalog.ts';
import { injectedKeysOf } from './injected-partitions.ts';
import type { Bounds } from './partition-bounds.ts';
import { QueryError, queryErrorOf } from './query-error.ts';
import { folderOf, holdsParquet, quoted, tableSql } from './table-sql.ts';
import { type Translation, translate } from './translate.ts';

/** Keeps DuckDB's views in step with the catalog, and with which tables have files at all. */
export class Relations {
  readonly #root: string;
  #catalog: Catalog = { database: '', tables: [] };
  /** Names of the tables that had files. */
  #withFiles: ReadonlySet<string> = new Set();
  #names = new Map<string, 'table' | 'view'>();
  #injected = new Map<string, readonly string[]>();
  readonly #broken = new Map<string, QueryError>();
  #keys: ReadonlySet<string> = new Set();
  /** What each view compares partition keys with. */
  readonly #boundsOf = new Map<string, Bounds>();
  /** What each view reads itself. */
  readonly #readBy = new Map<string, ReadonlySet<string>>();

  constructor(root: string) {
    this.#root = root;
  }

  translate(sql: string, parameters: readonly string[]): Translation {
    const translation = translate(sql, { ...this.#known, parameters });
    for (const name of translation.relations) {
      const error = this.#broken.get(name);
      if (error) throw new QueryError('INVALID_VIEW', `'${name}' cannot be read: ${error.message}`);
    }
    return translation;
  }

  get #known() {
    return {
      database: this.#catalog.database,
      relations: this.#names,
      injected: this.#injected,
      keys: this.#keys,
    };
  }

  /** The tables and views themselves, and all that the views read. */
  allReadBy(names: Iterable<string>): ReadonlySet<string> {
    const found = new Set(names);
    for (const name of found) for (const read of this.#readBy.get(name) ?? []) found.add(read);
    return found;
  }

  /** What is to be read before a query runs: its own bounds, and those of the views that it reads. */
  allBounds({ relations, bounds }: Translation): Bounds {
    const all = new Map<string, Set<string>>();
    const views = [...this.allReadBy(relations)].map((name) => this.#boundsOf.get(name) ?? new Map());
    for (const [view, columns] of [bounds, ...views].flatMap((each) => [...each])) {
      all.set(view, new Set([...(all.get(view) ?? []), ...columns]));
    }
    return all;
  }

  async refresh(connection: DuckDBConnection, catalog: Catalog): Promise<void> {
    const tables = catalog.tables.filter((table) => table.kind === 'table');
    const filled = new Set(tables.filter((table) => holdsParquet(folderOf(table, this.#root))).map(({ name }) => name));
    const changed = tables.filter(({ name }) => filled.has(name) !== this.#withFiles.has(name));
    if (catalog === this.#catalog && changed.length === 0) return;

    if (catalog === this.#catalog && this.#broken.size === 0) {
      // The views above a table stay: they name it, and its columns are the same.
      for (const table of changed) await this.#makeTable(connection, table, filled.has(table.name));
    } else {
      await this.#makeAll(connection, catalog, filled);
    }
    this.#withFiles = filled;
  }

  async #makeAll(connection: DuckDBConnection, catalog: Catalog, filled: ReadonlySet<string>): Promise<void> {
    for (const [name, kind] of this.#names) {
      await connection.run(`DROP VIEW IF EXISTS ${quoted(name)}`);
      if (kind === 'table') await connection.run(`DROP VIEW IF EXISTS ${quoted(`${name}$path`)}`);
    }
    this.#catalog = catalog;
    this.#names = new Map(catalog.tables.map(({ name, kind }) => [name.toLowerCase(), kind]));
    this.#injected = new Map(catalog.tables.map((table) => [table.name.toLowerCase(), injectedKeysOf(table)]));
    this.#keys = new Set(catalog.tables.flatMap((table) => table.partitionKeys.map(({ name }) => name.toLowerCase())));
    this.#broken.clear();
    this.#readBy.clear();
    this.#boundsOf.clear();
    for (const table of catalog.tables) {
      if (table.kind === 'table') await this.#makeTable(connection, table, filled.has(table.name));
    }
    await this.#makeViews(connection, catalog);
  }

  async #makeTable(connection: DuckDBConnection, table: CatalogTable, hasFiles: boolean): Promise<void> {
    const name = table.name.toLowerCase();
    try {
      const [bare, path] = (['none', 'path'] as const).map((extra) => tableSql(table, this.#root, hasFiles, extra));
      await connection.run(`CREATE OR REPLACE VIEW ${quoted(name)} AS ${bare}`);
      await connection.run(`CREATE OR REPLACE VIEW ${quoted(`${name}$path`)} AS ${path}`);
    } catch (error) {
      this.#broken.set(name, queryErrorOf(error));
    }
  }

  /** A view may read others, whatever the order in the catalog: those that fail are tried again while any succeeds. */
  async #makeViews(connection: DuckDBConnection, catalog: Catalog): Promise<void> {
    let waiting = catalog.tables.filter((table) => table.kind === 'view');
    for (let before = Number.POSITIVE_INFINITY; waiting.length > 0 && waiting.length < before; ) {
      before = waiting.length;
      const failed: typeof waiting = [];
      for (const view of waiting) {
        const name = view.name.toLowerCase();
        try {
          const { sql, relations, bounds } = translate(view.viewSql ?? '', this.#known);
          this.#readBy.set(name, relations);
          this.#boundsOf.set(name, bounds);
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
