import { rm } from 'node:fs/promises';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, vi } from 'vitest';
import { createDynamoDbService } from '../../../../../infra/local/services/dynamodb.ts';
import { makeDataDir, startLocalAws } from '../local-aws.ts';

export const TableName = 'people';

/** Gives each test of a file a DynamoDB of its own that holds the table `people`; `start` serves what a closed one left. */
export function eachWithPeople() {
  let served: Awaited<ReturnType<typeof serveDynamoDb>>;
  let dataDir: string;
  const start = async () => {
    served = await serveDynamoDb(dataDir);
  };
  beforeEach(async () => {
    dataDir = await makeDataDir();
    await start();
    await createPeopleTable(served.dynamodb);
  });
  afterEach(async () => {
    await served.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  return {
    get dynamodb() {
      return served.dynamodb;
    },
    get gateway() {
      return served.gateway;
    },
    get dataDir() {
      return dataDir;
    },
    close: () => served.close(),
    start,
  };
}

/** A running DynamoDB on a data folder, which stays when it ends. */
async function serveDynamoDb(dataDir: string) {
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
async function createPeopleTable(dynamodb: DynamoDB): Promise<void> {
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
