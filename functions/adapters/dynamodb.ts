import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * A DynamoDB client whose calls end well before a function does: throttles, server errors and time-outs are tried five
 * times, with growing pauses.
 */
export function createDynamoDb(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
}
