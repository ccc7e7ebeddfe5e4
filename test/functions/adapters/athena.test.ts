import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  InvalidRequestException,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { AthenaQueryError, AthenaTimeoutError, createAthena } from '../../../functions/adapters/athena.ts';

const client = mockClient(AthenaClient);
const athena = createAthena(new AthenaClient({ region: 'us-east-1' }));
const query = { sql: 'SELECT 1', database: 'headwater_test', workGroup: 'headwater-test' };

beforeEach(() => {
  client.reset();
  client.on(StartQueryExecutionCommand).resolves({ QueryExecutionId: 'q-1' });
});

const is = (State: 'RUNNING' | 'QUEUED' | 'SUCCEEDED' | 'FAILED', more: object = {}) => ({
  QueryExecution: { Status: { State, ...more }, ResultConfiguration: { OutputLocation: 's3://results/a/q-1.csv' } },
});

test('starts one query for a token', async () => {
  expect(await athena.start({ ...query, token: 'x'.repeat(32) })).toBe('q-1');
  expect(client.commandCalls(StartQueryExecutionCommand)[0]?.args[0].input).toMatchObject({
    QueryString: 'SELECT 1',
    ClientRequestToken: 'x'.repeat(32),
    WorkGroup: 'headwater-test',
  });
});

test.each([
  [is('QUEUED'), { state: 'running' }],
  [is('RUNNING'), { state: 'running' }],
  [is('SUCCEEDED'), { state: 'succeeded', output: { bucket: 'results', key: 'a/q-1.csv' } }],
  [is('FAILED', { StateChangeReason: 'out of memory' }), { state: 'failed', reason: 'out of memory' }],
])('tells how far a query is: %j', async (execution, expected) => {
  client.on(GetQueryExecutionCommand).resolves(execution);
  expect(await athena.look('q-1')).toEqual(expected);
});

test('tells that Athena no longer knows a query, and throws what else goes wrong', async () => {
  const forgotten = new InvalidRequestException({ message: 'QueryExecution q-1 was not found', $metadata: {} });
  client.on(GetQueryExecutionCommand).rejectsOnce(forgotten).rejectsOnce(new Error('throttled'));
  expect(await athena.look('q-1')).toEqual({ state: 'unknown' });
  await expect(athena.look('q-1')).rejects.toThrow('throttled');
});

test('stops a query that takes longer than it may', async () => {
  client.on(GetQueryExecutionCommand).resolves(is('RUNNING'));
  await expect(athena.query({ ...query, timeout: 50 })).rejects.toBeInstanceOf(AthenaTimeoutError);
  expect(client.commandCalls(StopQueryExecutionCommand)).toHaveLength(1);
});

test('answers rows, or why there are none', async () => {
  client
    .on(GetQueryExecutionCommand)
    .resolvesOnce(is('SUCCEEDED'))
    .resolves(is('FAILED', { StateChangeReason: 'no' }));
  client.on(GetQueryResultsCommand).resolves({
    ResultSet: {
      ResultSetMetadata: { ColumnInfo: [{ Name: 'a', Type: 'varchar' }] },
      Rows: [{ Data: [{ VarCharValue: 'a' }] }, { Data: [{ VarCharValue: '1' }] }, { Data: [{}] }],
    },
  });
  const { rows } = await athena.query(query);
  const found: unknown[] = [];
  for await (const row of rows) found.push(row);
  expect(found).toEqual([['1'], [null]]);
  await expect(athena.query(query)).rejects.toThrow(new AthenaQueryError('no'));
});
