import type { LocalService } from '../gateway/types.ts';
import type { Need, Refusal } from '../iam/need.ts';
import { objectArn } from '../iam/needs/query.ts';
import { catalogReader, splitLocation } from './athena/catalog.ts';
import { Engine } from './athena/engine.ts';
import { Execution } from './athena/execution.ts';
import { QueryError } from './athena/query-error.ts';
import { readPage } from './athena/result-file.ts';
import { AwsError, jsonAnswer } from './errors.ts';
import { ObjectStore } from './s3/object-store.ts';

export interface AthenaServiceOptions {
  readonly dataDir: string;
  /** DuckDB's memory limit. Default: 512MB. */
  readonly memoryLimit?: string;
  /** Why a caller may not read or write what a query does in its name. Default: all may. */
  readonly refusal?: Refusal;
}

/** Where results go when neither the call nor its workgroup says so; the bucket that the Athena console makes. */
const defaultBucket = 'aws-athena-query-results-000000000000-us-east-1';

/** Queries that run at once; others wait as QUEUED. */
const concurrency = 2;

/** Executions that are remembered. */
const memory = 1000;

interface Input {
  readonly QueryString?: string;
  readonly ExecutionParameters?: readonly string[];
  readonly ClientRequestToken?: string;
  readonly WorkGroup?: string;
  readonly QueryExecutionContext?: { readonly Database?: string };
  readonly ResultConfiguration?: { readonly OutputLocation?: string };
  readonly QueryExecutionId?: string;
  readonly QueryExecutionIds?: readonly string[];
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

/** Athena on DuckDB over the buckets of `<dataDir>/s3`, with the catalog of `<dataDir>/state/catalog.json`. */
export function createAthenaService({
  dataDir,
  memoryLimit = '512MB',
  refusal = () => undefined,
}: AthenaServiceOptions): LocalService {
  const store = new ObjectStore(dataDir);
  const catalog = catalogReader(dataDir);
  const engine = new Engine({ root: store.root, catalog, memoryLimit });
  const executions = new Map<string, Execution>();
  const byToken = new Map<string, Execution>();
  const queue: Execution[] = [];
  const running = new Set<Promise<void>>();

  const work = () => {
    while (running.size < concurrency) {
      const next = queue.shift();
      if (!next) return;
      const run = next.run({ engine, store, catalog }).finally(() => {
        running.delete(run);
        work();
      });
      running.add(run);
    }
  };

  const start = (input: Input, caller: string): Execution => {
    const { QueryString: sql, ClientRequestToken: token, WorkGroup: workGroup = 'primary' } = input;
    if (!sql?.trim()) throw invalid('QueryString must not be empty');
    const known = token === undefined ? undefined : byToken.get(token);
    if (known && known.request.sql !== sql) throw invalid('Idempotent parameters do not match');
    if (known) return known;

    const group = catalog().workGroups?.find(({ name }) => name === workGroup);
    const outputLocation =
      input.ResultConfiguration?.OutputLocation ?? group?.outputLocation ?? `s3://${defaultBucket}/${workGroup}/`;
    if (outputLocation.startsWith(`s3://${defaultBucket}/`)) store.createBucket(defaultBucket);
    const database = input.QueryExecutionContext?.Database ?? catalog().database;
    const parameters = input.ExecutionParameters ?? [];
    const require = (needs: readonly Need[]) => {
      const refused = refusal(caller, needs);
      if (refused !== undefined) throw new QueryError('PERMISSION_DENIED', refused);
    };
    const execution = new Execution({ sql, parameters, database, workGroup, outputLocation, require });
    remember(executions, execution.id, execution);
    if (token !== undefined) remember(byToken, token, execution);
    queue.push(execution);
    work();
    return execution;
  };

  const find = (id: string | undefined): Execution => {
    const execution = executions.get(id ?? '');
    if (!execution) throw invalid(`QueryExecution ${id} was not found`);
    return execution;
  };

  const results = ({ QueryExecutionId, NextToken, MaxResults = 1000 }: Input, caller: string) => {
    const execution = find(QueryExecutionId);
    const refused = refusal(caller, [{ action: 's3:GetObject', resource: objectArn(execution.output) }]);
    if (refused !== undefined) throw new AwsError('AccessDeniedException', refused);
    if (execution.state === 'QUEUED' || execution.state === 'RUNNING') {
      throw invalid(`Query has not yet finished. Current state: ${execution.state}`);
    }
    if (execution.state !== 'SUCCEEDED') {
      throw invalid(`Query did not finish successfully. Final query state: ${execution.state}`);
    }
    if (!(MaxResults >= 1 && MaxResults <= 1000)) throw invalid('MaxResults must lie between 1 and 1000');
    const { bucket, prefix } = splitLocation(execution.output);
    const page = readPage(store.pathOf(bucket, prefix), Number(NextToken ?? 0), MaxResults);
    const Rows = page.rows.map((row) => ({
      Data: row.map((value) => (value === null ? {} : { VarCharValue: value })),
    }));
    const ResultSet = { Rows, ResultSetMetadata: { ColumnInfo: execution.columns } };
    return { ResultSet, UpdateCount: 0, ...(page.next !== undefined && { NextToken: String(page.next) }) };
  };

  const workGroups = () => [{ name: 'primary' }, ...(catalog().workGroups ?? [])];

  const operations: Readonly<Record<string, (input: Input, caller: string) => object>> = {
    StartQueryExecution: (input, caller) => ({ QueryExecutionId: start(input, caller).id }),
    GetQueryExecution: ({ QueryExecutionId }) => ({ QueryExecution: describe(find(QueryExecutionId)) }),
    BatchGetQueryExecution: ({ QueryExecutionIds = [] }) => {
      const found = QueryExecutionIds.filter((id) => executions.has(id));
      const lost = QueryExecutionIds.filter((id) => !executions.has(id));
      return {
        QueryExecutions: found.map((id) => describe(find(id))),
        UnprocessedQueryExecutionIds: lost.map((id) => ({
          QueryExecutionId: id,
          ErrorCode: 'INVALID_QUERY_EXECUTION_ID',
        })),
      };
    },
    GetQueryResults: results,
    StopQueryExecution: ({ QueryExecutionId }) => {
      find(QueryExecutionId).cancel();
      return {};
    },
    ListQueryExecutions: () => ({ QueryExecutionIds: [...executions.keys()].reverse().slice(0, 50) }),
    ListWorkGroups: () => ({ WorkGroups: workGroups().map(({ name }) => ({ Name: name, State: 'ENABLED' })) }),
    GetWorkGroup: ({ WorkGroup }) => {
      const found = workGroups().find(({ name }) => name === WorkGroup);
      if (!found) throw invalid(`WorkGroup ${WorkGroup} is not found.`);
      const OutputLocation = 'outputLocation' in found ? found.outputLocation : undefined;
      return {
        WorkGroup: { Name: found.name, State: 'ENABLED', Configuration: { ResultConfiguration: { OutputLocation } } },
      };
    },
  };

  return {
    name: 'athena',
    handle: async (call) => {
      const operation = operations[call.operation];
      if (!operation) throw new AwsError('UnknownOperationException', `The local Athena has no ${call.operation}`);
      return jsonAnswer(operation(JSON.parse(call.body.toString()), call.caller));
    },
    close: async () => {
      for (const execution of executions.values()) execution.cancel();
      await Promise.all(running);
      await engine.close();
    },
  };
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidRequestException', message);
}

function remember(book: Map<string, Execution>, key: string, execution: Execution): void {
  book.set(key, execution);
  const [oldest] = book.keys();
  if (book.size > memory && oldest !== undefined) book.delete(oldest);
}

function describe(execution: Execution) {
  const { request, submitted, started, completed } = execution;
  const until = completed ?? Date.now();
  return {
    QueryExecutionId: execution.id,
    Query: request.sql,
    StatementType: execution.isUtility ? 'UTILITY' : 'DML',
    ResultConfiguration: { OutputLocation: execution.output },
    QueryExecutionContext: { Database: request.database, Catalog: 'awsdatacatalog' },
    ...(request.parameters.length > 0 && { ExecutionParameters: request.parameters }),
    Status: {
      State: execution.state,
      ...(execution.reason !== undefined && { StateChangeReason: execution.reason }),
      SubmissionDateTime: submitted / 1000,
      ...(completed !== undefined && { CompletionDateTime: completed / 1000 }),
    },
    Statistics: {
      EngineExecutionTimeInMillis: execution.state === 'QUEUED' ? 0 : until - started,
      DataScannedInBytes: execution.scannedBytes,
      TotalExecutionTimeInMillis: until - submitted,
      QueryQueueTimeInMillis: (execution.state === 'QUEUED' ? until : started) - submitted,
      ServiceProcessingTimeInMillis: 0,
    },
    WorkGroup: request.workGroup,
    EngineVersion: {
      SelectedEngineVersion: 'Athena engine version 3',
      EffectiveEngineVersion: 'Athena engine version 3',
    },
  };
}
