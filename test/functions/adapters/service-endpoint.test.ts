import { AthenaClient } from '@aws-sdk/client-athena';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { serviceEndpoint } from '../../../functions/adapters/service-endpoint.ts';

const regions = [
  'us-east-1',
  'eu-central-1',
  'us-gov-west-1',
  'cn-north-1',
  'eusc-de-east-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'us-isof-south-1',
  'eu-isoe-west-1',
];

test.each(regions)('finds S3 in %s where the SDK does', async (region) => {
  const client = new S3Client({ region, useGlobalEndpoint: false });
  const params = { Region: region, Bucket: 'lake', ForcePathStyle: true };
  const { url } = client.config.endpointProvider(params, {});
  expect(serviceEndpoint('s3', region, {}).host).toBe(url.host);
});

const clients = {
  athena: AthenaClient,
  dynamodb: DynamoDBClient,
  kinesis: KinesisClient,
  lambda: LambdaClient,
  sqs: SQSClient,
} as const;
const services = Object.keys(clients) as (keyof typeof clients)[];

test.each(services.flatMap((service) => regions.map((region) => [service, region] as const)))(
  'finds %s in %s where the SDK does',
  async (service, region) => {
    const { endpointProvider } = new clients[service]({ region }).config as {
      endpointProvider: (parameters: object, context: object) => { readonly url: URL };
    };
    expect(serviceEndpoint(service, region, {}).host).toBe(endpointProvider({ Region: region }, {}).url.host);
  },
);

test.each([
  [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, 'http://127.0.0.1:4566/'],
  [{ AWS_ENDPOINT_URL: 'http://all:1', AWS_ENDPOINT_URL_S3: 'http://s3:2/base' }, 'http://s3:2/base'],
  [{ AWS_ENDPOINT_URL: 'http://all:1', AWS_ENDPOINT_URL_LAMBDA: 'http://lambda:2' }, 'http://all:1/'],
  [{ AWS_ENDPOINT_URL: '' }, 'https://s3.us-east-1.amazonaws.com/'],
])('lets %j decide where S3 is', (env, expected) => {
  expect(serviceEndpoint('s3', 'us-east-1', env).href).toBe(expected);
});
