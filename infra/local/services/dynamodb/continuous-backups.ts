import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { AwsError } from '../errors.ts';
import type { ItemHistory } from './item-history.ts';

const name = z.string().regex(/^[\w.-]{3,255}$/);
const table = z.object({ TableName: name });

const inputs = {
  UpdateContinuousBackups: table.extend({
    PointInTimeRecoverySpecification: z.object({ PointInTimeRecoveryEnabled: z.boolean() }),
  }),
  RestoreTableToPointInTime: z.object({
    SourceTableName: name,
    TargetTableName: name,
    UseLatestRestorableTime: z.boolean().default(false),
    /** Seconds since 1970. */
    RestoreDateTime: z.number().optional(),
  }),
};

/** Calls another operation of DynamoDB. */
export type Ask = <Output>(operation: string, input: object) => Promise<Output>;

interface Shape {
  readonly TableStatus: string;
  readonly KeySchema: object;
  readonly AttributeDefinitions: object;
  readonly GlobalSecondaryIndexes?: readonly Index[];
  readonly LocalSecondaryIndexes?: readonly Index[];
}

interface Index {
  readonly IndexName: string;
  readonly KeySchema: object;
  readonly Projection: object;
}

/** Recovery to a point in time, which dynalite has not: each gives its output. */
export function continuousBackups(history: ItemHistory, ask: Ask) {
  const describe = async (TableName: string) => {
    await ask('DescribeTable', { TableName });
    const since = history.since(TableName);
    const times = since === undefined ? {} : { EarliestRestorableDateTime: since / 1000 };
    return {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: {
          PointInTimeRecoveryStatus: since === undefined ? 'DISABLED' : 'ENABLED',
          ...(since !== undefined && { ...times, LatestRestorableDateTime: Date.now() / 1000 }),
        },
      },
    };
  };
  return {
    DescribeContinuousBackups: (input: unknown) => describe(checked(table, input).TableName),
    UpdateContinuousBackups: async (input: unknown) => {
      const { TableName, PointInTimeRecoverySpecification } = checked(inputs.UpdateContinuousBackups, input);
      await ask('DescribeTable', { TableName });
      if (PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled) await history.begin(TableName, Date.now());
      else await history.end(TableName);
      return describe(TableName);
    },
    RestoreTableToPointInTime: async (input: unknown) => {
      const asked = checked(inputs.RestoreTableToPointInTime, input);
      const { SourceTableName: source, TargetTableName: target } = asked;
      const { Table: shape } = await found(ask, source);
      const items = await history.itemsAt(source, timeOf(asked, history.since(source)));
      await makeAlike(ask, target, shape);
      for (const Item of items) await ask('PutItem', { TableName: target, Item });
      const { Table } = await ask<{ Table: object }>('DescribeTable', { TableName: target });
      return { TableDescription: Table };
    },
    /** A table that goes takes its history along. */
    DeleteTable: async (input: unknown) => {
      const answer = await ask<object>('DeleteTable', input as object);
      await history.end((input as z.output<typeof table>).TableName);
      return answer;
    },
  };
}

function checked<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(input);
  if (success) return data;
  const [issue] = error.issues;
  throw new AwsError('ValidationException', `${issue?.path.join('.')}: ${issue?.message}`);
}

function timeOf(asked: z.output<typeof inputs.RestoreTableToPointInTime>, since: number | undefined): number {
  const { SourceTableName: source, UseLatestRestorableTime, RestoreDateTime } = asked;
  if (since === undefined) {
    const message = `Point in time recovery is not enabled for table '${source}'`;
    throw new AwsError('PointInTimeRecoveryUnavailableException', message);
  }
  if (UseLatestRestorableTime === (RestoreDateTime !== undefined)) {
    throw new AwsError('ValidationException', 'Give either RestoreDateTime or UseLatestRestorableTime');
  }
  const time = RestoreDateTime === undefined ? Date.now() : RestoreDateTime * 1000;
  if (time >= since && time <= Date.now()) return time;
  const range = `between ${new Date(since).toISOString()} and now`;
  throw new AwsError('InvalidRestoreTimeException', `The time must lie ${range}; got ${new Date(time).toISOString()}`);
}

async function found(ask: Ask, source: string): Promise<{ Table: Shape }> {
  try {
    return await ask<{ Table: Shape }>('DescribeTable', { TableName: source });
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    throw new AwsError('TableNotFoundException', `Table not found: ${source}`);
  }
}

async function makeAlike(ask: Ask, TableName: string, shape: Shape): Promise<void> {
  const bare = (indexes: readonly Index[]) =>
    indexes.map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes: all, LocalSecondaryIndexes: own } = shape;
  const indexes = {
    ...(all && { GlobalSecondaryIndexes: bare(all) }),
    ...(own && { LocalSecondaryIndexes: bare(own) }),
  };
  try {
    const BillingMode = 'PAY_PER_REQUEST';
    await ask('CreateTable', { TableName, KeySchema, AttributeDefinitions, BillingMode, ...indexes });
  } catch (error) {
    if ((error as Error).name !== 'ResourceInUseException') throw error;
    throw new AwsError('TableAlreadyExistsException', `Table already exists: ${TableName}`);
  }
  while ((await found(ask, TableName)).Table.TableStatus !== 'ACTIVE') await sleep(5);
}
