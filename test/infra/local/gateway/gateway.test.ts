import { request } from 'node:http';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { accessKeyOf } from '../../../../infra/local/gateway/identity.ts';
import type { Station } from '../../../../infra/local/gateway/stations.ts';
import type { AwsCall, LocalService } from '../../../../infra/local/gateway/types.ts';
import { AwsError, jsonAnswer } from '../../../../infra/local/services/errors.ts';
import { createS3Service } from '../../../../infra/local/services/s3.ts';
import { startLocalAws } from '../services/local-aws.ts';

/** A JSON service that answers with what reached it. */
const echo = (): LocalService => ({
  name: 'echo',
  close: async () => {},
  handle: async ({ operation, caller, body }) => {
    if (operation === 'Fail') throw new AwsError('SomeException', 'on purpose', 400);
    if (operation === 'Break') throw new Error('a bug');
    return jsonAnswer({ operation, caller, input: JSON.parse(body.toString()) });
  },
});

function post(url: string, headers: Record<string, string>, body = '{}') {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/x-amz-json-1.1', ...headers }, body });
}

const authorization = (accessKey: string, service = 'echo') =>
  `AWS4-HMAC-SHA256 Credential=${accessKey}/20260102/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=x`;

test('tells a service which function calls which operation', async () => {
  await using aws = await startLocalAws([echo]);

  const answer = await post(
    aws.gateway.url,
    { authorization: authorization('HWCollector12AB'), 'x-amz-target': 'Echo_20200101.Say' },
    '{"a":1}',
  );

  expect(await answer.json()).toEqual({ operation: 'Say', caller: 'Collector12AB', input: { a: 1 } });
});

test.each([
  ['no Authorization header', {}, 'MissingAuthenticationTokenException'],
  ['a foreign access key', { authorization: authorization('AKIAIOSFODNN7EXAMPLE') }, 'UnrecognizedClientException'],
  ['an empty name', { authorization: authorization('HW') }, 'UnrecognizedClientException'],
])('refuses a call with %s by 403', async (_name, headers, code) => {
  await using aws = await startLocalAws([echo]);

  const answer = await post(aws.gateway.url, { 'x-amz-target': 'Echo.Say', ...(headers as Record<string, string>) });

  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ __type: code });
  expect(aws.gateway.counts()).toEqual([]);
});

test('refuses a foreign access key in the words of S3', async () => {
  await using aws = await startLocalAws([createS3Service]);
  const client = new S3Client(aws.clientConfig('AKIAIOSFODNN7EXAMPLE'));

  const answer = client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'a' }));

  await expect(answer).rejects.toMatchObject({ name: 'InvalidAccessKeyId', $metadata: { httpStatusCode: 403 } });
});

test('names the services that there are when another one is called', async () => {
  await using aws = await startLocalAws([echo]);

  await expect(aws.gateway.invoke('tool', 'sqs', 'SendMessage', {})).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining('There are: echo'),
  });
});

test('invokes in process by the same way, with the error code as the name', async () => {
  await using aws = await startLocalAws([echo]);

  const output = await aws.gateway.invoke('Updater', 'echo', 'Say', { b: 2 });

  expect(output).toEqual({ operation: 'Say', caller: 'Updater', input: { b: 2 } });
  await expect(aws.gateway.invoke('tool', 'echo', 'Fail', {})).rejects.toMatchObject({
    name: 'SomeException',
    message: 'on purpose',
    status: 400,
  });
  await expect(aws.gateway.invoke('tool', 'echo', 'Break', {})).rejects.toMatchObject({ status: 500 });
});

test('counts calls, errors and bytes by caller, service and operation', async () => {
  await using aws = await startLocalAws([echo]);
  const { gateway } = aws;

  await gateway.invoke('A', 'echo', 'Say', { x: 1 });
  await gateway.invoke('A', 'echo', 'Say', {});
  await gateway.invoke('B', 'echo', 'Fail', {}).catch(() => {});

  expect(gateway.counts()).toEqual([
    { caller: 'A', service: 'echo', operation: 'Say', calls: 2, errors: 0, bytesIn: 9, bytesOut: 91 },
    { caller: 'B', service: 'echo', operation: 'Fail', calls: 1, errors: 1, bytesIn: 2, bytesOut: 49 },
  ]);
});

test('sends a call through its stations in order, and one of them may answer', async () => {
  const seen: string[] = [];
  const first: Station = (call, next) => {
    seen.push(`first ${call.operation}`);
    return next(call);
  };
  const deny: Station = async (call, next) => {
    seen.push('deny');
    if (call.caller === 'tool') return next(call);
    throw new AwsError('AccessDeniedException', `${call.caller} may not ${call.operation}`, 403);
  };
  const calls: AwsCall[] = [];
  await using aws = await startLocalAws([echo], { stations: [first, deny], onCall: (call) => calls.push(call) });

  await aws.gateway.invoke('tool', 'echo', 'Say', {});
  const denied = aws.gateway.invoke('Reader', 'echo', 'Say', {});

  await expect(denied).rejects.toMatchObject({ name: 'AccessDeniedException', status: 403 });
  expect(seen).toEqual(['first Say', 'deny', 'first Say', 'deny']);
  expect(calls.map((call) => call.caller)).toEqual(['tool', 'Reader']);
  expect(aws.gateway.counts().find((count) => count.caller === 'Reader')).toMatchObject({ calls: 1, errors: 1 });
});

test('keeps the connection open between calls', async () => {
  await using aws = await startLocalAws([echo]);

  const connection = await new Promise((resolve, reject) => {
    const headers = { authorization: authorization(accessKeyOf('tool')), 'x-amz-target': 'Echo.Say' };
    const call = request(aws.gateway.url, { method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.headers.connection);
    });
    call.on('error', reject);
    call.end('{}');
  });

  expect(connection).toBe('keep-alive');
});

test('closes while clients hold idle connections', async () => {
  const aws = await startLocalAws([echo]);
  await post(aws.gateway.url, { authorization: authorization('HWTOOL'), 'x-amz-target': 'Echo.Say' });

  await aws[Symbol.asyncDispose]();

  await expect(fetch(aws.gateway.url)).rejects.toThrow();
});
