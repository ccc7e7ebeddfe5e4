import { describe, expect, test } from 'vitest';
import type { AwsCall } from '../../../../infra/local/gateway/types.ts';
import type { Need } from '../../../../infra/local/iam/need.ts';
import { needsOfAllServices } from '../../../../infra/local/iam/needs/all-services.ts';
import { textField } from '../../../../infra/local/iam/needs/body.ts';
import { needsToRead, needsToStart } from '../../../../infra/local/iam/needs/query.ts';
import { createKinesisService } from '../../../../infra/local/services/kinesis.ts';
import { loadEmulator } from '../../../../infra/local/services/level-emulator.ts';
import { s3OperationOf } from '../../../../infra/local/services/s3/operation.ts';
import { inputs } from '../../../../infra/local/services/sqs/input.ts';
import { startLocalAws } from '../services/local-aws.ts';

const services = needsOfAllServices();

const aCall = (service: string, operation: string, changes: Partial<AwsCall> = {}): AwsCall => ({
  service,
  operation,
  caller: 'Reader',
  method: 'POST',
  url: '/',
  headers: {},
  body: Buffer.alloc(0),
  ...changes,
});
const needsOf = (call: AwsCall) => services.get(call.service)?.operations[call.operation]?.(call) ?? [];
const asText = (needs: readonly Need[]) => needs.map(({ action, resource }) => `${action} ${resource}`);

describe('every operation that a local service has is known', () => {
  test.each([
    ['dynamodb', [...loadEmulator('dynalite').operations.keys()]],
    ['kinesis', [...loadEmulator('kinesalite').operations.keys()]],
    ['sqs', Object.keys(inputs)],
  ])('%s', (service, operations) => {
    const known = Object.keys(services.get(service)?.operations ?? {});
    expect(operations.filter((name) => !known.includes(name))).toEqual([]);
  });
});

const ours = (service: string, path: string) => `arn:aws:${service}:us-east-1:000000000000:${path}`;

test.each<[string, string, object, string[]]>([
  ['dynamodb', 'GetItem', { TableName: 't' }, [`dynamodb:GetItem ${ours('dynamodb', 'table/t')}`]],
  [
    'dynamodb',
    'PutItem',
    { Item: { TableName: { S: 'x' } }, TableName: 't' },
    [`dynamodb:PutItem ${ours('dynamodb', 'table/t')}`],
  ],
  ['dynamodb', 'Query', { TableName: 't' }, [`dynamodb:Query ${ours('dynamodb', 'table/t')}`]],
  ['dynamodb', 'Query', { TableName: 't', IndexName: 'i' }, [`dynamodb:Query ${ours('dynamodb', 'table/t/index/i')}`]],
  [
    'dynamodb',
    'GetItem',
    { TableName: ours('dynamodb', 'table/t') },
    [`dynamodb:GetItem ${ours('dynamodb', 'table/t')}`],
  ],
  [
    'dynamodb',
    'BatchWriteItem',
    { RequestItems: { a: [], b: [] } },
    ['a', 'b'].map((name) => `dynamodb:BatchWriteItem ${ours('dynamodb', `table/${name}`)}`),
  ],
  [
    'dynamodb',
    'TransactWriteItems',
    {
      TransactItems: [
        { Put: { TableName: 'a' } },
        { ConditionCheck: { TableName: 'b' } },
        { Delete: { TableName: 'a' } },
        { Update: { TableName: 'b' } },
      ],
    },
    [
      `dynamodb:PutItem ${ours('dynamodb', 'table/a')}`,
      `dynamodb:ConditionCheckItem ${ours('dynamodb', 'table/b')}`,
      `dynamodb:DeleteItem ${ours('dynamodb', 'table/a')}`,
      `dynamodb:UpdateItem ${ours('dynamodb', 'table/b')}`,
    ],
  ],
  [
    'dynamodb',
    'TransactGetItems',
    { TransactItems: [{ Get: { TableName: 'a' } }, null, { Get: null }, { Get: {} }] },
    [`dynamodb:GetItem ${ours('dynamodb', 'table/a')}`],
  ],
  ['dynamodb', 'TransactWriteItems', { TransactItems: 'none' }, []],
  ['dynamodb', 'ListTables', {}, ['dynamodb:ListTables *']],
  ['kinesis', 'PutRecords', { Records: [], StreamName: 's' }, [`kinesis:PutRecords ${ours('kinesis', 'stream/s')}`]],
  [
    'kinesis',
    'PutRecord',
    { StreamARN: ours('kinesis', 'stream/s') },
    [`kinesis:PutRecord ${ours('kinesis', 'stream/s')}`],
  ],
  ['kinesis', 'GetRecords', { ShardIterator: 'damaged' }, []],
  [
    'sqs',
    'SendMessageBatch',
    { QueueUrl: 'http://127.0.0.1:1/000000000000/q.fifo' },
    [`sqs:SendMessage ${ours('sqs', 'q.fifo')}`],
  ],
  ['sqs', 'GetQueueUrl', { QueueName: 'q' }, [`sqs:GetQueueUrl ${ours('sqs', 'q')}`]],
  [
    'athena',
    'StartQueryExecution',
    { WorkGroup: 'w' },
    [`athena:StartQueryExecution ${ours('athena', 'workgroup/w')}`],
  ],
  ['athena', 'StartQueryExecution', {}, [`athena:StartQueryExecution ${ours('athena', 'workgroup/primary')}`]],
  ['athena', 'GetQueryResults', { QueryExecutionId: 'unknown' }, []],
])('%s %s %j', (service, operation, input, expected) => {
  expect(asText(needsOf(aCall(service, operation, { body: Buffer.from(JSON.stringify(input)) })))).toEqual(expected);
});

