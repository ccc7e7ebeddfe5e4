import type { Item } from '../../functions/adapters/dynamodb.ts';
import type { Headwater } from './headwater.ts';

/**
 * Changes what is stored of a key past all functions, as the version after the one that is there: whoever is writing it at
 * this moment finds the change, and writes over it no more than over another writer's.
 */
export async function changeProfileItem(
  { runtime }: Headwater,
  key: string,
  change: (item: Item) => Item,
): Promise<void> {
  const { gateway, outputs } = runtime;
  const TableName = outputs.ProfilesTable;
  const call = <T>(operation: string, input: object) => gateway.invoke<T>('tool', 'dynamodb', operation, input);
  for (;;) {
    const read = { TableName, Key: { id: { S: key } }, ConsistentRead: true };
    const { Item: item } = await call<{ Item?: Item }>('GetItem', read);
    if (item?.version === undefined) throw new Error(`Nothing is stored of ${key}.`);
    const next = { ...item, ...change(item), version: { N: String(Number(item.version.N) + 1) } };
    const guard = {
      ConditionExpression: '#version = :read',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':read': item.version },
    };
    try {
      return void (await call('PutItem', { TableName, Item: next, ...guard }));
    } catch (error) {
      if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
    }
  }
}
