import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalog, CatalogTable } from './catalog.ts';
import { injectedKeysOf } from './injected-partitions.ts';
import type { Bounds } from './partition-bounds.ts';
import { QueryError, queryErrorOf } from './query-error.ts';
import { folderOf, holdsParquet, quoted, tableSql } from './table-sql.ts';
import { type Translation, translate } from './translate.ts';

/** Keeps DuckDB's views in step with the catalog, and with which tables have files at all; each is made when it is first read. */
export class Relations {
  readonly #root: string;
  #catalog: Catalog = { database: '', tables: [] };
  /** Of the catalog, by names in lower case. */
  #tables = new Map<string, CatalogTable>();
  /** Names of the tables that had files. */
  #withFiles: ReadonlySet<string> = new Set();
  #names = new Map<string, 'table' | 'view'>();
  #injected = new Map<string, readonly string[]>();
  #keys: ReadonlySet<string> = new Set();
  /** What DuckDB knows by now, and what it could not be told. */
  readonly #made = new Set<string>();
  readonly #broken = new Map<string, QueryError>();
  /** The translation of each view that was read. */
  readonly #views = new Map<string, Translation>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Translates a query to what DuckDB knows now. Throws `QueryError`. */
  async translate(
    connection: DuckDBConnection,
    catalog: Catalog,
    sql: string,
    parameters: readonly string[],
  ): Promise<Translation> {
    await this.#refresh(connection, catalog);
    const translation = translate(sql, { ...this.#known, parameters });
    for (const name of translation.relations) await this.#make(connection, name);
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

  /** The tables and views that a translated query reads itself, and all that the views read. */
  allReadBy({ relations }: Translation): ReadonlySet<string> {
    const found = new Set(relations);
    for (const name of found) for (const read of this.#views.get(name)?.relations ?? []) found.add(read);
    return found;
  }

  /** What is to be read before a translated query runs: its own bounds, and those of the views that it reads. */
  allBounds(translation: Translation): Bounds {
    const all = new Map<string, Set<string>>();
    const views = [...this.allReadBy(translation)].flatMap((name) => this.#views.get(name) ?? []);
    for (const [view, columns] of [translation, ...views].flatMap(({ bounds }) => [...bounds])) {
      all.set(view, new Set([...(all.get(view) ?? []), ...columns]));
    }
    return all;
  }

  async #refresh(connection: DuckDBConnection, catalog: Catalog): Promise<void> {
    const tables = catalog.tables.filter((table) => table.kind === 'table');
    const filled = new Set(tables.filter((table) => holdsParquet(folderOf(table, this.#root))).map(({ name }) => name));
    const changed = tables.filter(({ name }) => filled.has(name) !== this.#withFiles.has(name));
    this.#withFiles = filled;
    if (catalog !== this.#catalog || (changed.length > 0 && this.#broken.size > 0)) {
      await this.#forget(connection, catalog);
    }
    // The views above a table stay: they name it, and its columns are the same.
    const stale = changed.map(({ name }) => name.toLowerCase()).filter((name) => this.#made.delete(name));
    for (const name of stale) await this.#make(connection, name);
  }

  async #forget(connection: DuckDBConnection, catalog: Catalog): Promise<void> {
    for (const [name, kind] of this.#names) {
      await connection.run(`DROP VIEW IF EXISTS ${quoted(name)}`);
      if (kind === 'table') await connection.run(`DROP VIEW IF EXISTS ${quoted(`${name}$path`)}`);
    }
    this.#catalog = catalog;
    this.#tables = new Map(catalog.tables.map((table) => [table.name.toLowerCase(), table]));
    this.#names = new Map([...this.#tables].map(([name, { kind }]) => [name, kind]));
    this.#injected = new Map([...this.#tables].map(([name, table]) => [name, injectedKeysOf(table)]));
    this.#keys = new Set(catalog.tables.flatMap((table) => table.partitionKeys.map(({ name }) => name.toLowerCase())));
    this.#made.clear();
    this.#broken.clear();
    this.#views.clear();
  }

  /** Makes a relation and all below it: a view may read others, whatever the order in the catalog. */
  async #make(connection: DuckDBConnection, name: string): Promise<void> {
    const table = this.#tables.get(name);
    if (!table || this.#made.has(name)) return;
    this.#made.add(name);
    try {
      if (table.kind === 'table') await this.#makeTable(connection, table);
      else await this.#makeView(connection, table);
    } catch (error) {
      this.#broken.set(name, queryErrorOf(error));
    }
  }

  async #makeTable(connection: DuckDBConnection, table: CatalogTable): Promise<void> {
    const name = table.name.toLowerCase();
    const hasFiles = this.#withFiles.has(table.name);
    const [bare, path] = (['none', 'path'] as const).map((extra) => tableSql(table, this.#root, hasFiles, extra));
    await connection.run(`CREATE OR REPLACE VIEW ${quoted(name)} AS ${bare}`);
    await connection.run(`CREATE OR REPLACE VIEW ${quoted(`${name}$path`)} AS ${path}`);
  }

  async #makeView(connection: DuckDBConnection, { name, viewSql = '' }: CatalogTable): Promise<void> {
    const view = translate(viewSql, this.#known);
    this.#views.set(name.toLowerCase(), view);
    for (const read of view.relations) await this.#make(connection, read);
    await connection.run(`CREATE VIEW ${quoted(name.toLowerCase())} AS ${view.sql}`);
  }
}
