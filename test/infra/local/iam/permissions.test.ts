import { rm } from 'node:fs/promises';
import path from 'node:path';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { TemplateError } from '../../../../infra/local/errors.ts';
import type { LocalService } from '../../../../infra/local/gateway/types.ts';
import type { Denied } from '../../../../infra/local/iam/ledger.ts';
import { createPermissions } from '../../../../infra/local/iam/permissions.ts';
import { AwsError, jsonAnswer } from '../../../../infra/local/services/errors.ts';
import { createS3Service } from '../../../../infra/local/services/s3.ts';
import { makeDataDir, startLocalAws } from '../services/local-aws.ts';
import { aDeployment, allow, aMapping, deny } from './deployments.ts';

/** A service that does whatever it is asked. */
const willing = (name: string) => (): LocalService => ({
  name,
  close: async () => {},
  handle: async () => jsonAnswer({}),
});
const services = [...['dynamodb', 'kinesis', 'sqs', 'athena'].map(willing), createS3Service];

/** Local services behind the permissions of the function `Reader`. */
async function start(statements: readonly object[]) {
  const heard: [Denied, string][] = [];
  const permissions = createPermissions((denied, functionName) => heard.push([{ ...denied }, functionName]));
  permissions.enforce(aDeployment(statements));
  const aws = await startLocalAws(services, { stations: [permissions.station] });
  const s3 = (caller: string) => new S3Client({ ...aws.clientConfig(caller), forcePathStyle: true });
  await fetch(`${aws.gateway.url}/lake`, {
    method: 'PUT',
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=HWTOOL/20260101/us-east-1/s3/aws4_request' },
  });
  return { ...aws, permissions, heard, s3: s3('HWReader'), toolS3: s3('HWTOOL') };
}

const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/profiles';
const item = { TableName: 'profiles', Key: { id: { S: 'a' } } };

test('lets through what the policies allow, and counts what was used', async () => {
  await using aws = await start([allow(['dynamodb:GetItem', 'dynamodb:PutItem'], table)]);

  for (let call = 0; call < 3; call += 1) await aws.gateway.invoke('Reader', 'dynamodb', 'GetItem', item);

  expect(aws.permissions.used()).toEqual({ Reader: { 'dynamodb:GetItem': 3 } });
  expect(aws.permissions.granted()).toEqual({ Reader: ['dynamodb:GetItem', 'dynamodb:PutItem'] });
  expect(aws.permissions.denied()).toEqual([]);
});

test('denies what no statement allows, and names principal, action, resource and what is missing', async () => {
  await using aws = await start([allow('dynamodb:GetItem', table)]);

  const put = aws.gateway.invoke('Reader', 'dynamodb', 'PutItem', { TableName: 'profiles', Item: {} });

  await expect(put).rejects.toMatchObject({
    name: 'AccessDeniedException',
    status: 400,
    message:
      'User: arn:aws:sts::000000000000:assumed-role/stack-ReaderRole/stack-Reader is not authorized to perform: ' +
      `dynamodb:PutItem on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action; ` +
      `the role ReaderRole of stack-Reader lacks {"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"${table}"}`,
  });
});

