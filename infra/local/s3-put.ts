import { accessKeyOf } from './gateway/identity.ts';
import type { Gateway } from './gateway/types.ts';

/** Puts a bucket (`/bucket`) or an object (`/bucket/key`) through the gateway; gives the HTTP status. */
export async function s3Put(gateway: Gateway, caller: string, path: string, body = ''): Promise<number> {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'PUT',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyOf(caller)}/20260101/us-east-1/s3/aws4_request`,
      'content-type': 'application/json',
    },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}
