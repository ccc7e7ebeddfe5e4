import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDynamoDbService } from '../../../../infra/local/services/dynamodb.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';

const TableName = 'profiles';
let aws: LocalAws;
let dynamodb: DynamoDB;

beforeAll(async () => {
  aws = await startLocalAws([createDynamoDbService]);
  dynamodb = new DynamoDB(aws.clientConfig());
  await dynamodb.createTable({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  });
  await vi.waitFor(async () => expect((await dynamodb.describeTable({ TableName })).Table?.TableStatus).toBe('ACTIVE'));
});
afterAll(async () => {
  dynamodb.destroy();
  await aws[Symbol.asyncDispose]();
});

test('writes an item once under a condition', async () => {
  const Item = { id: { S: 'user:1' }, version: { N: '1' } };
  const put = () => dynamodb.putItem({ TableName, Item, ConditionExpression: 'attribute_not_exists(id)' });

  const results = await Promise.allSettled([put(), put(), put()]);

  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({
    name: 'ConditionalCheckFailedException',
  });
});

test('reads many items at once', async () => {
  const ids = Array.from({ length: 30 }, (_, index) => `many:${index}`);
  for (const id of ids) await dynamodb.putItem({ TableName, Item: { id: { S: id } } });

  const answer = await dynamodb.batchGetItem({
    RequestItems: { [TableName]: { Keys: [...ids, 'many:none'].map((id) => ({ id: { S: id } })) } },
  });

  expect(answer.Responses?.[TableName]?.map((item) => item.id?.S).sort()).toEqual([...ids].sort());
});

test('names its tables by the local account and region', async () => {
  const { Table } = await dynamodb.describeTable({ TableName });

  expect(Table?.TableArn).toBe('arn:aws:dynamodb:us-east-1:000000000000:table/profiles');
});

test('answers the runtime in process', async () => {
  const output = await aws.gateway.invoke<{ TableNames: string[] }>('tool', 'dynamodb', 'ListTables', {});

  expect(output.TableNames).toEqual([TableName]);
  await expect(
    aws.gateway.invoke('tool', 'dynamodb', 'GetItem', { TableName: 'none', Key: { id: { S: 'a' } } }),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException', status: 400 });
});

test('refuses an operation that there is not, and a body that is not JSON', async () => {
  await expect(dynamodb.transactWriteItems({ TransactItems: [] })).rejects.toMatchObject({
    name: 'UnknownOperationException',
  });
  const authorization = 'AWS4-HMAC-SHA256 Credential=HWTOOL/20260102/us-east-1/dynamodb/aws4_request';
  const headers = { authorization, 'x-amz-target': 'DynamoDB_20120810.ListTables' };
  const answer = await fetch(aws.gateway.url, { method: 'POST', headers, body: '{' });
  expect(await answer.json()).toMatchObject({ __type: 'SerializationException' });
});
