import { expect, test } from 'vitest';
import { AthenaQueryError, AthenaTimeoutError, createAthena } from '../../../functions/adapters/athena.ts';
import { ServiceError } from '../../../functions/adapters/signed-http.ts';
import { aJsonService } from './a-json-service.ts';

const started = { StartQueryExecution: [{ QueryExecutionId: 'q-1' }] };
const query = { sql: 'SELECT 1', database: 'headwater_test', workGroup: 'headwater-test' };

const is = (State: 'RUNNING' | 'QUEUED' | 'SUCCEEDED' | 'FAILED', more: object = {}, Statistics: object = {}) => ({
  QueryExecution: {
    Status: { State, ...more },
    ResultConfiguration: { OutputLocation: 's3://results/a/q-1.csv' },
    Statistics,
  },
});

test('starts one query for a token', async () => {
  const { service, inputs } = aJsonService(started);
  expect(await createAthena(service).start({ ...query, parameters: ['1'], token: 'x'.repeat(32) })).toBe('q-1');
  expect(inputs('StartQueryExecution')).toEqual([
    {
      QueryString: 'SELECT 1',
      QueryExecutionContext: { Database: 'headwater_test' },
      WorkGroup: 'headwater-test',
      ExecutionParameters: ['1'],
      ClientRequestToken: 'x'.repeat(32),
    },
  ]);
});

test('gives a query a token of its own, which a repeated call has as well', async () => {
  const { service, inputs } = aJsonService(started);
  for (let n = 0; n < 2; n += 1) await createAthena(service).start(query);
  const tokens = inputs('StartQueryExecution').map(({ ClientRequestToken }) => ClientRequestToken as string);
  expect(new Set(tokens).size).toBe(2);
  for (const token of tokens) expect(token.length).toBeGreaterThanOrEqual(32);
});

test.each([
  [is('QUEUED'), { state: 'running' }],
  [is('RUNNING'), { state: 'running' }],
  [
    is('SUCCEEDED', {}, { DataScannedInBytes: 12, TotalExecutionTimeInMillis: 34 }),
    {
      state: 'succeeded',
      output: { bucket: 'results', key: 'a/q-1.csv' },
      cost: { scannedBytes: 12, milliseconds: 34 },
    },
  ],
  [is('FAILED', { StateChangeReason: 'out of memory' }), { state: 'failed', reason: 'out of memory' }],
])('tells how far a query is: %j', async (execution, expected) => {
  const { service } = aJsonService({ GetQueryExecution: [execution] });
  expect(await createAthena(service).look('q-1')).toEqual(expected);
});

test('tells that Athena no longer knows a query, and throws what else goes wrong', async () => {
  const forgotten = new ServiceError('InvalidRequestException', 400, 'QueryExecution q-1 was not found');
  const { service } = aJsonService({ GetQueryExecution: [forgotten, new Error('throttled')] });
  const athena = createAthena(service);
  expect(await athena.look('q-1')).toEqual({ state: 'unknown' });
  await expect(athena.look('q-1')).rejects.toThrow('throttled');
});

test('stops a query that takes longer than it may', async () => {
  const { service, inputs } = aJsonService({ ...started, GetQueryExecution: [is('RUNNING')] });
  await expect(createAthena(service).query({ ...query, timeout: 50 })).rejects.toBeInstanceOf(AthenaTimeoutError);
  expect(inputs('StopQueryExecution')).toEqual([{ QueryExecutionId: 'q-1' }]);
});

test('answers rows, or why there are none', async () => {
  const ResultSetMetadata = { ColumnInfo: [{ Name: 'a', Type: 'varchar' }] };
  const Rows = [{ Data: [{ VarCharValue: 'a' }] }, { Data: [{ VarCharValue: '1' }] }, { Data: [{}] }];
  const { service, inputs } = aJsonService({
    ...started,
    GetQueryExecution: [is('SUCCEEDED'), is('FAILED', { StateChangeReason: 'no' })],
    GetQueryResults: [
      { ResultSet: { ResultSetMetadata, Rows }, NextToken: 'on' },
      { ResultSet: { ResultSetMetadata, Rows: [{ Data: [{ VarCharValue: 'a' }] }] } },
    ],
  });
  const athena = createAthena(service);
  const { rows } = await athena.query(query);
  const found: unknown[] = [];
  for await (const row of rows) found.push(row);
  expect(found).toEqual([['1'], [null], ['a']]);
  expect(inputs('GetQueryResults')).toEqual([
    { QueryExecutionId: 'q-1' },
    { QueryExecutionId: 'q-1', NextToken: 'on' },
  ]);
  await expect(athena.query(query)).rejects.toThrow(new AthenaQueryError('no'));
});
