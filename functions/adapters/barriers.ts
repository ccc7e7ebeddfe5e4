import { type AttributeValue, type DynamoDb, type Item, secondsOf } from './dynamodb.ts';

/** Which shards a consumer has read up to a barrier. Kept in the table of segments. */
export interface Barriers {
  /** A consumer has done all that lies before the barrier on this shard. May be said again. */
  markBarrier(id: string, shardId: string): Promise<void>;
  /** The shards of which that was said. */
  passedShards(id: string): Promise<ReadonlySet<string>>;
}

/** Nobody asks for a barrier for longer; milliseconds. */
const LIFE_MS = 2 * 86_400_000;

export function createBarriers(dynamoDb: DynamoDb, table: string, clock: () => number): Barriers {
  const keyOf = (id: string): AttributeValue => ({ S: `barrier#${id}` });
  return {
    async markBarrier(id, shardId) {
      const expiresAt = secondsOf(clock() + LIFE_MS);
      const item: Item = { pk: keyOf(id), sk: { S: shardId }, expiresAt };
      await dynamoDb('PutItem', { TableName: table, Item: item });
    },
    async passedShards(id) {
      const shards = new Set<string>();
      let start: Item | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await dynamoDb('Query', {
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': keyOf(id) },
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        });
        for (const { sk } of Items) if (sk?.S !== undefined) shards.add(sk.S);
        start = LastEvaluatedKey;
      } while (start);
      return shards;
    },
  };
}
