import type { ReplayJob } from '../../shared/replay/job.ts';
import { type DynamoDb, type Item, isConditionFailed } from './dynamodb.ts';
import type { Held, HeldStore } from './lease.ts';

/** The one replay that there may be. */
export interface ReplayWork {
  /** The latest, which may be over; undefined when there never was any. */
  readonly job: ReplayJob | undefined;
  /** When a command last had it go on, milliseconds since 1970; 0 for never. */
  readonly calledAt: number;
}

/** The replay in the table of segments: one item, so that lease and progress change together or not at all. */
export function createReplayJobs(dynamoDb: DynamoDb, table: string): HeldStore<ReplayWork> {
  const Key: Item = { pk: { S: 'replay' }, sk: { S: 'current' } };

  const read = async (): Promise<(Held & ReplayWork) | undefined> => {
    const { Item: item } = await dynamoDb('GetItem', { TableName: table, Key, ConsistentRead: true });
    if (item === undefined) return undefined;
    const text = item.job?.S;
    return {
      version: Number(item.version?.N ?? 0),
      owner: item.owner?.S ?? '',
      leaseUntil: Number(item.leaseUntil?.N ?? 0),
      job: text === undefined ? undefined : JSON.parse(text),
      calledAt: Number(item.calledAt?.N ?? 0),
    };
  };

  return {
    read,
    async write({ version, owner, leaseUntil, job, calledAt }) {
      const Item: Item = {
        ...Key,
        version: { N: String(version) },
        owner: { S: owner },
        leaseUntil: { N: String(leaseUntil) },
        calledAt: { N: String(calledAt) },
        ...(job && { job: { S: JSON.stringify(job) } }),
      };
      try {
        await dynamoDb('PutItem', {
          TableName: table,
          Item,
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
