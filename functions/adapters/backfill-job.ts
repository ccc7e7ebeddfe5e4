import type { BackfillJob, Failure } from '../../shared/segments/backfill-job.ts';
import { type DynamoDb, type Item, isConditionFailed } from './dynamodb.ts';
import type { Held, HeldStore } from './lease.ts';

/** The one backfill that there may be. */
export interface BackfillWork {
  /** Undefined when there is nothing to do. */
  readonly job: BackfillJob | undefined;
  /** Definitions whose queries failed, over all jobs. */
  readonly failures: readonly Failure[];
}

export type HeldJob = Held & BackfillWork;
export type BackfillJobs = HeldStore<BackfillWork>;

/** The backfill's job in the table of segments: one item, so that lease and progress change together or not at all. */
export function createBackfillJobs(dynamoDb: DynamoDb, table: string): BackfillJobs {
  const Key: Item = { pk: { S: 'job' }, sk: { S: 'current' } };

  const read = async (): Promise<HeldJob | undefined> => {
    const { Item: item } = await dynamoDb('GetItem', { TableName: table, Key, ConsistentRead: true });
    if (item === undefined) return undefined;
    const text = item.job?.S;
    return {
      version: Number(item.version?.N ?? 0),
      owner: item.owner?.S ?? '',
      leaseUntil: Number(item.leaseUntil?.N ?? 0),
      job: text === undefined ? undefined : JSON.parse(text),
      failures: JSON.parse(item.failures?.S ?? '[]'),
    };
  };

  return {
    read,
    async write({ version, owner, leaseUntil, job, failures }) {
      const item: Item = {
        ...Key,
        version: { N: String(version) },
        owner: { S: owner },
        leaseUntil: { N: String(leaseUntil) },
        ...(job && { job: { S: JSON.stringify(job) } }),
        failures: { S: JSON.stringify(failures) },
      };
      try {
        await dynamoDb('PutItem', {
          TableName: table,
          Item: item,
          ConditionExpression: version === 1 ? 'attribute_not_exists(pk)' : 'version = :before',
          ...(version > 1 && { ExpressionAttributeValues: { ':before': { N: String(version - 1) } } }),
        });
        return true;
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
        // Our own write on the next version: it had succeeded, its answer was lost.
        const found = await read();
        return found?.version === version && found.owner === owner;
      }
    },
  };
}
