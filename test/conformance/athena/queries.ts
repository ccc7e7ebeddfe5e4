import assert from 'node:assert/strict';
import type { StartQueryExecutionInput } from '@aws-sdk/client-athena';
import { eventually, refused, rules } from '../case.ts';
import type { Target } from '../target.ts';

async function run({ athena, bucket, fresh }: Target, sql: string, more: Partial<StartQueryExecutionInput> = {}) {
  const OutputLocation = `s3://${await bucket()}/${fresh()}/`;
  const started = await athena.startQueryExecution({
    QueryString: sql,
    ResultConfiguration: { OutputLocation },
    ...more,
  });
  const QueryExecutionId = started.QueryExecutionId ?? '';
  const execution = await eventually(`the end of ${sql.slice(0, 60)}`, async () => {
    const { QueryExecution: now } = await athena.getQueryExecution({ QueryExecutionId });
    return ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(now?.Status?.State ?? '') && now;
  });
  return { QueryExecutionId, OutputLocation, execution, state: execution.Status?.State };
}

async function rowsOf(target: Target, sql: string, parameters?: string[]) {
  const { QueryExecutionId, state, execution } = await run(target, sql, {
    ...(parameters && { ExecutionParameters: parameters }),
  });
  assert.equal(state, 'SUCCEEDED', execution.Status?.StateChangeReason);
  const { ResultSet } = await target.athena.getQueryResults({ QueryExecutionId });
  return (ResultSet?.Rows ?? []).map(({ Data = [] }) => Data.map(({ VarCharValue }) => VarCharValue));
}

async function reasonOf(target: Target, sql: string) {
  const { state, execution } = await run(target, sql);
  assert.equal(state, 'FAILED');
  return execution.Status?.StateChangeReason ?? '';
}

export const queries = rules('athena', 'queries', 'athena/latest/APIReference/API_GetQueryResults.html', {
  'the first row of a result names its columns': async (target) => {
    assert.deepEqual(await rowsOf(target, "SELECT 1 AS a, 'x' AS b"), [
      ['a', 'b'],
      ['1', 'x'],
    ]);
  },
  'NULL has no value, an empty text an empty one': async (target) => {
    const [, row] = await rowsOf(target, "SELECT CAST(NULL AS varchar) AS a, '' AS b");
    assert.deepEqual(row, [undefined, '']);
  },
  'columns have their types': async (target) => {
    const sql =
      "SELECT 1 AS a, 'x' AS b, true AS c, CAST(1.5 AS decimal(18,4)) AS d, TIMESTAMP '2026-01-01 00:00:00' AS e";
    const { QueryExecutionId } = await run(target, sql);
    const { ResultSet } = await target.athena.getQueryResults({ QueryExecutionId });
    const types = ResultSet?.ResultSetMetadata?.ColumnInfo?.map(({ Type }) => Type);
    assert.deepEqual(types, ['integer', 'varchar', 'boolean', 'decimal', 'timestamp']);
  },
  'values read as Athena writes them': async (target) => {
    const [, row] = await rowsOf(
      target,
      "SELECT true, CAST(1.5 AS decimal(18,4)), TIMESTAMP '2026-01-02 03:04:05.678', DATE '2026-01-02', ARRAY[1, 2]",
    );
    assert.deepEqual(row, ['true', '1.5000', '2026-01-02 03:04:05.678', '2026-01-02', '[1, 2]']);
  },
  'a result is a CSV file in the place that was named, all values in quotes': async (target) => {
    const { QueryExecutionId, OutputLocation } = await run(target, `SELECT 1 AS a, 'say "x", y' AS b`);
    const [, , Bucket = '', ...key] = `${OutputLocation}${QueryExecutionId}.csv`.split('/');
    const { Body } = await target.s3.getObject({ Bucket, Key: key.join('/') });
    assert.equal(await Body?.transformToString(), '"a","b"\n"1","say ""x"", y"\n');
  },
  'pages give every row once': async (target) => {
    const sql = 'SELECT n FROM UNNEST(sequence(1, 25)) AS t (n) ORDER BY n';
    const { QueryExecutionId } = await run(target, sql);
    const rows: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await target.athena.getQueryResults({
        QueryExecutionId,
        MaxResults: 10,
        ...(NextToken && { NextToken }),
      });
      rows.push(...(page.ResultSet?.Rows ?? []).map(({ Data }) => Data?.[0]?.VarCharValue));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    assert.deepEqual(rows, ['n', ...Array.from({ length: 25 }, (_, n) => `${n + 1}`)]);
  },
  'a page has 1,000 rows at most': async (target) => {
    const { QueryExecutionId } = await run(target, 'SELECT 1 AS a');
    const call = target.athena.getQueryResults({ QueryExecutionId, MaxResults: 1001 });
    await refused(call, 'InvalidRequestException');
  },
});