test.each<[string, string, Record<string, string>, string[]]>([
  ['GET', '/b/a%20b/c', {}, ['s3:GetObject arn:aws:s3:::b/a b/c']],
  ['HEAD', '/b/k', {}, ['s3:GetObject arn:aws:s3:::b/k']],
  ['HEAD', '/b', {}, ['s3:ListBucket arn:aws:s3:::b']],
  ['PUT', '/b/k', {}, ['s3:PutObject arn:aws:s3:::b/k']],
  [
    'PUT',
    '/b/k',
    { 'x-amz-tagging': 'a=b' },
    ['s3:PutObject arn:aws:s3:::b/k', 's3:PutObjectTagging arn:aws:s3:::b/k'],
  ],
  ['PUT', '/b/k', { 'x-amz-copy-source': '/c/l' }, ['s3:GetObject arn:aws:s3:::c/l', 's3:PutObject arn:aws:s3:::b/k']],
  ['DELETE', '/b/k', {}, ['s3:DeleteObject arn:aws:s3:::b/k']],
  ['DELETE', '/b/k?versionId=1', {}, ['s3:DeleteObjectVersion arn:aws:s3:::b/k']],
  ['GET', '/b?list-type=2&prefix=p', {}, ['s3:ListBucket arn:aws:s3:::b']],
  ['GET', '/b?location', {}, ['s3:GetBucketLocation arn:aws:s3:::b']],
  ['GET', '/', {}, ['s3:ListAllMyBuckets *']],
])('s3 %s %s', (method, url, headers, expected) => {
  const request = { method, url, headers };
  expect(asText(needsOf(aCall('s3', s3OperationOf(request), request)))).toEqual(expected);
});

test('each object of a deletion is asked for, an old version as such', () => {
  const body = Buffer.from(
    '<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>c</Key><VersionId>1</VersionId></Object></Delete>',
  );
  expect(asText(needsOf(aCall('s3', 'DeleteObjects', { url: '/b?delete', body })))).toEqual([
    's3:DeleteObject arn:aws:s3:::b/a&b',
    's3:DeleteObjectVersion arn:aws:s3:::b/c',
  ]);
});

test('a listing tells its prefix to conditions', () => {
  const [need] = needsOf(aCall('s3', 'ListObjectsV2', { url: '/b?list-type=2&prefix=a%2Fb&max-keys=5' }));
  expect(need?.context).toEqual({ 's3:prefix': 'a/b', 's3:max-keys': '5' });
});

test.each([
  ['/2015-03-31/functions/f/invocations', 'function:f'],
  ['/2015-03-31/functions/f/invocations?Qualifier=live', 'function:f:live'],
  [`/2015-03-31/functions/${encodeURIComponent(ours('lambda', 'function:f'))}/invocations`, 'function:f'],
  ['/2015-03-31/functions/000000000000:function:f/invocations', 'function:f'],
])('lambda %s', (url, path) => {
  expect(asText(needsOf(aCall('lambda', 'Invoke', { url })))).toEqual([
    `lambda:InvokeFunction ${ours('lambda', path)}`,
  ]);
});

test('a mapping is asked for by its id', () => {
  const call = aCall('lambda', 'UpdateEventSourceMapping', { url: '/2015-03-31/event-source-mappings/1-2' });
  expect(asText(needsOf(call))).toEqual([
    `lambda:UpdateEventSourceMapping ${ours('lambda', 'event-source-mapping:1-2')}`,
  ]);
});

