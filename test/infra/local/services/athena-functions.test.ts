import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Gateway } from '../../../../infra/local/gateway/types.ts';
import { functions } from '../../../../infra/local/services/athena/functions.ts';
import { createAthenaService } from '../../../../infra/local/services/athena.ts';
import vectors from '../../../vectors/athena-functions.json' with { type: 'json' };
import { type LocalAws, startLocalAws } from './local-aws.ts';

let aws: LocalAws;

beforeAll(async () => {
  aws = await startLocalAws([createAthenaService]);
  await mkdir(path.join(aws.dataDir, 'state'));
  await writeFile(path.join(aws.dataDir, 'state', 'catalog.json'), JSON.stringify({ database: 'shop', tables: [] }));
});
afterAll(() => aws[Symbol.asyncDispose]());

async function evaluate(gateway: Gateway, expression: string) {
  const call = <Output>(operation: string, input: object) => gateway.invoke<Output>('tool', 'athena', operation, input);
  const start = await call<{ QueryExecutionId: string }>('StartQueryExecution', {
    QueryString: `SELECT ${expression}`,
  });
  for (;;) {
    const { QueryExecution } = await call<{
      QueryExecution: { Status: { State: string; StateChangeReason?: string } };
    }>('GetQueryExecution', start);
    const { State, StateChangeReason } = QueryExecution.Status;
    if (State === 'FAILED') throw new Error(StateChangeReason);
    if (State === 'SUCCEEDED') break;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const { ResultSet } = await call<{
    ResultSet: { Rows: { Data: { VarCharValue?: string }[] }[]; ResultSetMetadata: { ColumnInfo: { Type: string }[] } };
  }>('GetQueryResults', start);
  return [ResultSet.Rows[1]?.Data[0]?.VarCharValue ?? null, ResultSet.ResultSetMetadata.ColumnInfo[0]?.Type];
}

test.each(vectors as [string, string, string | null, string][])('%s', async (_name, expression, value, type) => {
  expect(await evaluate(aws.gateway, expression)).toEqual([value, type]);
});

test('every function that is served has a vector', () => {
  const expressions = vectors.map(([, expression]) => expression).join('\n');
  const names = Object.keys(functions).map((name) => name.replace(/\/\d$/, ''));

  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`, 'i').test(expressions))).toEqual([]);
});

test.each(['constructor(1)', 'read_text(1)', 'strptime(1)', 'cast_to_type(1, 2)', 'hasOwnProperty(1)'])(
  'does not know the function %s',
  async (expression) => {
    await expect(evaluate(aws.gateway, expression)).rejects.toThrow(/^FUNCTION_NOT_FOUND/);
  },
);

test('a JSON list has no keys', async () => {
  await expect(evaluate(aws.gateway, `map_keys(CAST(json_parse('[1]') AS map(varchar, json)))`)).rejects.toThrow();
});
