import type { LocalAws } from '../../infra/local/services/local-aws.ts';

/** Makes the table `segments` with the keys that the stack gives it. */
export const createSegmentsTable = (aws: Pick<LocalAws, 'gateway'>): Promise<object> =>
  createTable(aws, 'segments', 'pk', 'sk');

/** Makes a table whose keys are texts, one or two. */
export const createTable = (
  { gateway }: Pick<LocalAws, 'gateway'>,
  table: string,
  partitionKey: string,
  sortKey?: string,
): Promise<object> =>
  gateway.invoke('tool', 'dynamodb', 'CreateTable', {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [partitionKey, ...(sortKey === undefined ? [] : [sortKey])].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      ...(sortKey === undefined ? [] : [{ AttributeName: sortKey, KeyType: 'RANGE' }]),
    ],
  });
