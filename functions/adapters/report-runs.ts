import { type DynamoDb, type Item, isConditionFailed, secondsOf } from './dynamodb.ts';

/** One query of a report, asked once for all who want the same of the same data. Times in milliseconds since 1970. */
export interface ReportRun {
  /** Hash of the query and the data's version. */
  readonly id: string;
  readonly report: string;
  /** Parameters as applied, by which the query can be made again: JSON. */
  readonly parameters: string;
  readonly dataVersion: string;
  /** Number of the query among those that were asked for this run, from 1: a failed or lost one is asked anew. */
  readonly attempt: number;
  /** Of Athena; absent when the last one failed. */
  readonly queryId?: string;
  readonly startedAt: number;
  /** When it is forgotten. */
  readonly expiresAt: number;
  /** Present when it is done. */
  readonly result?: ReportResult;
}

export interface ReportResult {
  readonly bucket: string;
  readonly key: string;
  readonly scannedBytes: number;
  readonly milliseconds: number;
}

export interface ReportRuns {
  read(id: string, now: number): Promise<ReportRun | undefined>;
  /** Writes the run unless one with the same or a later attempt stands there; answers what stands there then. */
  begin(run: ReportRun, now: number): Promise<ReportRun>;
  /** Writes how the query of an attempt ended, unless a later attempt has begun. */
  finish(run: ReportRun): Promise<void>;
}

const keyOf = (id: string): Item => ({ pk: { S: `run#${id}` }, sk: { S: 'run' } });

/** Runs of reports in their table; an item goes by itself some time after the run has become old. */
export function createReportRuns(dynamoDb: DynamoDb, table: string): ReportRuns {
  const read = async (id: string, now: number): Promise<ReportRun | undefined> => {
    const { Item } = await dynamoDb('GetItem', { TableName: table, Key: keyOf(id), ConsistentRead: true });
    const run = Item && runOf(id, Item);
    // DynamoDB removes what has expired hours later.
    return run && run.expiresAt > now ? run : undefined;
  };

  const write = async (run: ReportRun, condition: string, values: Item): Promise<boolean> => {
    try {
      await dynamoDb('PutItem', {
        TableName: table,
        Item: itemOf(run),
        ConditionExpression: condition,
        ExpressionAttributeValues: values,
      });
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  };

  return {
    read,
    begin: async (run, now) => {
      const values = { ':attempt': { N: String(run.attempt) }, ':now': { N: String(Math.floor(now / 1000)) } };
      const isFirst = await write(run, 'attribute_not_exists(pk) OR attempt < :attempt OR expiresAt <= :now', values);
      return isFirst ? run : ((await read(run.id, now)) ?? run);
    },
    finish: async (run) => {
      await write(run, 'attempt = :attempt', { ':attempt': { N: String(run.attempt) } });
    },
  };
}

function itemOf({ id, result, ...run }: ReportRun): Item {
  return {
    ...keyOf(id),
    report: { S: run.report },
    parameters: { S: run.parameters },
    dataVersion: { S: run.dataVersion },
    attempt: { N: String(run.attempt) },
    ...(run.queryId !== undefined && { queryId: { S: run.queryId } }),
    startedAt: { N: String(run.startedAt) },
    expiresAt: secondsOf(run.expiresAt),
    ...(result && {
      bucket: { S: result.bucket },
      key: { S: result.key },
      scannedBytes: { N: String(result.scannedBytes) },
      milliseconds: { N: String(result.milliseconds) },
    }),
  };
}

function runOf(id: string, item: Item): ReportRun {
  const text = (name: string) => item[name]?.S ?? '';
  const number = (name: string) => Number(item[name]?.N ?? 0);
  return {
    id,
    report: text('report'),
    parameters: text('parameters'),
    dataVersion: text('dataVersion'),
    attempt: number('attempt'),
    ...(item.queryId?.S !== undefined && { queryId: item.queryId.S }),
    startedAt: number('startedAt'),
    expiresAt: number('expiresAt') * 1000,
    ...(item.key?.S !== undefined && {
      result: {
        bucket: text('bucket'),
        key: text('key'),
        scannedBytes: number('scannedBytes'),
        milliseconds: number('milliseconds'),
      },
    }),
  };
}
