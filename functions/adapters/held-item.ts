import { type DynamoDb, type Item, isConditionFailed } from './dynamodb.ts';
import type { Held, HeldStore } from './lease.ts';

/** How work is kept in the attributes of its item, beside those of the lease. */
export interface WorkAttributes<Work> {
  read(item: Item): Work;
  write(work: Work): Item;
}

/** Key of the work under `pk` in the table of segments. */
export const workKey = (pk: string): Item => ({ pk: { S: pk }, sk: { S: 'current' } });

/** Work that only one may do: one item of a table, so that lease and progress change together or not at all. */
export function createHeldItem<Work extends object>(
  dynamoDb: DynamoDb,
  table: string,
  Key: Item,
  attributes: WorkAttributes<Work>,
): HeldStore<Work> {
  const [partition] = Object.keys(Key);
  const read = async (): Promise<(Held & Work) | undefined> => {
    const { Item: item } = await dynamoDb('GetItem', { TableName: table, Key, ConsistentRead: true });
    if (item === undefined) return undefined;
    return {
      ...attributes.read(item),
      version: Number(item.version?.N ?? 0),
      owner: item.owner?.S ?? '',
      leaseUntil: Number(item.leaseUntil?.N ?? 0),
    };
  };

  return {
    read,
    async write(held) {
      const { version, owner, leaseUntil } = held;
      const item: Item = {
        ...Key,
        version: { N: String(version) },
        owner: { S: owner },
        leaseUntil: { N: String(leaseUntil) },
        ...attributes.write(held),
      };
      try {
        await dynamoDb('PutItem', {
          TableName: table,
          Item: item,
          ConditionExpression: version === 1 ? `attribute_not_exists(${partition})` : 'version = :before',
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
