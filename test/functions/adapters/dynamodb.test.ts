import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDynamoDb, isConditionFailed } from '../../../functions/adapters/dynamodb.ts';
import { createDynamoDbService } from '../../../infra/local/services/dynamodb.ts';
import { startLocalAws } from '../../infra/local/services/local-aws.ts';
import { type Answer, aBucket, type Bucket } from './a-bucket.ts';
import { dynamoDbOf } from './local-dynamodb.ts';
import { createSegmentsTable } from './segments-table.ts';

const answered =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers }).end(body);
const failed = (status: number, code: string): Answer =>
  answered(status, JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: 'said by a test' }));
const cancelled = (...codes: string[]): Answer => {
  const said = {
    CancellationReasons: codes.map((Code) => ({ Code })),
    Message: `said by a test [${codes.join(', ')}]`,
  };
  return answered(
    400,
    JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException', ...said }),
  );
};
const put = { TableName: 'table', Item: { pk: { S: 'ü' } } } as const;

let server: Bucket;
beforeEach(async () => {
  server = await aBucket();
  server.answer(answered(200, '{}'));
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ENDPOINT_URL', server.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'HWProfileUpdater');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a secret');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server[Symbol.asyncDispose]();
});

test('calls an operation by the JSON protocol', async () => {
  server.answer(answered(200, '{"Item":{"pk":{"S":"ü"}}}'));
  expect(await createDynamoDb()('GetItem', { TableName: 'table', Key: { pk: { S: 'ü' } } })).toEqual({
    Item: put.Item,
  });
  expect(server.requests).toMatchObject([
    {
      method: 'POST',
      path: '/',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.GetItem',
        'content-length': '45',
      },
    },
  ]);
  expect(server.requests[0]?.headers.authorization).toContain('/eu-central-1/dynamodb/aws4_request');
  expect(server.requests[0]?.body.toString()).toBe('{"TableName":"table","Key":{"pk":{"S":"ü"}}}');
});

test.each<[string, Answer]>([
  ['a throttled table', failed(400, 'ProvisionedThroughputExceededException')],
  ['a throttled account', failed(400, 'RequestLimitExceeded')],
  ['a throttled caller', failed(400, 'ThrottlingException')],
  ['an error of the server', failed(500, 'InternalServerError')],
  ['a service that is away', answered(503, '')],
  ['a transaction in the way of another', cancelled('None', 'TransactionConflict')],
  ['a transaction that was throttled', cancelled('ThrottlingError', 'ProvisionedThroughputExceeded', 'None')],
  ['an item that a transaction is at', failed(400, 'TransactionConflictException')],
  ['a transaction that is under way', failed(400, 'TransactionInProgressException')],
  ['an answer of a proxy', answered(502, '<html>')],
  ['half an answer', answered(200, '{"Item":{"pk"')],
  ['a connection that is cut', (response) => response.destroy()],
])('tries again after %s', async (_, answer) => {
  server.answerNext(answer, answer);
  await createDynamoDb()('PutItem', put);
  expect(server.requests.map(({ body }) => body.toString())).toEqual(Array(3).fill(JSON.stringify(put)));
});

test('gives up after five attempts, with the error of the last', async () => {
  server.answer(failed(400, 'ProvisionedThroughputExceededException'));
  const error = await createDynamoDb()('PutItem', put).catch((thrown) => thrown);
  expect(error).toMatchObject({ name: 'ProvisionedThroughputExceededException', status: 400 });
  expect(server.requests).toHaveLength(5);
});

test.each<[string, Answer, object]>([
  ['in the body', failed(400, 'ValidationException'), { name: 'ValidationException', message: /said by a test/ }],
  ['without its namespace', answered(400, '{"__type":"AccessDeniedException"}'), { name: 'AccessDeniedException' }],
  ['in the body as code', answered(400, '{"code":"NoSuch","Message":"who?"}'), { name: 'NoSuch', message: /who\?/ }],
  [
    'in the header, with its address',
    answered(400, '{}', { 'x-amzn-errortype': 'aws.x#ResourceNotFoundException:http://internal.example/' }),
    { name: 'ResourceNotFoundException' },
  ],
  ['nowhere', answered(413, 'too large'), { name: 'Http413', status: 413 }],
])('takes an error that is named %s as final', async (_, answer, expected) => {
  server.answer(answer);
  const error = await createDynamoDb()('PutItem', put).catch((thrown) => thrown);
  for (const [name, value] of Object.entries(expected)) {
    if (value instanceof RegExp) expect(error[name]).toMatch(value);
    else expect(error[name]).toBe(value);
  }
  expect(server.requests).toHaveLength(1);
  expect(isConditionFailed(error)).toBe(false);
});

test('tells a condition that does not hold', async () => {
  await using aws = await startLocalAws([createDynamoDbService]);
  await createSegmentsTable(aws);
  const dynamoDb = dynamoDbOf(aws);
  const item = { TableName: 'segments', Item: { pk: { S: 'a' }, sk: { S: 'b' } } };
  const condition = { ConditionExpression: 'attribute_not_exists(pk)' };
  await dynamoDb('PutItem', { ...item, ...condition });
  const error = await dynamoDb('PutItem', { ...item, ...condition }).catch((thrown) => thrown);
  expect(isConditionFailed(error)).toBe(true);
  const other = { ...item, Item: { ...item.Item, sk: { S: 'c' } } };
  const TransactItems = [
    { Put: other },
    { Put: { ...item, ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const } },
  ];
  const cancelledBy = await dynamoDb('TransactWriteItems', { TransactItems }).catch((thrown) => thrown);
  expect(isConditionFailed(cancelledBy)).toBe(true);
  expect(cancelledBy.reasons).toMatchObject([{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: item.Item }]);
  await dynamoDb('TransactWriteItems', { TransactItems: [{ Put: other }] });
});

test.each([
  [['None', 'ConditionalCheckFailed'], true],
  [['TransactionConflict', 'ConditionalCheckFailed'], true],
  [['ThrottlingError', 'ValidationError'], false],
  [['None'], false],
])('does not try a transaction again that was cancelled for %j', async (codes, isOfCondition) => {
  server.answer(cancelled(...codes));
  const error = await createDynamoDb()('TransactWriteItems', { TransactItems: [{ Put: put }] }).catch(
    (thrown) => thrown,
  );
  expect(server.requests).toHaveLength(1);
  expect(error).toMatchObject({ name: 'TransactionCanceledException', reasons: codes.map((Code) => ({ Code })) });
  expect(isConditionFailed(error)).toBe(isOfCondition);
});

test('the attempts of a transaction have one token, and each call another unless it brings its own', async () => {
  const lost: Answer = (response) => response.destroy();
  server.answerNext(lost, lost);
  const dynamoDb = createDynamoDb();
  const input = { TransactItems: [{ Put: put }] };
  for (const more of [{}, {}, { ClientRequestToken: 'mine' }])
    await dynamoDb('TransactWriteItems', { ...input, ...more });
  const [first, second, third, other, own] = server.requests.map(({ body }) => JSON.parse(body.toString()));
  expect(first).toEqual({ ...input, ClientRequestToken: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect([second, third]).toEqual([first, first]);
  expect(other.ClientRequestToken).not.toBe(first.ClientRequestToken);
  expect(own.ClientRequestToken).toBe('mine');
});
