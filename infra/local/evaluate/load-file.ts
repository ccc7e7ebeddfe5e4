import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { UsageError } from '../errors.ts';
import { literal, quoted } from '../services/athena/table-sql.ts';
import { formFault, lineOfRow } from './csv-records.ts';

/** What a file holds. */
export interface LoadedFile {
  readonly rows: number;
  readonly hasTimes: boolean;
  /** Milliseconds since 1970 of the latest row; 0 without times. */
  readonly latest: number;
}

/** Makes the rows of a CSV file a Parquet file, with columns user_id, item_id, happened_at, weight. Throws `UsageError`. */
export async function loadFile(csv: string, parquet: string): Promise<LoadedFile> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return await load(connection, csv, parquet);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function load(connection: DuckDBConnection, csv: string, parquet: string): Promise<LoadedFile> {
  try {
    await connection.run(
      `CREATE TABLE given AS SELECT row_number() OVER () AS number, *
       FROM read_csv(${literal(csv)}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')`,
    );
  } catch (error) {
    const fault = await formFault(csv).catch(() => undefined);
    if (fault !== undefined) throw new UsageError(`${csv}, ${fault}`);
    const [reason = ''] = (error as Error).message.split('\n');
    throw new UsageError(`${csv} cannot be read as CSV: ${reason}`);
  }
  const names = await columnsOf(connection);
  for (const name of ['user_id', 'item_id']) {
    if (!names.has(name)) throw missing(csv, name, [...names.keys()]);
  }
  const column = (name: string) => `nullif(trim(${quoted(names.get(name) ?? '')}), '')`;
  const time = names.has('timestamp') ? column('timestamp') : 'NULL';
  const weight = names.has('weight') ? column('weight') : "'1'";
  await connection.run(`CREATE TABLE read AS SELECT
      number, ${column('user_id')} AS user_id, ${column('item_id')} AS item_id,
      ${time} AS time, ${weight} AS given_weight,
      coalesce(
        CASE WHEN abs(TRY_CAST(${time} AS DOUBLE)) >= 1e11
          THEN make_timestamp(CAST(TRY_CAST(${time} AS DOUBLE) * 1000 AS BIGINT))
          ELSE make_timestamp(CAST(TRY_CAST(${time} AS DOUBLE) * 1000000 AS BIGINT)) END,
        TRY_CAST(${time} AS TIMESTAMP)
      ) AS happened_at,
      TRY_CAST(${weight} AS DOUBLE) AS weight
    FROM given`);
  const counted = 'SELECT count(*), count(happened_at), coalesce(epoch_ms(max(happened_at)), 0) FROM read';
  const [[count = 0, timed = 0, latest = 0] = []] = (await rows(connection, counted)).map((row) => row.map(Number));
  const firstLine = async (condition: string, value: string) => {
    const first = `SELECT number, ${value} FROM read WHERE ${condition} ORDER BY number LIMIT 1`;
    const [bad] = await rows(connection, first);
    return bad && { line: await lineOfRow(csv, Number(bad[0]), count), value: bad[1] };
  };
  for (const [condition, value, wanted] of [
    ['user_id IS NULL', 'NULL', 'a user_id'],
    ['item_id IS NULL', 'NULL', 'an item_id'],
    [
      'time IS NOT NULL AND happened_at IS NULL',
      'time',
      'a timestamp in seconds or milliseconds since 1970, or ISO 8601',
    ],
    ['coalesce(weight, 0) <= 0 OR NOT isfinite(weight)', 'given_weight', 'a weight above 0'],
  ] as const) {
    const bad = await firstLine(condition, value);
    if (bad) throw new UsageError(`${csv}, line ${bad.line}: expected ${wanted}, found '${bad.value ?? ''}'.`);
  }
  if (count === 0) throw new UsageError(`${csv} has no rows under its header.`);
  if (timed > 0 && timed < count) {
    const first = (await firstLine('happened_at IS NULL', 'NULL'))?.line;
    throw new UsageError(
      `${csv}, line ${first}: ${count - timed} of ${count} rows have no timestamp, this is the first. Give all one, or none.`,
    );
  }
  mkdirSync(path.dirname(parquet), { recursive: true });
  await connection.run(
    `COPY (SELECT user_id, item_id, happened_at, weight FROM read) TO ${literal(parquet)} (FORMAT parquet)`,
  );
  return { rows: count, hasTimes: timed > 0, latest };
}

/** Names as they are, by how they read without case and spaces. */
async function columnsOf(connection: DuckDBConnection): Promise<Map<string, string>> {
  const described = await rows(connection, 'DESCRIBE given');
  return new Map(described.slice(1).map(([name]) => [String(name).trim().toLowerCase(), String(name)]));
}

function missing(csv: string, name: string, there: readonly string[]): UsageError {
  return new UsageError(`${csv} has no column ${name}. Its first line names: ${there.join(', ') || 'nothing'}.`);
}

async function rows(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRows();
}
