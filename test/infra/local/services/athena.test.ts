import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Athena, type StartQueryExecutionCommandInput } from '@aws-sdk/client-athena';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Catalog, CatalogTable } from '../../../../infra/local/services/athena/catalog.ts';
import { createAthenaService } from '../../../../infra/local/services/athena.ts';
import { createS3Service } from '../../../../infra/local/services/s3.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';

let aws: LocalAws;
let athena: Athena;
let duckdb: Awaited<ReturnType<DuckDBInstance['connect']>>;

beforeAll(async () => {
  aws = await startLocalAws([createS3Service, createAthenaService]);
  athena = new Athena(aws.clientConfig());
  duckdb = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(async () => {
  athena.destroy();
  duckdb.closeSync();
  await aws[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await rm(path.join(aws.dataDir, 's3', 'lake'), { recursive: true, force: true });
  await mkdir(path.join(aws.dataDir, 's3', 'lake'), { recursive: true });
  await writeCatalog();
});

const orders: CatalogTable = {
  name: 'orders',
  kind: 'table',
  comment: 'Orders as landed.',
  columns: [
    { name: 'order_id', type: 'string', comment: 'Order.' },
    { name: 'total', type: 'decimal(18,4)', comment: 'Total of the order.' },
    { name: 'placed_at', type: 'timestamp', comment: 'When it was placed.' },
    { name: 'items', type: 'bigint', comment: 'Number of items.' },
  ],
  partitionKeys: [{ name: 'day', type: 'string', comment: 'UTC day of arrival.' }],
  location: 's3://lake/orders/',
};

async function writeCatalog(change: Partial<Catalog> = {}): Promise<void> {
  const catalog: Catalog = {
    database: 'shop',
    tables: [orders],
    workGroups: [{ name: 'shop', outputLocation: 's3://lake/results/' }],
    ...change,
  };
  await mkdir(path.join(aws.dataDir, 'state'), { recursive: true });
  await writeFile(path.join(aws.dataDir, 'state', 'catalog.json'), JSON.stringify(catalog));
}

const lakeFile = (key: string) => path.join(aws.dataDir, 's3', 'lake', key);

/** Lands a Parquet file with the rows of a DuckDB query. */
async function land(key: string, rows: string): Promise<void> {
  await mkdir(path.dirname(lakeFile(key)), { recursive: true });
  await duckdb.run(`COPY (${rows}) TO '${lakeFile(key)}' (FORMAT parquet)`);
}

const order = (id: string, total: number, day = '2026-01-02') =>
  land(
    `orders/day=${day}/${id}.parquet`,
    `SELECT '${id}' AS order_id, ${total}::DECIMAL(18,4) AS total, TIMESTAMP '${day} 10:00:00' AS placed_at, 1::BIGINT AS items`,
  );

async function run(QueryString: string, input: Partial<StartQueryExecutionCommandInput> = {}) {
  const { QueryExecutionId } = await athena.startQueryExecution({ QueryString, WorkGroup: 'shop', ...input });
  for (;;) {
    const { QueryExecution } = await athena.getQueryExecution({ QueryExecutionId });
    const { State, StateChangeReason } = QueryExecution?.Status ?? {};
    if (State === 'SUCCEEDED') return { id: QueryExecutionId ?? '', execution: QueryExecution };
    if (State === 'FAILED' || State === 'CANCELLED') throw new Error(StateChangeReason);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** All rows after the header, with undefined for NULL. */
async function rowsOf(sql: string, input: Partial<StartQueryExecutionCommandInput> = {}) {
  const { id } = await run(sql, input);
  const { ResultSet } = await athena.getQueryResults({ QueryExecutionId: id });
  return ResultSet?.Rows?.slice(1).map(({ Data }) => Data?.map(({ VarCharValue }) => VarCharValue));
}

test('answers in the shapes of Athena', async () => {
  await order('o1', 12.5);

  const { id, execution } = await run('SELECT order_id, total, count(*) FROM shop.orders GROUP BY 1, 2');
  const { ResultSet, UpdateCount } = await athena.getQueryResults({ QueryExecutionId: id });

  expect(ResultSet?.Rows).toEqual([
    { Data: [{ VarCharValue: 'order_id' }, { VarCharValue: 'total' }, { VarCharValue: '_col2' }] },
    { Data: [{ VarCharValue: 'o1' }, { VarCharValue: '12.5000' }, { VarCharValue: '1' }] },
  ]);
  expect(
    ResultSet?.ResultSetMetadata?.ColumnInfo?.map(({ Name, Type, Precision, Scale }) => [Name, Type, Precision, Scale]),
  ).toEqual([
    ['order_id', 'varchar', 2_147_483_647, 0],
    ['total', 'decimal', 18, 4],
    ['_col2', 'bigint', 19, 0],
  ]);
  expect(UpdateCount).toBe(0);
  expect(execution).toMatchObject({
    StatementType: 'DML',
    WorkGroup: 'shop',
    ResultConfiguration: { OutputLocation: `s3://lake/results/${id}.csv` },
    Status: { SubmissionDateTime: expect.any(Date), CompletionDateTime: expect.any(Date) },
  });
});

test('writes the result to the workgroup’s folder as quoted CSV', async () => {
  const { id } = await run(`SELECT 'a "b", c' AS text, CAST(NULL AS varchar) AS nothing, '' AS empty`);

  expect(await readFile(lakeFile(`results/${id}.csv`), 'utf8')).toBe('"text","nothing","empty"\n"a ""b"", c",,""\n');
});

test('writes the result where the call says, or to a bucket of its own', async () => {
  const there = await run('SELECT 1 AS a', { ResultConfiguration: { OutputLocation: 's3://lake/elsewhere' } });
  const default_ = await run('SELECT 1 AS a', { WorkGroup: 'primary' });

  expect(await readFile(lakeFile(`elsewhere/${there.id}.csv`), 'utf8')).toBe('"a"\n"1"\n');
  expect(default_.execution?.ResultConfiguration?.OutputLocation).toMatch(/^s3:\/\/aws-athena-query-results-.*\.csv$/);
  await expect(run('SELECT 1', { ResultConfiguration: { OutputLocation: 's3://nowhere/' } })).rejects.toThrow(
    /nowhere/,
  );
});

test('pages through a large result, without loss', async () => {
  const { id } = await run(
    `SELECT n, 'line' || chr(10) || '"' || CAST(n AS varchar) AS t FROM UNNEST(sequence(1, 2500)) AS u(n)`,
  );

  const sizes: number[] = [];
  const found: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await athena.getQueryResults({ QueryExecutionId: id, NextToken });
    sizes.push(page.ResultSet?.Rows?.length ?? 0);
    found.push(
      ...(page.ResultSet?.Rows?.map(({ Data }) => `${Data?.[0]?.VarCharValue}|${Data?.[1]?.VarCharValue}`) ?? []),
    );
    NextToken = page.NextToken;
  } while (NextToken);

  expect(sizes).toEqual([1000, 1000, 501]);
  const expected = Array.from({ length: 2500 }, (_, index) => `${index + 1}|line\n"${index + 1}`);
  expect(found.slice(1).sort()).toEqual(expected.sort());
  expect(found[0]).toBe('n|t');
});

test('tells an empty text from NULL', async () => {
  expect(await rowsOf(`SELECT '' AS a, CAST(NULL AS varchar) AS b`)).toEqual([['', undefined]]);
});

test('sees a file as soon as it lies there, and the first one too', async () => {
  expect(await rowsOf('SELECT count(*) FROM orders')).toEqual([['0']]);
  expect(await rowsOf('SELECT order_id, total, day FROM orders')).toEqual([]);

  await order('o1', 1);
  expect(await rowsOf('SELECT count(*) FROM orders')).toEqual([['1']]);
  await order('o2', 1, '2026-01-03');
  expect(await rowsOf('SELECT count(*) FROM orders')).toEqual([['2']]);

  await rm(lakeFile('orders'), { recursive: true });
  expect(await rowsOf('SELECT count(*) FROM orders')).toEqual([['0']]);
});

test('sees that a file was overwritten by another of the same size', async () => {
  await order('o1', 1);
  await order('o2', 2);
  expect(await rowsOf('SELECT sum(total) FROM orders')).toEqual([['3.0000']]);

  await copyFile(lakeFile('orders/day=2026-01-02/o2.parquet'), lakeFile('orders/day=2026-01-02/o1.parquet'));

  expect(await rowsOf('SELECT sum(total), min(order_id) FROM orders')).toEqual([['4.0000', 'o2']]);
});

test('gives every column the catalog’s type, and NULL where a file lacks it', async () => {
  await land(
    'orders/day=2026-01-01/old.parquet',
    `SELECT 'o1' AS order_id, 5::INTEGER AS total, 'gone' AS dropped_column`,
  );
  await order('o2', 12.5);

  expect(await rowsOf('SELECT * FROM orders ORDER BY order_id')).toEqual([
    ['o1', '5.0000', undefined, undefined, '2026-01-01'],
    ['o2', '12.5000', '2026-01-02 10:00:00.000', '1', '2026-01-02'],
  ]);
  const { id } = await run('SELECT * FROM orders');
  const { ResultSet } = await athena.getQueryResults({ QueryExecutionId: id });
  expect(ResultSet?.ResultSetMetadata?.ColumnInfo?.map(({ Type }) => Type)).toEqual([
    'varchar',
    'decimal',
    'timestamp',
    'bigint',
    'varchar',
  ]);
});

test('knows a column that no file has yet', async () => {
  await land('orders/day=2026-01-01/old.parquet', `SELECT 'o1' AS order_id`);

  expect(await rowsOf('SELECT items FROM orders WHERE items IS NULL')).toEqual([[undefined]]);
});

test('reads bytes without a text annotation, and times with a zone, as the catalog has them', async () => {
  await land(
    'orders/day=2026-01-01/a.parquet',
    `SELECT 'é'::BLOB AS order_id, TIMESTAMPTZ '2026-01-02 10:00:00+02' AS placed_at`.replace("'é'", "encode('é')"),
  );

  expect(await rowsOf('SELECT order_id, placed_at FROM orders')).toEqual([['é', '2026-01-02 08:00:00.000']]);
});

test('reads nested columns', async () => {
  const columns = [
    { name: 'lines', type: 'array<struct<sku:string,price:decimal(18,4)>>' },
    { name: 'tags', type: 'map<string,bigint>' },
  ];
  await writeCatalog({ tables: [{ ...orders, columns }] });
  await land(
    'orders/day=2026-01-01/a.parquet',
    `SELECT [{'sku': 'a', 'price': 1.5::DECIMAL(18,4)}] AS lines, MAP {'x': 2::BIGINT} AS tags`,
  );

  expect(await rowsOf('SELECT lines, tags FROM orders')).toEqual([['[{sku=a, price=1.5000}]', '{x=2}']]);
  expect(await rowsOf('SELECT l.sku FROM orders CROSS JOIN UNNEST(lines) AS u(l)')).toEqual([['a']]);
});

test('keeps a partition key as text, whatever it looks like', async () => {
  await order('o1', 1, '2026-01-02');

  expect(await rowsOf(`SELECT day || '!' FROM orders WHERE day >= '2026-01-01'`)).toEqual([['2026-01-02!']]);
});

test('shows the hidden column $path on request only', async () => {
  await order('o1', 1);

  expect(await rowsOf('SELECT o."$path" FROM orders AS o')).toEqual([['s3://lake/orders/day=2026-01-02/o1.parquet']]);
  expect(await rowsOf('SELECT "$path" FROM orders WHERE "$path" LIKE \'%o1%\'')).toHaveLength(1);
  expect((await rowsOf('SELECT * FROM orders'))?.[0]).toHaveLength(5);
});

test('divides whole numbers to a whole one in a view, too', async () => {
  const viewSql = 'SELECT (10 + 4) / 5 AS rank, CAST(7 AS decimal(18,4)) / 2 AS price';
  await writeCatalog({ tables: [{ name: 'divided', kind: 'view', columns: [], partitionKeys: [], viewSql }] });

  expect(await rowsOf('SELECT rank, price FROM divided')).toEqual([['2', '3.5000']]);
});

test('reads views, whatever their order in the catalog', async () => {
  const view = (name: string, viewSql: string): CatalogTable => ({
    name,
    kind: 'view',
    columns: [],
    partitionKeys: [],
    viewSql,
  });
  await writeCatalog({
    tables: [
      view('big_days', 'SELECT day FROM days WHERE total > 10'),
      view('days', 'SELECT day, sum(total) AS total, avg(total) AS mean FROM shop.orders GROUP BY day'),
      orders,
      view('broken', 'SELECT no_such_column FROM orders'),
    ],
  });
  await order('o1', 8);
  await order('o2', 9);
  await order('o3', 9, '2026-01-03');

  expect(await rowsOf('SELECT * FROM big_days')).toEqual([['2026-01-02']]);
  expect(await rowsOf(`SELECT mean FROM days WHERE day = '2026-01-02'`)).toEqual([['8.5000']]);
  await expect(run('SELECT * FROM broken')).rejects.toThrow(/INVALID_VIEW: 'broken' cannot be read: COLUMN_NOT_FOUND/);
});

test('follows a change of the catalog', async () => {
  await order('o1', 1);
  await run('SELECT total FROM orders');

  await writeCatalog({ tables: [{ ...orders, columns: [{ name: 'total', type: 'double' }] }] });

  expect(await rowsOf('SELECT * FROM orders')).toEqual([['1.0', '2026-01-02']]);
  await expect(run('SELECT order_id FROM orders')).rejects.toThrow(/COLUMN_NOT_FOUND/);
});

test('counts the bytes of the columns that a query reads', async () => {
  await land(
    'orders/day=2026-01-01/big.parquet',
    `SELECT 'order-' || i AS order_id, i::DECIMAL(18,4) AS total, i AS items FROM range(20000) t(i)`,
  );
  const scanned = async (sql: string) => (await run(sql)).execution?.Statistics?.DataScannedInBytes ?? 0;

  const one = await scanned('SELECT sum(items) FROM orders');
  const all = await scanned('SELECT sum(items), max(order_id), sum(total) FROM orders');

  expect(one).toBeGreaterThan(0);
  expect(all).toBeGreaterThan(one);
  expect(await scanned(`SELECT sum(items) FROM orders WHERE day = '2026-01-02'`)).toBeLessThan(one / 10);
});

test('fills parameters in', async () => {
  await order('o1', 8);
  await order("o'2", 9).catch(() =>
    land('orders/day=2026-01-02/q.parquet', `SELECT 'o''2' AS order_id, 9::DECIMAL(18,4) AS total`),
  );

  const sql = 'SELECT total FROM orders WHERE order_id = ? AND total > ?';
  expect(await rowsOf(sql, { ExecutionParameters: ["'o''2'", '8.5'] })).toEqual([['9.0000']]);
  expect(
    await rowsOf('SELECT count(*) FROM orders WHERE placed_at < ?', {
      ExecutionParameters: ["TIMESTAMP '2027-01-01 00:00:00'"],
    }),
  ).toEqual([['1']]);
});

test('fills parameters in by their order in the text, wherever they stand', async () => {
  await order('o1', 8);
  const sql = `-- is it ?
    WITH some AS (SELECT total, 'why?' AS "what?" FROM orders WHERE order_id = ? /* ? */)
    SELECT total FROM some WHERE total > ? AND "what?" IN (SELECT 'why?' FROM orders WHERE total < ?)`;
  expect(await rowsOf(sql, { ExecutionParameters: ["'o1'", '7.5', '8.5'] })).toEqual([['8.0000']]);
});

test.each([
  ['too few parameters', 'SELECT total FROM orders WHERE order_id = ?', undefined, /expected 1 but found 0/],
  ['too many parameters', 'SELECT total FROM orders', ["'a'"], /expected 0 but found 1/],
  [
    'a parameter that is no literal',
    'SELECT total FROM orders WHERE order_id = ?',
    ["'a' OR 1 = 1"],
    /is not a literal/,
  ],
  ['a parameter without quotes', 'SELECT total FROM orders WHERE order_id = ?', ['abc'], /single quotes/],
  ['a parameter outside of WHERE', 'SELECT ? FROM orders', ['1'], /WHERE clause only/],
])('refuses %s', async (_name, sql, parameters, reason) => {
  await expect(run(sql, parameters && { ExecutionParameters: parameters })).rejects.toThrow(reason);
});

test.each([
  ['SELECT * FROM nothing', /^TABLE_NOT_FOUND: Table 'awsdatacatalog.shop.nothing' does not exist. There are: orders$/],
  ['SELECT * FROM other.orders', /^TABLE_NOT_FOUND: Table 'awsdatacatalog.other.orders' does not exist/],
  ['SELECT nothing FROM orders', /^COLUMN_NOT_FOUND: Column 'nothing' cannot be resolved/],
  ['SELECT FROM', /^SYNTAX_ERROR: line 1/],
  ['SELECT foo(1)', /^FUNCTION_NOT_FOUND: line 1: Function 'foo' not registered$/],
  ['SELECT 1 / 0', /^DIVISION_BY_ZERO: Division by zero$/],
  ["SELECT CAST('x' AS bigint)", /^INVALID_CAST_ARGUMENT: /],
  ["SELECT date_trunc('day', 1)", /^SYNTAX_ERROR: /],
])('says why %s failed', async (sql, reason) => {
  await expect(run(sql)).rejects.toThrow(reason);
});

test.each([
  "SELECT * FROM read_csv('/etc/passwd')",
  "SELECT * FROM read_text('/etc/passwd')",
  "SELECT * FROM '/etc/passwd'",
  'SELECT * FROM "/etc/passwd"',
  "SELECT * FROM glob('/*')",
  "SELECT content FROM UNNEST(ARRAY[1]) AS u(x), read_text('/etc/passwd')",
  "SELECT (SELECT content FROM read_text('/etc/passwd'))",
  "WITH t AS (SELECT * FROM read_blob('/etc/passwd')) SELECT * FROM t",
  "SELECT getenv('HOME')",
  "SELECT current_setting('temp_directory')",
  'SELECT * FROM duckdb_settings()',
  'SELECT * FROM duckdb_settings',
  'SELECT * FROM information_schema.tables',
  'SELECT * FROM sqlite_master',
  "SELECT * FROM query('SELECT 1')",
  "SELECT * FROM query_table('orders')",
  "COPY orders TO '/tmp/stolen'",
  "COPY (SELECT 1) TO '/tmp/stolen'",
  "ATTACH '/tmp/stolen.db'",
  'INSTALL httpfs',
  'LOAD httpfs',
  "SET memory_limit = '10GB'",
  'RESET memory_limit',
  'PRAGMA database_list',
  "EXPORT DATABASE '/tmp/stolen'",
  'CREATE TABLE t AS SELECT 1',
  'CREATE VIEW v AS SELECT 1',
  'DROP VIEW orders',
  'DELETE FROM orders',
  'INSERT INTO orders VALUES (1)',
  "UPDATE orders SET order_id = 'x'",
  'SELECT 1; DROP VIEW orders',
  'CALL pragma_version()',
  'CHECKPOINT',
  "UNLOAD (DROP VIEW orders) TO 's3://lake/x/' WITH (format = 'PARQUET')",
  "EXPLAIN SELECT * FROM read_text('/etc/passwd')",
  'EXPLAIN ANALYZE SELECT 1',
  'EXPLAIN DROP VIEW orders',
  'EXPLAIN SELECT 1; DROP VIEW orders',
])('does not run: %s', async (sql) => {
  await expect(run(sql)).rejects.toThrow(/^(NOT_SUPPORTED|SYNTAX_ERROR|TABLE_NOT_FOUND|FUNCTION_NOT_FOUND): /);
  await order('o1', 1);
  expect(await rowsOf('SELECT count(*) FROM orders')).toEqual([['1']]);
});

test('reads no file outside of the buckets, whatever the catalog says', async () => {
  await order('o1', 1);
  await mkdir(path.join(aws.dataDir, 'outside'), { recursive: true });
  await copyFile(lakeFile('orders/day=2026-01-02/o1.parquet'), path.join(aws.dataDir, 'outside', 'o1.parquet'));
  await writeCatalog({ tables: [orders, { ...orders, name: 'outside', location: 's3://lake/../../outside/' }] });

  await expect(run('SELECT * FROM outside')).rejects.toThrow(/file system operations are disabled/);
  expect(await rowsOf('SELECT count(*) FROM orders')).toEqual([['1']]);
});

test('answers from the catalog', async () => {
  const viewSql = 'SELECT order_id\nFROM orders';
  await writeCatalog({ tables: [orders, { name: 'ids', kind: 'view', columns: [], partitionKeys: [], viewSql }] });
  const all = async (sql: string) => {
    const { id } = await run(sql);
    const { ResultSet } = await athena.getQueryResults({ QueryExecutionId: id });
    return ResultSet?.Rows?.map(({ Data }) => Data?.map(({ VarCharValue }) => VarCharValue));
  };

  expect(await all('SHOW TABLES')).toEqual([['ids'], ['orders']]);
  expect(await all("SHOW TABLES IN shop 'ord*'")).toEqual([['orders']]);
  expect(await all('SHOW COLUMNS IN orders')).toEqual([['order_id'], ['total'], ['placed_at'], ['items'], ['day']]);
  expect((await all('DESCRIBE shop.orders;'))?.[1]).toEqual(['total', 'decimal(18,4)', 'Total of the order.']);
  expect(await all('SHOW CREATE VIEW ids')).toEqual([
    ['CREATE VIEW shop.ids AS'],
    ['SELECT order_id'],
    ['FROM orders'],
  ]);
  expect((await all('EXPLAIN SELECT * FROM orders'))?.length).toBeGreaterThan(2);
  await expect(run('DESCRIBE nothing')).rejects.toThrow(/^TABLE_NOT_FOUND/);
  await expect(run('SHOW PARTITIONS orders')).rejects.toThrow(/^NOT_SUPPORTED/);
});

test('starts one query for one token', async () => {
  const ClientRequestToken = 'token-0123456789-0123456789-0123456789';
  const start = (QueryString: string) => athena.startQueryExecution({ QueryString, ClientRequestToken });

  const ids = await Promise.all([start('SELECT 1'), start('SELECT 1')]);

  expect(ids[0]?.QueryExecutionId).toBe(ids[1]?.QueryExecutionId);
  await expect(start('SELECT 2')).rejects.toMatchObject({ name: 'InvalidRequestException' });
});

test('stops a query', async () => {
  const { QueryExecutionId } = await athena.startQueryExecution({
    QueryString:
      'SELECT count(*) FROM UNNEST(sequence(1, 100000)) AS a(x), UNNEST(sequence(1, 100000)) AS b(y) WHERE x * y % 7 = 3',
  });
  await expect(athena.getQueryResults({ QueryExecutionId })).rejects.toThrow(/Query has not yet finished/);

  await athena.stopQueryExecution({ QueryExecutionId });

  const { QueryExecution } = await athena.getQueryExecution({ QueryExecutionId });
  expect(QueryExecution?.Status).toMatchObject({ State: 'CANCELLED', StateChangeReason: 'Query cancelled by user' });
  expect(await rowsOf('SELECT 1 AS a')).toEqual([['1']]);
});

test('keeps within its memory and goes on after a query that could not', async () => {
  const greedy =
    "SELECT array_agg(x || y) FROM (SELECT lpad(CAST(n AS varchar), 200, '0') AS x, lpad(CAST(n AS varchar), 200, '1') AS y FROM UNNEST(sequence(1, 3000000)) AS u(n))";

  await expect(run(greedy)).rejects.toThrow(/^EXCEEDED_MEMORY_LIMIT/);

  expect(await rowsOf('SELECT 1 AS a')).toEqual([['1']]);
});

test('tells of several executions and of the workgroups', async () => {
  const { id } = await run('SELECT 1');

  const batch = await athena.batchGetQueryExecution({ QueryExecutionIds: [id, 'none'] });
  expect(batch.QueryExecutions?.map(({ Query }) => Query)).toEqual(['SELECT 1']);
  expect(batch.UnprocessedQueryExecutionIds?.[0]?.QueryExecutionId).toBe('none');
  expect((await athena.listWorkGroups({})).WorkGroups?.map(({ Name }) => Name)).toEqual(['primary', 'shop']);
  const group = await athena.getWorkGroup({ WorkGroup: 'shop' });
  expect(group.WorkGroup?.Configuration?.ResultConfiguration?.OutputLocation).toBe('s3://lake/results/');
  await expect(athena.getQueryExecution({ QueryExecutionId: 'none' })).rejects.toMatchObject({
    name: 'InvalidRequestException',
  });
});
