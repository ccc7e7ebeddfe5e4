import { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { s3Endpoint } from '../../../functions/adapters/s3-endpoint.ts';

test.each([
  'us-east-1',
  'eu-central-1',
  'us-gov-west-1',
  'cn-north-1',
  'eusc-de-east-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'us-isof-south-1',
  'eu-isoe-west-1',
])('finds S3 in %s where the SDK does', async (region) => {
  const client = new S3Client({ region, useGlobalEndpoint: false });
  const params = { Region: region, Bucket: 'lake', ForcePathStyle: true };
  const { url } = client.config.endpointProvider(params, {});
  expect(s3Endpoint(region, {}).host).toBe(url.host);
});

test.each([
  [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, 'http://127.0.0.1:4566/'],
  [{ AWS_ENDPOINT_URL: 'http://all:1', AWS_ENDPOINT_URL_S3: 'http://s3:2/base' }, 'http://s3:2/base'],
  [{ AWS_ENDPOINT_URL: '' }, 'https://s3.us-east-1.amazonaws.com/'],
])('lets %j decide where S3 is', (env, expected) => {
  expect(s3Endpoint('us-east-1', env).href).toBe(expected);
});
