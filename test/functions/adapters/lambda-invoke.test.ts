import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { invokeLater } from '../../../functions/adapters/lambda-invoke.ts';
import { aBucket, type Bucket } from './a-bucket.ts';

let lambda: Bucket;
beforeEach(async () => {
  lambda = await aBucket();
  lambda.answer((response) => response.writeHead(202).end());
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ENDPOINT_URL', lambda.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'HWSegmentsApi');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a secret');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await lambda[Symbol.asyncDispose]();
});

test.each([
  ['Headwater-dev-Backfill', '/2015-03-31/functions/Headwater-dev-Backfill/invocations'],
  [
    'arn:aws:lambda:eu-central-1:000000000000:function:Backfill',
    '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-central-1%3A000000000000%3Afunction%3ABackfill/invocations',
  ],
])('has %s run and does not wait for it', async (name, path) => {
  await invokeLater(name)();
  expect(lambda.requests).toMatchObject([{ method: 'POST', path, headers: { 'x-amz-invocation-type': 'Event' } }]);
  expect(lambda.requests[0]?.headers.authorization).toContain('/eu-central-1/lambda/aws4_request');
  expect(lambda.requests[0]?.body.toString()).toBe('{}');
});

test('tries again when Lambda is busy, and gives up with its code', async () => {
  lambda.answerNext((response) => response.writeHead(500).end());
  await invokeLater('f')();
  expect(lambda.requests).toHaveLength(2);
  lambda.answer((response) => response.writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException:x' }).end('{}'));
  await expect(invokeLater('f')()).rejects.toMatchObject({ name: 'ResourceNotFoundException', status: 404 });
  expect(lambda.requests).toHaveLength(3);
});
