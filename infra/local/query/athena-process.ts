import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { QueryColumn, QueryRow } from './result-format.ts';

const entry = fileURLToPath(new URL('../../../functions/query/main.ts', import.meta.url));

export interface QueryResult {
  readonly columns: readonly QueryColumn[];
  readonly rows: readonly QueryRow[];
  readonly scannedBytes: number;
  readonly milliseconds: number;
}

/** The query failed; the message is Athena's reason. */
export class QueryFailed extends Error {
  override readonly name = 'QueryFailed';
}

/** Runs one query by the same Athena client that the functions use, in a process with the given environment. */
export async function runQuery(sql: string, stage: string, environment: NodeJS.ProcessEnv): Promise<QueryResult> {
  const child = spawn(
    process.execPath,
    [entry, '--database', `headwater_${stage}`, '--workgroup', `headwater-${stage}`, '--', sql],
    { env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  let reason = '';
  child.stderr.on('data', (chunk) => {
    reason += chunk;
  });
  const lines: unknown[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line));
  if ((await ended) !== 0) throw new QueryFailed(reason.trim());
  const { columns } = lines[0] as Pick<QueryResult, 'columns'>;
  const costs = lines.at(-1) as Pick<QueryResult, 'scannedBytes' | 'milliseconds'>;
  return { columns, rows: lines.slice(1, -1) as QueryRow[], ...costs };
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