test('denies the same action on another resource', async () => {
  await using aws = await start([allow('dynamodb:GetItem', table)]);

  const get = aws.gateway.invoke('Reader', 'dynamodb', 'GetItem', { ...item, TableName: 'profiles2' });

  await expect(get).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test('an explicit deny wins, and is named', async () => {
  await using aws = await start([allow('dynamodb:*', '*'), deny('dynamodb:GetItem', table)]);

  const get = aws.gateway.invoke('Reader', 'dynamodb', 'GetItem', item);

  await expect(get).rejects.toMatchObject({
    message: expect.stringContaining(
      'with an explicit deny in an identity-based policy: ReaderPolicy, statement Never',
    ),
  });
});

test('tells of each denied call and counts it', async () => {
  await using aws = await start([]);

  for (let call = 0; call < 2; call += 1) {
    await aws.gateway.invoke('Reader', 'dynamodb', 'GetItem', item).catch(() => {});
  }

  const about = { caller: 'Reader', action: 'dynamodb:GetItem', resource: table };
  expect(aws.heard).toMatchObject([
    [{ ...about, calls: 1 }, 'stack-Reader'],
    [{ ...about, calls: 2 }, 'stack-Reader'],
  ]);
  expect(aws.permissions.denied()).toMatchObject([{ ...about, calls: 2 }]);
});

test('the runtime itself may do everything', async () => {
  await using aws = await start([]);

  await aws.gateway.invoke('tool', 'dynamodb', 'DeleteTable', { TableName: 'profiles' });

  expect(aws.permissions.used()).toEqual({});
});

test('a caller that the template does not deploy may do nothing', async () => {
  await using aws = await start([allow('*', '*')]);

  await expect(aws.gateway.invoke('Stranger', 'dynamodb', 'GetItem', item)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('no function Stranger'),
  });
});

test.each([
  ['an operation', 'dynamodb', 'ExportTableToPointInTime'],
  ['a service', 'sns', 'Publish'],
])('%s of which it is not known what it needs is denied', async (_name, service, operation) => {
  await using aws = await start([allow('*', '*')]);

  await expect(aws.gateway.invoke('Reader', service, operation, item)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('infra/local/iam/needs'),
  });
});

describe('S3', () => {
  const read = allow('s3:GetObject', 'arn:aws:s3:::lake/*');
  const list = allow('s3:ListBucket', 'arn:aws:s3:::lake');

  test('answers in its own words', async () => {
    await using aws = await start([read]);

    const put = aws.s3.send(new PutObjectCommand({ Bucket: 'lake', Key: 'a', Body: 'x' }));

    await expect(put).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(
        's3:PutObject on resource: arn:aws:s3:::lake/a because no identity-based policy',
      ),
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('does not tell that an object is missing to who may not list', async () => {
    await using blind = await start([read]);
    await using seeing = await start([read, list]);
    const missing = new GetObjectCommand({ Bucket: 'lake', Key: 'missing' });

    await expect(blind.s3.send(missing)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(seeing.s3.send(missing)).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(seeing.permissions.used().Reader).toEqual({ 's3:GetObject': 1, 's3:ListBucket': 1 });
  });

  test('asks the condition of a listing anew at each call', async () => {
    const home = { StringLike: { 's3:prefix': 'home/*' } };
    await using aws = await start([allow('s3:ListBucket', 'arn:aws:s3:::lake', home)]);
    const listing = (Prefix: string) => aws.s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix }));

    await expect(listing('home/a')).resolves.toMatchObject({ KeyCount: 0 });
    await expect(listing('other/')).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(listing('home/b')).resolves.toMatchObject({ KeyCount: 0 });
  });

  test('deletes none of several objects when one of them may not be deleted', async () => {
    await using aws = await start([allow('s3:DeleteObject', 'arn:aws:s3:::lake/mine/*')]);
    for (const Key of ['mine/a', 'other/b'])
      await aws.toolS3.send(new PutObjectCommand({ Bucket: 'lake', Key, Body: 'x' }));
    const remove = (...keys: string[]) =>
      aws.s3.send(new DeleteObjectsCommand({ Bucket: 'lake', Delete: { Objects: keys.map((Key) => ({ Key })) } }));

    await expect(remove('mine/a', 'other/b')).rejects.toMatchObject({ name: 'AccessDenied' });
    expect((await aws.toolS3.send(new ListObjectsV2Command({ Bucket: 'lake' }))).KeyCount).toBe(2);
    await remove('mine/a');
    expect((await aws.toolS3.send(new ListObjectsV2Command({ Bucket: 'lake' }))).KeyCount).toBe(1);
  });
});

