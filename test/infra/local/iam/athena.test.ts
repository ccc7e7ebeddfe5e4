import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Need } from '../../../../infra/local/iam/need.ts';
import { createAthenaService } from '../../../../infra/local/services/athena.ts';
import { startLocalAws } from '../services/local-aws.ts';

const columns = [{ name: 'id', type: 'string' }];
const catalog = {
  database: 'd',
  tables: [
    { name: 'landed', kind: 'table', columns, partitionKeys: [], location: 's3://lake/landed/' },
    { name: 'hidden', kind: 'table', columns, partitionKeys: [], location: 's3://lake/hidden/' },
    { name: 'shown', kind: 'view', columns, partitionKeys: [], viewSql: 'SELECT id FROM landed' },
    { name: 'above', kind: 'view', columns, partitionKeys: [], viewSql: 'SELECT id FROM shown' },
  ],
  workGroups: [{ name: 'w', outputLocation: 's3://results/' }],
};

/** An Athena that refuses needs by what they are, and remembers what it was asked for. */
async function start(refused: RegExp = /nothing/) {
  const asked: string[] = [];
  const refusal = (caller: string, needs: readonly Need[]) => {
    const texts = needs.map(({ action, resource }) => `${action} ${resource}`);
    asked.push(...texts);
    const found = texts.find((text) => refused.test(text));
    return found === undefined ? undefined : `${caller} is not authorized to perform: ${found}`;
  };
  const make = async ({ dataDir }: { readonly dataDir: string }) => {
    await mkdir(path.join(dataDir, 'state'), { recursive: true });
    await mkdir(path.join(dataDir, 's3', 'results'), { recursive: true });
    await writeFile(path.join(dataDir, 'state', 'catalog.json'), JSON.stringify(catalog));
    return createAthenaService({ dataDir, refusal });
  };
  const aws = await startLocalAws([make]);
  const call = <Output>(operation: string, input: object) =>
    aws.gateway.invoke<Output>('Reader', 'athena', operation, input);
  interface Status {
    readonly QueryExecution: { readonly Status: { readonly State: string; readonly StateChangeReason?: string } };
  }
  const run = async (sql: string) => {
    const started = await call<{ QueryExecutionId: string }>('StartQueryExecution', {
      QueryString: sql,
      WorkGroup: 'w',
    });
    for (;;) {
      const { QueryExecution } = await call<Status>('GetQueryExecution', started);
      const { State: state, StateChangeReason: reason } = QueryExecution.Status;
      if (state !== 'QUEUED' && state !== 'RUNNING') return { ...started, state, reason };
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { ...aws, asked, run, call };
}

const glue = (name: string) => `glue:GetTable arn:aws:glue:us-east-1:000000000000:table/d/${name}`;

test('a query reads in the name of its caller: the view, what it reads, and no other table', async () => {
  await using athena = await start();

  expect(await athena.run('SELECT id FROM above')).toMatchObject({ state: 'SUCCEEDED' });

  expect(athena.asked).toEqual(expect.arrayContaining(['above', 'shown', 'landed'].map(glue)));
  expect(athena.asked).toContain('s3:GetObject arn:aws:s3:::lake/landed/*');
  expect(athena.asked.join()).not.toContain('hidden');
});

test.each([
  ['the entry of a table below a view', /GetTable.*landed/],
  ['the files', /s3:GetObject/],
  ['the database', /glue:GetDatabase/],
  ['the place of the result', /s3:PutObject/],
])('a query whose caller lacks %s fails, and says why', async (_name, refused) => {
  await using athena = await start(refused);

  expect(await athena.run('SELECT id FROM shown')).toMatchObject({
    state: 'FAILED',
    reason: expect.stringMatching(/PERMISSION_DENIED: Reader is not authorized to perform: /),
  });
});

test('a result is read in the name of its caller', async () => {
  await using athena = await start(/s3:GetObject.*results/);
  const { QueryExecutionId } = await athena.run('SELECT id FROM shown');

  await expect(athena.call('GetQueryResults', { QueryExecutionId })).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
});
