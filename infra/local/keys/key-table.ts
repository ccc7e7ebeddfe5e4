import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { keyItem, namePlace, type StoredKey, storedKeyOf } from '../../../schemas/stored-key.ts';
import type { Target } from './target.ts';

/** The table of keys as the command uses it. Throws what DynamoDB does. */
export interface KeyTable {
  /** All keys, the earliest first; those that are over for some months, too. */
  list(): Promise<readonly StoredKey[]>;
  /** Stores a key, or its end. What was revoked stays as it is. */
  put(key: StoredKey): Promise<void>;
  /** Reserves a name; tells whether it was free. */
  claim(id: string): Promise<boolean>;
  /** Makes a name free again; tells whether it was reserved. */
  free(id: string): Promise<boolean>;
}

export function openKeyTable({ dynamoDb, table: TableName }: Pick<Target, 'dynamoDb' | 'table'>): KeyTable {
  return {
    async list() {
      const keys: StoredKey[] = [];
      for await (const { Items = [] } of paginateScan({ client: dynamoDb }, { TableName, ConsistentRead: true })) {
        for (const item of Items) {
          const key = storedKeyOf(item);
          if (key) keys.push(key);
        }
      }
      return keys.sort((one, other) => one.createdAt - other.createdAt);
    },

    async put(key) {
      await whether(
        dynamoDb.send(
          new PutItemCommand({
            TableName,
            Item: keyItem(key),
            ConditionExpression: 'attribute_not_exists(revokedAt)',
          }),
        ),
      );
    },

    claim: (id) =>
      whether(
        dynamoDb.send(
          new PutItemCommand({ TableName, Item: namePlace(id), ConditionExpression: 'attribute_not_exists(pk)' }),
        ),
      ),

    free: (id) =>
      whether(
        dynamoDb.send(
          new DeleteItemCommand({ TableName, Key: namePlace(id), ConditionExpression: 'attribute_exists(pk)' }),
        ),
      ),
  };
}

async function whether(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
