import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test, vi } from 'vitest';
import { billing } from '../../../../infra/local/gateway/billing.ts';
import { createDynamoDbService } from '../../../../infra/local/services/dynamodb.ts';
import { createKinesisService } from '../../../../infra/local/services/kinesis.ts';
import { createS3Service } from '../../../../infra/local/services/s3.ts';
import { createSqsService } from '../../../../infra/local/services/sqs.ts';
import { startLocalAws } from '../services/local-aws.ts';

async function aws() {
  const { station, book } = billing();
  const makers = [createDynamoDbService, createKinesisService, createS3Service, createSqsService];
  const local = await startLocalAws(makers, { stations: [station] });
  const call = (service: string, operation: string, input: object) =>
    local.gateway.invoke<Record<string, never>>('Fn', service, operation, input);
  const active = (service: string, operation: string, input: object) =>
    vi.waitFor(async () => {
      expect(JSON.stringify(await local.gateway.invoke('tool', service, operation, input))).toContain('ACTIVE');
    }, 60_000);
  return {
    ...local,
    call,
    active,
    [Symbol.asyncDispose]: () => local[Symbol.asyncDispose](),
    table: async () => {
      await local.gateway.invoke('tool', 'dynamodb', 'CreateTable', {
        TableName: 'Table',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      });
      await active('dynamodb', 'DescribeTable', { TableName: 'Table' });
    },
    /** `operation unit` with its quantity. */
    units: () =>
      Object.fromEntries(
        book
          .lines()
          .filter(({ caller }) => caller === 'Fn')
          .map(({ operation, unit, quantity }) => [`${operation} ${unit}`, quantity]),
      ),
    resources: () => new Set(book.lines().map(({ resource }) => resource)),
  };
}

/** An item of exactly so many bytes. */
const item = (id: string, bytes: number) => ({ id: { S: id }, a: { S: 'x'.repeat(bytes - 2 - id.length - 1) } });

test('writes are counted by the larger item, refused conditions too', async () => {
  await using local = await aws();
  await local.table();
  await local.call('dynamodb', 'PutItem', { TableName: 'Table', Item: item('a', 2500) });
  await local.call('dynamodb', 'PutItem', { TableName: 'Table', Item: item('a', 100) });
  await local
    .call('dynamodb', 'PutItem', {
      TableName: 'Table',
      Item: item('a', 1500),
      ConditionExpression: 'attribute_not_exists(id)',
    })
    .catch(() => {});
  // 3, then 3 for what was there, then 2 for what was refused.
  expect(local.units()).toEqual({ 'PutItem dynamodbWriteUnits': 8 });
  expect(local.resources()).toContain('Table');
});

test('an update and a deletion are counted by the item that the table holds', async () => {
  await using local = await aws();
  await local.table();
  await local.call('dynamodb', 'PutItem', { TableName: 'Table', Item: item('a', 900) });
  const update = { UpdateExpression: 'SET b = :b', ExpressionAttributeValues: { ':b': { S: 'y'.repeat(2000) } } };
  await local.call('dynamodb', 'UpdateItem', { TableName: 'Table', Key: { id: { S: 'a' } }, ...update });
  await local.call('dynamodb', 'DeleteItem', { TableName: 'Table', Key: { id: { S: 'a' } } });
  expect(local.units()).toEqual({
    'PutItem dynamodbWriteUnits': 1,
    'UpdateItem dynamodbWriteUnits': 3,
    'DeleteItem dynamodbWriteUnits': 3,
  });
});

test('a batch is as many writes and reads as it has items', async () => {
  await using local = await aws();
  await local.table();
  const puts = [item('a', 100), item('b', 1500), item('c', 5000)].map((Item) => ({ PutRequest: { Item } }));
  await local.call('dynamodb', 'BatchWriteItem', { RequestItems: { Table: puts } });
  const Keys = ['a', 'c', 'missing'].map((id) => ({ id: { S: id } }));
  await local.call('dynamodb', 'BatchGetItem', { RequestItems: { Table: { Keys } } });
  expect(local.units()).toEqual({
    'BatchWriteItem dynamodbWriteUnits': 1 + 2 + 5,
    'BatchGetItem dynamodbReadUnits': 0.5 + 1 + 0.5,
  });
});

test('a page is counted by what it read, not by what it shows', async () => {
  await using local = await aws();
  await local.table();
  for (const id of ['a', 'b', 'c'])
    await local.call('dynamodb', 'PutItem', { TableName: 'Table', Item: item(id, 4000) });
  const scan = { TableName: 'Table', ConsistentRead: true };
  await local.call('dynamodb', 'Scan', scan);
  const whole = local.units()['Scan dynamodbReadUnits'] ?? 0;
  await local.call('dynamodb', 'Scan', { ...scan, ProjectionExpression: 'id' });
  expect(whole).toBe(3);
  expect(local.units()['Scan dynamodbReadUnits']).toBe(2 * whole);
});

test('a call that is refused for its form costs nothing', async () => {
  await using local = await aws();
  await local.call('dynamodb', 'PutItem', { TableName: 'nowhere', Item: item('a', 100) }).catch(() => {});
  expect(local.units()).toEqual({});
});

