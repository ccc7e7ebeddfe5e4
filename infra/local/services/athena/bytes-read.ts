import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { literal } from './table-sql.ts';

/**
 * Counts the bytes that queries read from files of buckets: footers, and the pages of the columns and row groups that a
 * query wants, each time that it wants them. That is what Athena bills. DuckDB's own `total_bytes_read` leaves most out.
 */
export class BytesRead {
  /** Of its own, asked one thing after the other: queries go on beside it. */
  readonly #connection: DuckDBConnection;
  readonly #root: string;
  #counting = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(connection: DuckDBConnection, root: string) {
    this.#connection = connection;
    this.#root = root;
  }

  /** Has DuckDB note what it reads; to be called before its settings are locked. */
  static async start(instance: DuckDBInstance, root: string): Promise<BytesRead> {
    const connection = await instance.connect();
    await connection.run("CALL enable_logging('FileSystem')");
    return new BytesRead(connection, root);
  }

  /** Begins to count what a connection reads; the answer tells how much it was, once, after its last query. */
  async of(connection: DuckDBConnection): Promise<() => Promise<number>> {
    const known = await connection.runAndReadAll('SELECT current_connection_id()');
    const id = String(known.getRows()[0]?.[0]);
    this.#counting += 1;
    return () => {
      const counted = this.#turn.then(() => this.#count(id));
      this.#turn = counted.catch(() => undefined);
      return counted;
    };
  }

  async #count(connectionId: string): Promise<number> {
    this.#counting -= 1;
    const counted = await this.#connection.runAndReadAll(
      `SELECT CAST(coalesce(sum(bytes), 0) AS DOUBLE) FROM duckdb_logs_parsed('FileSystem')
       WHERE connection_id = ${connectionId} AND op = 'READ' AND starts_with(path, ${literal(`${this.#root}/`)})
         AND NOT starts_with(path, ${literal(`${this.#root}/.`)})`,
    );
    if (this.#counting === 0) await this.#connection.run('CALL truncate_duckdb_logs()');
    return Number(counted.getRows()[0]?.[0]);
  }

  close(): void {
    this.#connection.closeSync();
  }
}
