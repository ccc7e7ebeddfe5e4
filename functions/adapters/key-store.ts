import { keyPlace, type StoredKey, storedKeyOf } from '../../schemas/stored-key.ts';
import type { DynamoDb } from './dynamodb.ts';

/** The key of a hash, as the table of keys has it now; undefined when there is none. Throws what DynamoDB does. */
export type ReadKey = (sha256: string) => Promise<StoredKey | undefined>;

/** Reads what was written last, so that a key works as soon as the command has shown it. */
export const readKeyFrom =
  (dynamoDb: DynamoDb, table: string): ReadKey =>
  async (sha256) => {
    const { Item } = await dynamoDb('GetItem', { TableName: table, Key: keyPlace(sha256), ConsistentRead: true });
    return Item && storedKeyOf(Item);
  };
