import { encodePath } from './encoded-uri.ts';
import { ServiceError, type SignedAnswer, type SignedHttpOptions, signedHttp } from './signed-http.ts';

/** Writes an object whole, over one that may be there. */
export type PutObject = (key: string, body: Uint8Array) => Promise<void>;

/**
 * Puts objects into a bucket. The signed hash of the body lets S3 refuse a damaged one.
 * Throws `ServiceError` when S3 refuses, and what the connection threw when it fails.
 */
export function putObjectTo(bucket: string, options?: SignedHttpOptions): PutObject {
  const send = signedHttp('s3', options);
  const headers = { 'content-type': 'application/octet-stream' };
  return (key, body) =>
    send({ method: 'PUT', path: pathOf(bucket, key), headers, body }, (answer) => {
      if (answer.status >= 300) throw s3Error(answer, `a PUT of ${key}`);
    });
}

export const pathOf = (bucket: string, key: string): string => `/${bucket}/${encodePath(key)}`;

export function s3Error({ status, body }: SignedAnswer, what: string): ServiceError {
  const code = /<Code>(\w+)<\/Code>/.exec(body.toString())?.[1] ?? `Http${status}`;
  return new ServiceError(code, status, `S3 answered ${status} ${code} to ${what}.`);
}
