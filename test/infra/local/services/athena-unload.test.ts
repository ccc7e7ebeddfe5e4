import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Athena } from '@aws-sdk/client-athena';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Catalog } from '../../../../infra/local/services/athena/catalog.ts';
import { createAthenaService } from '../../../../infra/local/services/athena.ts';
import { createS3Service } from '../../../../infra/local/services/s3.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';

const catalog: Catalog = {
  database: 'lake_test',
  tables: [
    {
      name: 'numbers',
      kind: 'table',
      columns: [
        { name: 'item', type: 'int' },
        { name: 'scores', type: 'array<double>' },
      ],
      partitionKeys: [{ name: 'run', type: 'string' }],
      location: 's3://lake/training/numbers/',
      projection: { 'projection.enabled': 'true', 'projection.run.type': 'injected' },
    },
  ],
  workGroups: [{ name: 'test', outputLocation: 's3://lake/results/' }],
};

let aws: LocalAws;
let athena: Athena;

beforeAll(async () => {
  aws = await startLocalAws([createS3Service, createAthenaService]);
  athena = new Athena(aws.clientConfig());
  await mkdir(path.join(aws.dataDir, 'state'), { recursive: true });
  await writeFile(path.join(aws.dataDir, 'state', 'catalog.json'), JSON.stringify(catalog));
});
afterAll(async () => {
  athena.destroy();
  await aws[Symbol.asyncDispose]();
});

const lake = () => path.join(aws.dataDir, 's3', 'lake');

beforeEach(async () => {
  await rm(lake(), { recursive: true, force: true });
  await mkdir(lake(), { recursive: true });
});

async function run(sql: string) {
  const { QueryExecutionId } = await athena.startQueryExecution({ QueryString: sql, WorkGroup: 'test' });
  for (;;) {
    const { QueryExecution } = await athena.getQueryExecution({ QueryExecutionId });
    const { State, StateChangeReason } = QueryExecution?.Status ?? {};
    if (State === 'FAILED') throw new Error(StateChangeReason);
    if (State === 'SUCCEEDED') break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { ResultSet } = await athena.getQueryResults({ QueryExecutionId });
  return (ResultSet?.Rows ?? []).slice(1).map(({ Data = [] }) => Data.map((cell) => cell.VarCharValue));
}

const parquet = "WITH (format = 'PARQUET', compression = 'ZSTD')";
const unload = (select: string, folder: string) => run(`UNLOAD (${select}) TO 's3://lake/${folder}/' ${parquet}`);
const oneRow = "SELECT 7 AS item, ARRAY[1.5e0, 0.25e0] AS scores WHERE 'a)b' <> ''";

test('makes the rows of a query files of a table', async () => {
  expect(await unload(oneRow, 'training/numbers/run=r1/all')).toEqual([]);
  expect(await run("SELECT item, scores, run FROM numbers WHERE run = 'r1'")).toEqual([['7', '[1.5, 0.25]', 'r1']]);
});

test('refuses a folder that holds anything, and leaves it as it is', async () => {
  await unload(oneRow, 'training/numbers/run=r1/all');
  await expect(unload(oneRow, 'training/numbers/run=r1')).rejects.toThrow(/HIVE_PATH_ALREADY_EXISTS.*run=r1\//);
  expect(await run("SELECT count(*) FROM numbers WHERE run = 'r1'")).toEqual([['1']]);
});

test('a query that fails leaves no file', async () => {
  await expect(unload('SELECT CAST(1 AS integer) / 0 AS item', 'training/numbers/run=r1/all')).rejects.toThrow(
    'DIVISION_BY_ZERO',
  );
  expect(await readdir(lake())).toEqual([]);
});

test.each([
  ["UNLOAD (SELECT 1 AS x) TO 's3://lake/x/'", 'SYNTAX_ERROR'],
  [`UNLOAD (SELECT 1 AS x) TO '/etc/x' ${parquet}`, 'INVALID_TABLE_PROPERTY'],
  ["UNLOAD (SELECT 1 AS x) TO 's3://lake/x/' WITH (format = 'CSV')", 'NOT_SUPPORTED'],
  [
    "UNLOAD (SELECT 1 AS x) TO 's3://lake/x/' WITH (format = 'PARQUET', compression = 'BEST')",
    'INVALID_TABLE_PROPERTY',
  ],
  [`UNLOAD (DROP TABLE numbers) TO 's3://lake/x/' ${parquet}`, 'NOT_SUPPORTED'],
])('refuses %s', async (sql, code) => {
  await expect(run(sql)).rejects.toThrow(code);
});

test.each([
  'SELECT * FROM numbers',
  "SELECT * FROM numbers WHERE run <> 'r1'",
  "SELECT * FROM numbers WHERE run = 'r1' OR item = 1",
  "SELECT * FROM numbers AS a JOIN numbers AS b ON a.item = b.item WHERE a.run = 'r1'",
])('refuses a table by run in a query that does not name the run: %s', async (sql) => {
  await expect(run(sql)).rejects.toThrow(/CONSTRAINT_VIOLATION: For the injected projected partition column run/);
});

test('reads nothing of other runs', async () => {
  await unload('SELECT 1 AS item, ARRAY[1e0] AS scores', 'training/numbers/run=r1/all');
  await unload('SELECT 2 AS item, ARRAY[1e0] AS scores', 'training/numbers/run=r10/all');
  const both = "SELECT a.item, b.item FROM numbers AS a CROSS JOIN numbers AS b WHERE a.run = 'r1' AND b.run = 'r10'";
  expect(await run(both)).toEqual([['1', '2']]);
});
