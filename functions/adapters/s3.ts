import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';

const client = new S3Client({
  requestHandler: new NodeHttpHandler({ connectionTimeout: 1000, requestTimeout: 10_000, throwOnRequestTimeout: true }),
});

/** Writes an object whole, over one that may be there. */
export type PutObject = (key: string, body: Uint8Array) => Promise<void>;

export function putObjectTo(bucket: string): PutObject {
  return async (key, body) => {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  };
}
