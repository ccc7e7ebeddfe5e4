import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from './table-sql.ts';

/**
 * Counts the bytes that queries read from files of buckets: footers, and the pages of the columns and row groups that a
 * query wants, each time that it wants them. That is what Athena bills. DuckDB's own `total_bytes_read` leaves most out.
 */
export class BytesRead {
  readonly #owner: DuckDBConnection;
  readonly #root: string;
  #counting = 0;

  private constructor(owner: DuckDBConnection, root: string) {
    this.#owner = owner;
    this.#root = root;
  }

  /** Has DuckDB note what it reads; to be called before its settings are locked. */
  static async start(owner: DuckDBConnection, root: string): Promise<BytesRead> {
    await owner.run("CALL enable_logging('FileSystem')");
    return new BytesRead(owner, root);
  }

  /** Begins to count what a connection reads; the answer tells how much it was, once, after its last query. */
  async of(connection: DuckDBConnection): Promise<() => Promise<number>> {
    this.#counting += 1;
    const known = await connection.runAndReadAll('SELECT current_connection_id()');
    const id = String(known.getRows()[0]?.[0]);
    return async () => {
      const counted = await this.#owner.runAndReadAll(
        `SELECT CAST(coalesce(sum(bytes), 0) AS DOUBLE) FROM duckdb_logs_parsed('FileSystem')
         WHERE connection_id = ${id} AND op = 'READ' AND starts_with(path, ${literal(`${this.#root}/`)})
           AND NOT starts_with(path, ${literal(`${this.#root}/.`)})`,
      );
      this.#counting -= 1;
      if (this.#counting === 0) await this.#owner.run('CALL truncate_duckdb_logs()');
      return Number(counted.getRows()[0]?.[0]);
    };
  }
}
