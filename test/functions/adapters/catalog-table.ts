import { expect, vi } from 'vitest';
import type { LocalAws } from '../../infra/local/services/local-aws.ts';

/** Makes a table of the catalog with the key that the stack gives it. */
export async function createCatalogTable({ gateway }: Pick<LocalAws, 'gateway'>, table: string): Promise<void> {
  await gateway.invoke('tool', 'dynamodb', 'CreateTable', {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'itemId', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'itemId', KeyType: 'HASH' }],
  });
  await vi.waitFor(async () => {
    const described = await gateway.invoke('tool', 'dynamodb', 'DescribeTable', { TableName: table });
    expect(described).toMatchObject({ Table: { TableStatus: 'ACTIVE' } });
  }, 60_000);
}
