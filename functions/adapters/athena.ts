import { randomUUID } from 'node:crypto';
import { type JsonService, jsonService } from './json-service.ts';
import { ServiceError } from './signed-http.ts';

export interface AthenaQuery {
  /** Trino SQL, with `?` where `parameters` go. */
  readonly sql: string;
  readonly parameters?: readonly string[];
  readonly database: string;
  readonly workGroup: string;
  /** Milliseconds after which the query is stopped. Default five minutes. */
  readonly timeout?: number;
  /** Of queries with one token only the first is run, whoever asks again gets its id: 32 to 128 characters. */
  readonly token?: string;
}

/** How far a query is. */
export type AthenaState =
  | { readonly state: 'running' }
  | { readonly state: 'succeeded'; readonly output: ResultLocation; readonly cost: QueryCost }
  /** `reason` is Athena's own. */
  | { readonly state: 'failed'; readonly reason: string }
  /** Athena does not know the query, or no longer. */
  | { readonly state: 'unknown' };

/** What a query read and took. */
export interface QueryCost {
  readonly scannedBytes: number;
  readonly milliseconds: number;
}

/** The result's CSV file in S3. */
export interface ResultLocation {
  readonly bucket: string;
  readonly key: string;
}

export interface AthenaColumn {
  readonly name: string;
  /** Trino's type, for example `varchar`, `bigint`, `decimal`. */
  readonly type: string;
}

/** Cells as Athena prints them; null for NULL. */
export type AthenaRow = readonly (string | null)[];

export interface AthenaResult extends QueryCost {
  readonly columns: readonly AthenaColumn[];
  readonly rows: AsyncIterable<AthenaRow>;
}

/** A query that Athena refused, failed or that took too long. The message is Athena's own reason. */
export class AthenaQueryError extends Error {
  override readonly name: string = 'AthenaQueryError';
}

/** A query that was stopped because it took longer than it may. */
export class AthenaTimeoutError extends AthenaQueryError {
  override readonly name = 'AthenaTimeoutError';

  constructor(timeout: number) {
    super(`The query was stopped after ${timeout / 1000} s: ask for fewer days, or for less.`);
  }
}

/** What is read of Athena's answers. */
interface QueryExecution {
  readonly Status?: { readonly State?: string; readonly StateChangeReason?: string };
  readonly ResultConfiguration?: { readonly OutputLocation?: string };
  readonly Statistics?: {
    readonly DataScannedInBytes?: number;
    readonly TotalExecutionTimeInMillis?: number;
    readonly EngineExecutionTimeInMillis?: number;
  };
}

interface QueryResults {
  readonly ResultSet?: {
    readonly ResultSetMetadata?: {
      readonly ColumnInfo?: readonly { readonly Name?: string; readonly Type?: string }[];
    };
    readonly Rows?: readonly { readonly Data?: readonly { readonly VarCharValue?: string }[] }[];
  };
  readonly NextToken?: string;
}

const callAthena = (): JsonService =>
  jsonService({ service: 'athena', target: 'AmazonAthena', version: '1.1', name: 'Athena' }, { timeoutMs: 30_000 });

/** Waits between looks at a running query: short ones answer at once, long ones cost few calls. */
const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 1000;
const DEFAULT_TIMEOUT_MS = 300_000;

export function createAthena(athena: JsonService = callAthena()) {
  /** Runs a query to its end. Throws `AthenaQueryError` when it fails. */
  async function query(request: AthenaQuery): Promise<AthenaResult> {
    const id = await start(request);
    const execution = await ended(id, request.timeout ?? DEFAULT_TIMEOUT_MS);
    const pages = resultPages(id);
    const first = await pages.next();
    const columns = first.done ? [] : first.value.columns;
    return {
      columns,
      rows: rowsOf(first.done ? [] : first.value.rows, pages),
      ...costOf(execution),
    };
  }

  /** Starts a query and answers its id. */
  async function start({ sql, parameters, database, workGroup, token }: AthenaQuery): Promise<string> {
    const { QueryExecutionId } = await athena<{ QueryExecutionId: string }>('StartQueryExecution', {
      QueryString: sql,
      QueryExecutionContext: { Database: database },
      WorkGroup: workGroup,
      // Of a query whose answer was lost a repeated call starts no second one.
      ClientRequestToken: token ?? randomUUID(),
      ...(parameters && parameters.length > 0 && { ExecutionParameters: parameters }),
    });
    return QueryExecutionId;
  }

  async function ended(id: string, timeout: number): Promise<QueryExecution> {
    let waited = 0;
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 1.5, LONGEST_LOOK_MS)) {
      const execution = await executionOf(id);
      const state = execution.Status?.State;
      if (state === 'SUCCEEDED') return execution;
      if (state === 'FAILED' || state === 'CANCELLED') {
        throw new AthenaQueryError(execution.Status?.StateChangeReason ?? `The query ended as ${state}.`);
      }
      if (waited >= timeout) {
        await athena('StopQueryExecution', { QueryExecutionId: id });
        throw new AthenaTimeoutError(timeout);
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
      waited += pause;
    }
  }

  async function executionOf(id: string): Promise<QueryExecution> {
    const { QueryExecution = {} } = await athena<{ QueryExecution?: QueryExecution }>('GetQueryExecution', {
      QueryExecutionId: id,
    });
    return QueryExecution;
  }

  /** How far a query is that was started here or elsewhere. */
  async function look(id: string): Promise<AthenaState> {
    try {
      const execution = await executionOf(id);
      const { Status, ResultConfiguration } = execution;
      const { State: state, StateChangeReason: reason } = Status ?? {};
      if (state === 'FAILED' || state === 'CANCELLED') return { state: 'failed', reason: reason ?? state };
      if (state !== 'SUCCEEDED') return { state: 'running' };
      const output = ResultConfiguration?.OutputLocation ?? '';
      const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(output) ?? [];
      return { state: 'succeeded', output: { bucket, key }, cost: costOf(execution) };
    } catch (error) {
      if (error instanceof ServiceError && error.name === 'InvalidRequestException') return { state: 'unknown' };
      throw error;
    }
  }

  async function* resultPages(id: string) {
    let token: string | undefined;
    let header = true;
    do {
      const { ResultSet, NextToken } = await athena<QueryResults>('GetQueryResults', {
        QueryExecutionId: id,
        ...(token && { NextToken: token }),
      });
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

  return { query, start, look };
}

const costOf = ({ Statistics }: QueryExecution): QueryCost => ({
  scannedBytes: Statistics?.DataScannedInBytes ?? 0,
  milliseconds: Statistics?.TotalExecutionTimeInMillis ?? Statistics?.EngineExecutionTimeInMillis ?? 0,
});

async function* rowsOf(first: AthenaRow[], more: AsyncGenerator<{ rows: AthenaRow[] }>): AsyncGenerator<AthenaRow> {
  yield* first;
  for await (const { rows } of more) yield* rows;
}