test('a read of a shard is asked for by the stream that its iterator names', async () => {
  await using aws = await startLocalAws([createKinesisService]);
  const call = <Output>(operation: string, input: object) =>
    aws.gateway.invoke<Output>('tool', 'kinesis', operation, { StreamName: 'events', ...input });
  await call('CreateStream', { ShardCount: 1 });
  const open = { ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' };
  const opened = () => call<{ ShardIterator: string }>('GetShardIterator', open).catch(() => undefined);
  let iterator = await opened();
  while (!iterator) iterator = await opened();

  const body = Buffer.from(JSON.stringify(iterator));

  expect(asText(needsOf(aCall('kinesis', 'GetRecords', { body })))).toEqual([
    `kinesis:GetRecords ${ours('kinesis', 'stream/events')}`,
  ]);
});

test('a query is followed by its id in the workgroup in which it was started', () => {
  const athena = needsOfAllServices().get('athena');
  const start = aCall('athena', 'StartQueryExecution', { body: Buffer.from('{"WorkGroup":"w"}') });
  athena?.after?.(start, { status: 200, headers: {}, body: Buffer.from('{"QueryExecutionId":"q-1"}') });

  const follow = aCall('athena', 'GetQueryExecution', { body: Buffer.from('{"QueryExecutionId":"q-1"}') });

  expect(asText(athena?.operations.GetQueryExecution?.(follow) ?? [])).toEqual([
    `athena:GetQueryExecution ${ours('athena', 'workgroup/w')}`,
  ]);
});

describe('what Athena does in the name of who asks', () => {
  const table = { name: 'events_landed', kind: 'table' as const, columns: [], location: 's3://lake/events_landed/' };
  const partitionKeys = [{ name: 'day', type: 'string' }];
  const projected = { ...table, partitionKeys, projection: { 'projection.enabled': 'true' } };
  const listed = { ...table, partitionKeys, projection: {} };
  const view = { name: 'events', kind: 'view' as const, columns: [], partitionKeys: [] };
  const entry = (name: string) =>
    ['catalog', 'database/d', `table/d/${name}`].map((path) => `glue:GetTable ${ours('glue', path)}`);
  const files = [
    's3:GetBucketLocation arn:aws:s3:::lake',
    's3:ListBucket arn:aws:s3:::lake',
    's3:GetObject arn:aws:s3:::lake/events_landed/*',
  ];
  const reads = (tables: readonly object[], ...relations: string[]) =>
    asText(needsToRead({ catalog: { database: 'd', tables: tables as never }, relations }));

  test('it reads the entry of a table, and its files', () => {
    expect(reads([projected], 'events_landed')).toEqual([...entry('events_landed'), ...files]);
  });

  test('it asks for partitions that are not projected', () => {
    expect(reads([listed], 'events_landed').filter((need) => need.startsWith('glue:GetPartitions'))).toHaveLength(3);
  });

  test('a view has no files of its own', () => {
    expect(reads([view, projected], 'events')).toEqual(entry('events'));
  });

  test('it looks for the database and for the default one, and writes the result', () => {
    expect(asText(needsToStart('SELECT 1', 'd', 's3://results/a/1.csv'))).toEqual([
      ...['catalog', 'database/default', 'database/d'].map((path) => `glue:GetDatabase ${ours('glue', path)}`),
      's3:GetBucketLocation arn:aws:s3:::results',
      's3:PutObject arn:aws:s3:::results/a/1.csv',
    ]);
  });

  test('it writes to where rows are unloaded', () => {
    const sql = "UNLOAD (SELECT '(' AS a FROM t) TO 's3://lake/training/run=1' WITH (format = 'PARQUET')";
    expect(asText(needsToStart(sql, 'd', 's3://results/1.csv')).slice(-3)).toEqual([
      's3:GetBucketLocation arn:aws:s3:::lake',
      's3:ListBucket arn:aws:s3:::lake',
      's3:PutObject arn:aws:s3:::lake/training/run=1/*',
    ]);
  });
});

describe('a field is found without parsing', () => {
  test.each<[string, string, string | undefined]>([
    ['at the beginning', '{"TableName":"t"}', 't'],
    ['between spaces', '{ "Item": {},\n "TableName" :\t"t" }', 't'],
    ['behind an attribute of that name', '{"Item":{"TableName":{"S":"x"}},"TableName":"t"}', 't'],
    ['not inside of a text', '{"Note":"{\\"TableName\\":\\"x\\"}","TableName":"t"}', 't'],
    ['not as a value', '{"Note":"TableName","TableName":"t"}', 't'],
    ['not where there is none', '{"Table":"t"}', undefined],
  ])('%s', (_name, body, expected) => {
    expect(textField(Buffer.from(body), 'TableName')).toBe(expected);
  });
});