test('records are counted in PUT units and in volume, on their way in and out', async () => {
  await using local = await aws();
  await local.gateway.invoke('tool', 'kinesis', 'CreateStream', { StreamName: 'S', ShardCount: 1 });
  await local.active('kinesis', 'DescribeStreamSummary', { StreamName: 'S' });
  const data = (bytes: number) => Buffer.alloc(bytes, 'x').toString('base64');
  const Records = [1000, 1500, 30_000].map((bytes) => ({ PartitionKey: 'key', Data: data(bytes) }));
  await local.call('kinesis', 'PutRecords', { StreamName: 'S', Records });
  const shard = { StreamName: 'S', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' };
  const { ShardIterator } = await local.call('kinesis', 'GetShardIterator', shard);
  await local.call('kinesis', 'GetRecords', { ShardIterator });
  const volume = (1 + 2 + 30) * 1024;
  expect(local.units()).toEqual({
    'PutRecords kinesisPutUnits': 1 + 1 + 2,
    'PutRecords kinesisBytesIn': volume,
    'GetRecords kinesisBytesOut': volume,
  });
});

test('requests to buckets and queues are counted, those that find nothing too', async () => {
  await using local = await aws();
  const s3 = new S3Client({ ...local.clientConfig('HWFn'), forcePathStyle: true });
  const tool = new S3Client({ ...local.clientConfig(), forcePathStyle: true });
  await tool.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'a', Body: Buffer.from('x') }));
  await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'a' })).then(({ Body }) => Body?.transformToString());
  await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'b' })).catch(() => {});
  await local.gateway.invoke('tool', 'sqs', 'CreateQueue', { QueueName: 'q' });
  const QueueUrl = 'http://localhost/000000000000/q';
  await local.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'x'.repeat(100_000) });
  expect(local.units()).toEqual({
    'PutObject s3WriteRequests': 1,
    'GetObject s3ReadRequests': 2,
    'SendMessage sqsRequests': 2,
  });
});

describe('a transaction', () => {
  const put = (id: string, bytes: number, more: object = {}) => ({
    Put: { TableName: 'Table', Item: item(id, bytes), ...more },
  });
  const Key = { id: { S: 'a' } };
  const check = (ConditionExpression: string) => ({ ConditionCheck: { TableName: 'Table', Key, ConditionExpression } });
  const transact = (local: Awaited<ReturnType<typeof aws>>, TransactItems: object[], more: object = {}) =>
    local.call('dynamodb', 'TransactWriteItems', { TransactItems, ...more });

  test('counts twice the write units of each item, a check and a delete as well', async () => {
    await using local = await aws();
    await local.table();
    // 2 × (3 + 1 + 1)
    await transact(local, [put('b', 2_500), put('c', 100), check('attribute_not_exists(id)')]);
    expect(local.units()).toEqual({ 'TransactWriteItems dynamodbWriteUnits': 10 });
    const grow = { UpdateExpression: 'SET b = :b', ExpressionAttributeValues: { ':b': { S: 'x'.repeat(1_100) } } };
    // 2 × (3 + 2)
    await transact(local, [
      { Delete: { TableName: 'Table', Key: { id: { S: 'b' } } } },
      { Update: { TableName: 'Table', Key: { id: { S: 'c' } }, ...grow } },
    ]);
    expect(local.units()).toEqual({ 'TransactWriteItems dynamodbWriteUnits': 20 });
  });

  test('counts the same when it is cancelled, and nothing when it is refused', async () => {
    await using local = await aws();
    await local.table();
    await transact(local, [put('b', 1_500), check('attribute_exists(id)')]).catch(() => {});
    expect(local.units()).toEqual({ 'TransactWriteItems dynamodbWriteUnits': 6 });
    await transact(local, [put('b', 100), put('b', 100)]).catch(() => {});
    await transact(local, [{ Put: { TableName: 'Table', Item: { id: { N: '7' } } } }]).catch(() => {});
    expect(local.units()).toEqual({ 'TransactWriteItems dynamodbWriteUnits': 6 });
  });

  test('counts as a read when it was done before', async () => {
    await using local = await aws();
    await local.table();
    for (let time = 0; time < 2; time += 1) {
      await transact(local, [put('b', 5_000)], { ClientRequestToken: 'a token' });
    }
    expect(local.units()).toEqual({
      'TransactWriteItems dynamodbWriteUnits': 10,
      'TransactWriteItems dynamodbReadUnits': 4,
    });
  });

  test('that reads counts twice the read units of each item', async () => {
    await using local = await aws();
    await local.table();
    await local.call('dynamodb', 'PutItem', { TableName: 'Table', Item: item('b', 5_000) });
    const TransactItems = ['b', 'none'].map((id) => ({ Get: { TableName: 'Table', Key: { id: { S: id } } } }));
    await local.call('dynamodb', 'TransactGetItems', { TransactItems });
    expect(local.units()).toMatchObject({ 'TransactGetItems dynamodbReadUnits': 6 });
  });
});
