import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
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
  await vi.waitFor(
    async () => expect((await dynamodb.describeTable({ TableName })).Table?.TableStatus).toBe('ACTIVE'),
    60_000,
  );
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

  expect(output.TableNames).toContain(TableName);
  await expect(
    aws.gateway.invoke('tool', 'dynamodb', 'GetItem', { TableName: 'none', Key: { id: { S: 'a' } } }),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException', status: 400 });
});

test('refuses an operation that there is not, and a body that is not JSON', async () => {
  await expect(dynamodb.listBackups({})).rejects.toMatchObject({
    name: 'UnknownOperationException',
  });
  const authorization = 'AWS4-HMAC-SHA256 Credential=HWTOOL/20260102/us-east-1/dynamodb/aws4_request';
  const headers = { authorization, 'x-amz-target': 'DynamoDB_20120810.ListTables' };
  const answer = await fetch(aws.gateway.url, { method: 'POST', headers, body: '{' });
  expect(await answer.json()).toMatchObject({ __type: 'SerializationException' });
});

describe('a table with a partition and a sort key', () => {
  const Table = 'members';
  beforeAll(async () => {
    await dynamodb.createTable({
      TableName: Table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    });
    await vi.waitFor(
      async () => expect((await dynamodb.describeTable({ TableName: Table })).Table?.TableStatus).toBe('ACTIVE'),
      60_000,
    );
  });

  const keyOf = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } });

  async function fill(pk: string, ...sks: string[]): Promise<void> {
    const puts = sks.map((sk, index) => ({ PutRequest: { Item: { ...keyOf(pk, sk), n: { N: String(index) } } } }));
    await dynamodb.batchWriteItem({ RequestItems: { [Table]: puts } });
  }

  async function query(pk: string, condition = '', values: Record<string, string> = {}, options: object = {}) {
    const { Items = [], LastEvaluatedKey } = await dynamodb.query({
      TableName: Table,
      KeyConditionExpression: `pk = :pk${condition && ` AND ${condition}`}`,
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries({ pk, ...values }).map(([name, S]) => [`:${name}`, { S }]),
      ),
      ...options,
    });
    return { sks: Items.map(({ sk }) => sk?.S), LastEvaluatedKey };
  }

  test('queries one partition in order, by every condition on the sort key', async () => {
    await fill('p1', 'user:b', 'user:a', 'anonymous:x', 'email:a@x.org', 'user:ab');
    await fill('p1#', 'user:other');

    expect((await query('p1')).sks).toEqual(['anonymous:x', 'email:a@x.org', 'user:a', 'user:ab', 'user:b']);
    expect((await query('p1', 'begins_with(sk, :p)', { p: 'user:a' })).sks).toEqual(['user:a', 'user:ab']);
    expect((await query('p1', 'sk BETWEEN :a AND :b', { a: 'email:', b: 'user:a' })).sks).toEqual([
      'email:a@x.org',
      'user:a',
    ]);
    expect((await query('p1', 'sk < :a', { a: 'user:a' })).sks).toEqual(['anonymous:x', 'email:a@x.org']);
    expect((await query('p1', 'sk > :a', { a: 'user:ab' })).sks).toEqual(['user:b']);
    expect((await query('p1', '', {}, { ScanIndexForward: false, Limit: 2 })).sks).toEqual(['user:b', 'user:ab']);
    expect((await query('none')).sks).toEqual([]);
  });

  test('pages through a partition, with what a filter leaves', async () => {
    const sks = Array.from({ length: 20 }, (_, index) => `k${String(index).padStart(2, '0')}`);
    await fill('p2', ...sks);
    const seen: (string | undefined)[] = [];
    let ExclusiveStartKey: object | undefined;
    do {
      const page = await dynamodb.query({
        TableName: Table,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'n >= :five AND attribute_not_exists(#out)',
        ProjectionExpression: 'sk',
        ExpressionAttributeNames: { '#out': 'out' },
        ExpressionAttributeValues: { ':pk': { S: 'p2' }, ':five': { N: '5' } },
        Limit: 7,
        ConsistentRead: true,
        ...(ExclusiveStartKey && { ExclusiveStartKey: ExclusiveStartKey as never }),
      });
      expect(page.ScannedCount).toBeLessThanOrEqual(7);
      for (const item of page.Items ?? []) expect(Object.keys(item)).toEqual(['sk']);
      seen.push(...(page.Items ?? []).map(({ sk }) => sk?.S));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);

    expect(seen).toEqual(sks.slice(5));
  });

  test('writes and deletes many items at once', async () => {
    await fill('p3', 'a', 'b', 'c');

    const { UnprocessedItems } = await dynamodb.batchWriteItem({
      RequestItems: {
        [Table]: [
          { DeleteRequest: { Key: keyOf('p3', 'a') } },
          { DeleteRequest: { Key: keyOf('p3', 'none') } },
          { PutRequest: { Item: keyOf('p3', 'd') } },
        ],
      },
    });

    expect(UnprocessedItems).toEqual({});
    expect((await query('p3')).sks).toEqual(['b', 'c', 'd']);
  });

  test('updates an item under a condition, once however many try', async () => {
    const update = () =>
      dynamodb.updateItem({
        TableName: Table,
        Key: keyOf('p4', 'a'),
        UpdateExpression: 'SET #count = if_not_exists(#count, :zero) + :one, sequenceNumber = :next REMOVE note',
        ConditionExpression: 'attribute_not_exists(sequenceNumber) OR sequenceNumber < :next',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: { ':zero': { N: '0' }, ':one': { N: '1' }, ':next': { S: '49' } },
        ReturnValues: 'ALL_NEW',
      });

    const results = await Promise.allSettled([update(), update(), update()]);

    const done = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.Attributes] : []));
    expect(done).toEqual([{ ...keyOf('p4', 'a'), count: { N: '1' }, sequenceNumber: { S: '49' } }]);
  });

  test('deletes an item under a condition', async () => {
    await fill('p5', 'a');
    const deleteIf = (n: string) =>
      dynamodb.deleteItem({
        TableName: Table,
        Key: keyOf('p5', 'a'),
        ConditionExpression: 'n = :n',
        ExpressionAttributeValues: { ':n': { N: n } },
      });

    await expect(deleteIf('7')).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect((await query('p5')).sks).toEqual(['a']);
    await deleteIf('0');
    expect((await query('p5')).sks).toEqual([]);
  });

  test('keeps large binary values and reads them back at once', async () => {
    const body = new Uint8Array(350_000).map((_, index) => (index * 31) % 256);
    await dynamodb.putItem({ TableName: Table, Item: { ...keyOf('p6', 'r0000000001'), body: { B: body } } });

    const one = await dynamodb.getItem({ TableName: Table, Key: keyOf('p6', 'r0000000001'), ConsistentRead: true });
    const many = await dynamodb.batchGetItem({
      RequestItems: { [Table]: { Keys: [keyOf('p6', 'r0000000001'), keyOf('p6', 'none')], ConsistentRead: true } },
    });

    expect(one.Item?.body?.B).toEqual(body);
    expect(many.Responses?.[Table]?.map(({ body: kept }) => kept?.B?.length)).toEqual([350_000]);
  });

  test('refuses an item over 400 KB', async () => {
    const item = { ...keyOf('p7', 'a'), body: { B: new Uint8Array(410_000) } };
    await expect(dynamodb.putItem({ TableName: Table, Item: item })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});