describe('what Lambda itself needs', () => {
  const stream = 'arn:aws:kinesis:us-east-1:000000000000:stream/events';
  const onStream = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'];
  const reading = (...actions: string[]) =>
    allow(
      actions.map((action) => `kinesis:${action}`),
      stream,
    );
  const setAside = [
    allow('s3:ListBucket', 'arn:aws:s3:::failed'),
    allow('s3:PutObject', 'arn:aws:s3:::failed/aws/lambda/*'),
  ];
  const enforce = (...given: Parameters<typeof aDeployment>) => createPermissions().enforce(aDeployment(...given));

  test.each(onStream)('a mapping is not made when its role lacks kinesis:%s', (lacking) => {
    const statements = [reading(...onStream.filter((action) => action !== lacking))];

    expect(() => enforce(statements, { mappings: [aMapping()] })).toThrow(TemplateError);
    expect(() => enforce(statements, { mappings: [aMapping()] })).toThrow(`kinesis:${lacking} on resource: ${stream}`);
  });

  test.each([
    [[setAside[0]], 's3:PutObject'],
    [[setAside[1]], 's3:ListBucket'],
  ])('a mapping is not made when batches could not be set aside', (statements, lacking) => {
    const mappings = [aMapping({ failureBucket: 'failed' })];

    expect(() => enforce([reading(...onStream), ...(statements as object[])], { mappings })).toThrow(lacking);
    expect(() => enforce([reading(...onStream), ...setAside], { mappings })).not.toThrow();
  });

  test('a function must be able to write its log', () => {
    const logs = allow(
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      'arn:aws:logs:us-east-1:000000000000:log-group:g:*',
    );

    expect(() => enforce([logs], { logGroup: 'g' })).not.toThrow();
    expect(() => enforce([logs], { logGroup: 'h' })).toThrow('Lambda cannot write its log');
  });
});

describe('where policies come from', () => {
  const read = allow('dynamodb:GetItem', table);
  const document = { Version: '2012-10-17', Statement: [read] };
  const managed = 'arn:aws:iam::000000000000:policy/stack-Managed';
  const granted = (options: Parameters<typeof aDeployment>[1]) => {
    const permissions = createPermissions();
    permissions.enforce(aDeployment([], options));
    return permissions.granted().Reader;
  };
  const aManagedPolicy = (properties: object) => ({
    Managed: { type: 'AWS::IAM::ManagedPolicy', ref: managed, properties: { PolicyDocument: document, ...properties } },
  });

  test.each<[string, Parameters<typeof aDeployment>[1]]>([
    ['from inside of the role', { role: { Policies: [{ PolicyName: 'Inline', PolicyDocument: document }] } }],
    [
      'from a managed policy that the role names',
      { role: { ManagedPolicyArns: [managed] }, resources: aManagedPolicy({}) },
    ],
    ['from a managed policy that names the role', { resources: aManagedPolicy({ Roles: ['stack-ReaderRole'] }) }],
  ])('%s', (_name, options) => {
    expect(granted(options)).toEqual(['dynamodb:GetItem']);
  });

  test('not from a policy of another role', () => {
    expect(granted({ resources: aManagedPolicy({ Roles: ['other'] }) })).toEqual([]);
  });

  test.each<[string, Parameters<typeof aDeployment>[1], string]>([
    [
      'a policy of AWS',
      { role: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] } },
      'not in the template',
    ],
    ['a permissions boundary', { role: { PermissionsBoundary: managed } }, 'a permissions boundary has no local part'],
    [
      'a role that is not there',
      { resources: { ReaderRole: { type: 'Other', ref: 'x', properties: {} } } },
      'not in the template',
    ],
  ])('%s is refused', (_name, options, message) => {
    expect(() => granted(options)).toThrow(message);
  });
});

test('what was used is kept in a file, and added to by the next run', async () => {
  const folder = await makeDataDir();
  const file = path.join(folder, 'used.json');
  const run = async () => {
    const permissions = createPermissions();
    await permissions.open(file);
    permissions.enforce(aDeployment([allow('dynamodb:GetItem', table)]));
    permissions.refusal('Reader', [{ action: 'dynamodb:GetItem', resource: table }]);
    await permissions.save();
    return permissions.used();
  };

  await run();

  expect(await run()).toEqual({ Reader: { 'dynamodb:GetItem': 2 } });
  await rm(folder, { recursive: true });
});

test('a call that a service refuses is not denied', async () => {
  const failing = (): LocalService => ({
    name: 'dynamodb',
    close: async () => {},
    handle: async () => {
      throw new AwsError('ResourceNotFoundException', 'none', 400);
    },
  });
  const permissions = createPermissions();
  permissions.enforce(aDeployment([allow('dynamodb:GetItem', table)]));
  await using aws = await startLocalAws([failing], { stations: [permissions.station] });

  await expect(aws.gateway.invoke('Reader', 'dynamodb', 'GetItem', item)).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});
