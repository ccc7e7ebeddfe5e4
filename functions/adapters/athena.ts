import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';

export interface AthenaQuery {
  /** Trino SQL, with `?` where `parameters` go. */
  readonly sql: string;
  readonly parameters?: readonly string[];
  readonly database: string;
  readonly workGroup: string;
  /** Milliseconds after which the query is stopped. Default five minutes. */
  readonly timeout?: number;
}

export interface AthenaColumn {
  readonly name: string;
  /** Trino's type, for example `varchar`, `bigint`, `decimal`. */
  readonly type: string;
}

/** Cells as Athena prints them; null for NULL. */
export type AthenaRow = readonly (string | null)[];

export interface AthenaResult {
  readonly columns: readonly AthenaColumn[];
  readonly rows: AsyncIterable<AthenaRow>;
  readonly scannedBytes: number;
  readonly milliseconds: number;
}

/** A query that Athena refused, failed or that took too long. The message is Athena's own reason. */
export class AthenaQueryError extends Error {
  override readonly name = 'AthenaQueryError';
}

/** Waits between looks at a running query: short ones answer at once, long ones cost few calls. */
const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 1000;
const DEFAULT_TIMEOUT_MS = 300_000;

export function createAthena(client: AthenaClient = new AthenaClient()) {
  /** Runs a query to its end. Throws `AthenaQueryError` when it fails. */
  async function query(request: AthenaQuery): Promise<AthenaResult> {
    const id = await start(request);
    const { Statistics } = await ended(id, request.timeout ?? DEFAULT_TIMEOUT_MS);
    const pages = resultPages(id);
    const first = await pages.next();
    const columns = first.done ? [] : first.value.columns;
    return {
      columns,
      rows: rowsOf(first.done ? [] : first.value.rows, pages),
      scannedBytes: Statistics?.DataScannedInBytes ?? 0,
      milliseconds: Statistics?.TotalExecutionTimeInMillis ?? Statistics?.EngineExecutionTimeInMillis ?? 0,
    };
  }

  async function start({ sql, parameters, database, workGroup }: AthenaQuery): Promise<string> {
    const { QueryExecutionId } = await client.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        QueryExecutionContext: { Database: database },
        WorkGroup: workGroup,
        ...(parameters && parameters.length > 0 && { ExecutionParameters: [...parameters] }),
      }),
    );
    return QueryExecutionId as string;
  }

  async function ended(id: string, timeout: number): Promise<QueryExecution> {
    let waited = 0;
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 1.5, LONGEST_LOOK_MS)) {
      const { QueryExecution: execution = {} } = await client.send(
        new GetQueryExecutionCommand({ QueryExecutionId: id }),
      );
      const state = execution.Status?.State;
      if (state === 'SUCCEEDED') return execution;
      if (state === 'FAILED' || state === 'CANCELLED') {
        throw new AthenaQueryError(execution.Status?.StateChangeReason ?? `The query ended as ${state}.`);
      }
      if (waited >= timeout) {
        await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
        throw new AthenaQueryError(`The query was stopped after ${timeout / 1000} s: ask for fewer days, or for less.`);
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
      waited += pause;
    }
  }

  async function* resultPages(id: string) {
    let token: string | undefined;
    let header = true;
    do {
      const { ResultSet, NextToken } = await client.send(
        new GetQueryResultsCommand({ QueryExecutionId: id, ...(token && { NextToken: token }) }),
      );
      const columns = (ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name = '', Type = '' }) => ({
        name: Name,
        type: Type,
      }));
      const rows = (ResultSet?.Rows ?? []).map(({ Data = [] }) => Data.map(({ VarCharValue }) => VarCharValue ?? null));
      const repeatsHeader = header && rows[0]?.every((cell, index) => cell === columns[index]?.name);
      yield { columns, rows: repeatsHeader ? rows.slice(1) : rows };
      header = false;
      token = NextToken;
    } while (token);
  }

  return { query };
}

async function* rowsOf(first: AthenaRow[], more: AsyncGenerator<{ rows: AthenaRow[] }>): AsyncGenerator<AthenaRow> {
  yield* first;
  for await (const { rows } of more) yield* rows;
}
