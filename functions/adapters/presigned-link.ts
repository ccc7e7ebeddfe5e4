import { createHmac, hash } from 'node:crypto';
import { encodeQuery } from './encoded-uri.ts';
import { environmentCredentials } from './environment-credentials.ts';
import { pathOf } from './s3.ts';
import { serviceEndpoint } from './service-endpoint.ts';

/** A link by which an object can be read without a key until it expires, in milliseconds since 1970. */
export interface PresignedLink {
  readonly url: string;
  readonly expiresAt: number;
}

/** Makes a link to the object of a key that is good for some seconds from `now` on. */
export type LinkTo = (key: string, seconds: number, now: number) => PresignedLink;

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * Links to objects of a bucket, signed with this function's own permissions: AWS Signature Version 4 in the query, as
 * "Authenticating requests: using query parameters" of the S3 reference describes it.
 */
export function linksTo(bucket: string): LinkTo {
  const { AWS_REGION: region } = process.env;
  if (!region) throw new Error('AWS_REGION is not set: Lambda sets it for every function.');
  const endpoint = serviceEndpoint('s3', region, process.env);
  return (key, seconds, now) => {
    const { accessKeyId, secretAccessKey, sessionToken } = environmentCredentials();
    const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
    const parts = [time.slice(0, 8), region, 's3', 'aws4_request'];
    const scope = parts.join('/');
    const query = encodeQuery({
      'X-Amz-Algorithm': ALGORITHM,
      'X-Amz-Credential': `${accessKeyId}/${scope}`,
      'X-Amz-Date': time,
      'X-Amz-Expires': String(seconds),
      ...(sessionToken !== undefined && { 'X-Amz-Security-Token': sessionToken }),
      'X-Amz-SignedHeaders': 'host',
    });
    const path = endpoint.pathname.replace(/\/$/, '') + pathOf(bucket, key);
    const canonical = `GET\n${path}\n${query}\nhost:${endpoint.host}\n\nhost\nUNSIGNED-PAYLOAD`;
    const signing = parts.reduce<Buffer>(hmac, Buffer.from(`AWS4${secretAccessKey}`));
    const signature = hmac(signing, `${ALGORITHM}\n${time}\n${scope}\n${hash('sha256', canonical)}`).toString('hex');
    return { url: `${endpoint.origin}${path}?${query}&X-Amz-Signature=${signature}`, expiresAt: now + seconds * 1_000 };
  };
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
