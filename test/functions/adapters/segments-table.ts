import { setTimeout } from 'node:timers/promises';
import type { LocalAws } from '../../infra/local/services/local-aws.ts';

/** Makes the table `segments` with the keys that the stack gives it. */
export const createSegmentsTable = (aws: Pick<LocalAws, 'gateway'>): Promise<void> =>
  createTable(aws, 'segments', 'pk', 'sk');

/** Makes a table whose keys are texts, one or two, and waits until it is there. */
export async function createTable(
  { gateway }: Pick<LocalAws, 'gateway'>,
  table: string,
  partitionKey: string,
  sortKey?: string,
): Promise<void> {
  await gateway.invoke('tool', 'dynamodb', 'CreateTable', {
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
  const status = async () =>
    (
      await gateway.invoke<{ Table: { TableStatus: string } }>('tool', 'dynamodb', 'DescribeTable', {
        TableName: table,
      })
    ).Table.TableStatus;
  while ((await status()) !== 'ACTIVE') await setTimeout(1);
}
