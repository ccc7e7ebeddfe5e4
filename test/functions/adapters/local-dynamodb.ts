import { vi } from 'vitest';
import { createDynamoDb, type DynamoDb } from '../../../functions/adapters/dynamodb.ts';
import type { LocalAws } from '../../infra/local/services/local-aws.ts';

/** What a function calls a running DynamoDB by, over HTTP. */
export function dynamoDbOf({ gateway }: Pick<LocalAws, 'gateway'>): DynamoDb {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ENDPOINT_URL', gateway.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'HWTOOL');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a secret');
  return createDynamoDb();
}