export const parameters = rules('athena', 'parameters', 'athena/latest/ug/querying-with-prepared-statements.html', {
  'question marks are filled in by their order, as SQL': async (target) => {
    const rows = await rowsOf(target, 'SELECT a FROM (VALUES 1, 2, 3) AS t (a) WHERE a > ? AND a < ?', ['1', '3']);
    assert.deepEqual(rows, [['a'], ['2']]);
  },
  'a text is given in quotes, and what it holds is no SQL': async (target) => {
    const sql = "SELECT a FROM (VALUES 'x', 'it''s') AS t (a) WHERE a = ?";
    assert.deepEqual(await rowsOf(target, sql, ["'it''s'"]), [['a'], ["it's"]]);
    assert.deepEqual(await rowsOf(target, sql, ["'x'' OR ''1''=''1'"]), [['a']]);
  },
  'too few parameters fail the query': async (target) => {
    const { athena } = target;
    try {
      const { state } = await run(target, 'SELECT 1 WHERE 1 = ? AND 2 = ?', { ExecutionParameters: ['1'] });
      assert.equal(state, 'FAILED');
    } catch (error) {
      if ((error as Error).name !== 'InvalidRequestException') throw error;
    }
    assert.ok(athena);
  },
});

export const states = rules('athena', 'states', 'athena/latest/APIReference/API_QueryExecutionStatus.html', {
  'an execution tells its state, times, statement type and where its result lies': async (target) => {
    const { execution, QueryExecutionId, OutputLocation } = await run(target, 'SELECT 1 AS a');
    assert.equal(execution.StatementType, 'DML');
    assert.equal(execution.ResultConfiguration?.OutputLocation, `${OutputLocation}${QueryExecutionId}.csv`);
    const { SubmissionDateTime: from, CompletionDateTime: to } = execution.Status ?? {};
    assert.ok(from && to && from <= to);
    assert.equal(typeof execution.Statistics?.DataScannedInBytes, 'number');
  },
  'a failed one says why, by a code': async (target) => {
    assert.match(await reasonOf(target, 'SELECT nothing FROM (VALUES 1) AS t (a)'), /COLUMN_NOT_FOUND/);
    assert.match(await reasonOf(target, 'SELECT 1 / 0'), /DIVISION_BY_ZERO/);
    assert.match(await reasonOf(target, "SELECT CAST('x' AS integer)"), /INVALID_CAST_ARGUMENT/);
    assert.match(await reasonOf(target, "SELECT no_such_function('x')"), /FUNCTION_NOT_FOUND/);
  },
  'results of a failed one are refused': async (target) => {
    const { QueryExecutionId } = await run(target, 'SELECT 1 / 0');
    await refused(target.athena.getQueryResults({ QueryExecutionId }), 'InvalidRequestException');
  },
  'a cancelled one ends as CANCELLED, and stays so': async (target) => {
    const { athena, bucket } = target;
    const { QueryExecutionId } = await athena.startQueryExecution({
      QueryString:
        'SELECT count(*) FROM UNNEST(sequence(1, 10000)) AS a (x), UNNEST(sequence(1, 10000)) AS b (y) WHERE x * y % 7 = 3',
      ResultConfiguration: { OutputLocation: `s3://${await bucket()}/cancelled/` },
    });
    await athena.stopQueryExecution({ QueryExecutionId });
    const state = await eventually('the end', async () => {
      const { QueryExecution: now } = await athena.getQueryExecution({ QueryExecutionId });
      const { State } = now?.Status ?? {};
      return (State === 'CANCELLED' || State === 'SUCCEEDED') && State;
    });
    assert.equal(state, 'CANCELLED');
  },
  'an id that is none is refused': async ({ athena }) => {
    const QueryExecutionId = '00000000-0000-4000-8000-000000000000';
    await refused(athena.getQueryExecution({ QueryExecutionId }), 'InvalidRequestException');
  },
  'one token starts one query, and another query with it is refused': async (target) => {
    const token = { ClientRequestToken: `${target.fresh()}-0123456789-0123456789` };
    const OutputLocation = `s3://${await target.bucket()}/token/`;
    const start = (QueryString: string) =>
      target.athena.startQueryExecution({ QueryString, ResultConfiguration: { OutputLocation }, ...token });
    const [one, two] = [await start('SELECT 1'), await start('SELECT 1')];
    assert.equal(one.QueryExecutionId, two.QueryExecutionId);
    await refused(start('SELECT 2'), 'InvalidRequestException');
  },
});

export const unloads = rules('athena', 'unloads', 'athena/latest/ug/unload.html', {
  'UNLOAD writes files of Parquet into a folder': async (target) => {
    const [Bucket, Prefix] = [await target.bucket(), `${target.fresh()}/`];
    const sql = `UNLOAD (SELECT 1 AS a) TO 's3://${Bucket}/${Prefix}' WITH (format = 'PARQUET')`;
    const { state, execution } = await run(target, sql);
    assert.equal(state, 'SUCCEEDED', execution.Status?.StateChangeReason);
    const { Contents = [] } = await target.s3.listObjectsV2({ Bucket, Prefix });
    const [file] = Contents;
    const { Body } = await target.s3.getObject({ Bucket, Key: file?.Key });
    const content = Buffer.from((await Body?.transformToByteArray()) ?? []);
    assert.deepEqual([content.subarray(0, 4), content.subarray(-4)], [Buffer.from('PAR1'), Buffer.from('PAR1')]);
  },
  'a folder that holds anything is refused': async (target) => {
    const [Bucket, Prefix] = [await target.bucket(), `${target.fresh()}/`];
    await target.s3.putObject({ Bucket, Key: `${Prefix}there`, Body: 'x' });
    const sql = `UNLOAD (SELECT 1 AS a) TO 's3://${Bucket}/${Prefix}' WITH (format = 'PARQUET')`;
    assert.match(await reasonOf(target, sql), /HIVE_PATH_ALREADY_EXISTS/);
  },
});
