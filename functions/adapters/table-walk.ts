import type { DynamoDb, Item } from './dynamodb.ts';

export interface TablePage {
  readonly items: readonly Item[];
  /** Where the next page begins; undefined after the last. */
  readonly after?: Item;
}

/** A page of all items of a table, as of the latest writes, from after an item on. */
export type WalkTable = (after: Item | undefined) => Promise<TablePage>;

export function walkTable(dynamoDb: DynamoDb, table: string): WalkTable {
  return async (after) => {
    const { Items = [], LastEvaluatedKey } = await dynamoDb('Scan', {
      TableName: table,
      ConsistentRead: true,
      ...(after && { ExclusiveStartKey: after }),
    });
    return { items: Items, ...(LastEvaluatedKey && { after: LastEvaluatedKey }) };
  };
}
