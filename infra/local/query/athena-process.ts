import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { StartError } from '../errors.ts';
import { type EntryProcess, startEntry } from './entry-process.ts';
import type { QueryColumn, QueryRow } from './result-format.ts';

const entry = fileURLToPath(new URL('../../../functions/query/main.ts', import.meta.url));

export interface QueryResult {
  readonly columns: readonly QueryColumn[];
  readonly rows: readonly QueryRow[];
  readonly scannedBytes: number;
  readonly milliseconds: number;
}

/** The query failed; the message is Athena's reason. */
export class QueryFailed extends StartError {
  override readonly name = 'QueryFailed';
}

/** Runs one query by the same Athena client that the functions use, in a process with the given environment. */
export async function runQuery(sql: string, stage: string, environment: NodeJS.ProcessEnv): Promise<QueryResult> {
  const asked = ask(sql, stage, environment);
  const lines: unknown[] = [];
  for await (const line of createInterface({ input: asked.stdout })) lines.push(JSON.parse(line));
  const failure = await asked.failure();
  if (failure !== undefined) throw new QueryFailed(failure);
  const { columns } = lines[0] as Pick<QueryResult, 'columns'>;
  const costs = lines.at(-1) as Pick<QueryResult, 'scannedBytes' | 'milliseconds'>;
  return { columns, rows: lines.slice(1, -1) as QueryRow[], ...costs };
}

function ask(sql: string, stage: string, environment: NodeJS.ProcessEnv): EntryProcess {
  const args = ['--database', `headwater_${stage}`, '--workgroup', `headwater-${stage}`, '--', sql];
  return startEntry(entry, args, environment);
}

/** Rows of one query as they come, for a result that is larger than memory should hold. Throws `QueryFailed`. */
export async function* rowsOf(sql: string, stage: string, environment: NodeJS.ProcessEnv): AsyncGenerator<QueryRow> {
  const asked = ask(sql, stage, environment);
  let row: string | undefined;
  let columns: string | undefined;
  for await (const line of createInterface({ input: asked.stdout })) {
    // The last line tells what the query cost.
    if (row !== undefined) yield JSON.parse(row);
    if (columns === undefined) columns = line;
    else row = line;
  }
  const failure = await asked.failure();
  if (failure !== undefined) throw new QueryFailed(failure);
}

/** The environment of a query on the local lake. */
export function localEnvironment(endpoint: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'HWTOOL',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
}
