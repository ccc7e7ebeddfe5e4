import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { vi } from 'vitest';
import { createDynamoDbService } from '../../../../../infra/local/services/dynamodb.ts';
import { startLocalAws } from '../local-aws.ts';

export const TableName = 'people';

/** A running DynamoDB on a data folder, which stays when it ends. */
export async function serveDynamoDb(dataDir: string) {
  const aws = await startLocalAws([createDynamoDbService], { dataDir });
  const dynamodb = new DynamoDB(aws.clientConfig());
  return {
    dynamodb,
    gateway: aws.gateway,
    close: async () => {
      dynamodb.destroy();
      await aws[Symbol.asyncDispose]();
    },
  };
}

/** A table of people by id, with indexes by town: one of all that they are, and one of their keys. */
export async function createPeopleTable(dynamodb: DynamoDB): Promise<void> {
  const byTown = (IndexName: string, ProjectionType: 'ALL' | 'KEYS_ONLY') => ({
    IndexName,
    KeySchema: [{ AttributeName: 'town', KeyType: 'HASH' as const }],
    Projection: { ProjectionType },
  });
  await dynamodb.createTable({
    TableName,
    AttributeDefinitions: ['id', 'town'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [byTown('towns', 'ALL'), byTown('ids', 'KEYS_ONLY')],
    BillingMode: 'PAY_PER_REQUEST',
  });
  await vi.waitUntil(async () => (await dynamodb.describeTable({ TableName })).Table?.TableStatus === 'ACTIVE', 60_000);
}
