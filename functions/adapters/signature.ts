import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { encodePath } from './encoded-uri.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SignedParts {
  readonly method: string;
  /** As it is sent, encoded. */
  readonly path: string;
  /** As it is sent, by `encodeQuery`. */
  readonly query: string;
  /** By lower-case name, `host` among them; all are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The headers of a request with those that sign it, as of a moment. */
export type Sign = (parts: SignedParts, now: Date) => Record<string, string>;

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * AWS Signature Version 4 in headers, as "Create a signed AWS API request" of the IAM user guide describes it. The key of
 * a day is derived once.
 */
export function createSigner(service: string, region: string, credentials: Credentials): Sign {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const isS3 = service === 's3';
  let day = '';
  let key: KeyObject;
  return ({ method, path, query, headers, body }, now) => {
    const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
    if (!time.startsWith(day) || day === '') {
      day = time.slice(0, 8);
      const secret = Buffer.from(`AWS4${secretAccessKey}`);
      key = createSecretKey([day, region, service, 'aws4_request'].reduce<Buffer>(hmac, secret));
    }
    const scope = `${day}/${region}/${service}/aws4_request`;
    const content = hash('sha256', body);
    const all: Record<string, string> = { ...headers, 'x-amz-date': time };
    if (sessionToken !== undefined) all['x-amz-security-token'] = sessionToken;
    if (isS3) all['x-amz-content-sha256'] = content;

    const names = Object.keys(all).sort();
    const signed = names.join(';');
    const lines = names.map((name) => `${name}:${all[name]?.trim().replace(/\s+/g, ' ')}\n`).join('');
    // S3 signs the path as it is sent, all others sign it encoded once more.
    const canonical = `${method}\n${isS3 ? path : encodePath(path)}\n${query}\n${lines}\n${signed}\n${content}`;
    const signature = hmac(key, `${ALGORITHM}\n${time}\n${scope}\n${hash('sha256', canonical)}`).toString('hex');
    all.authorization = `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
    return all;
  };
}

/** With a `KeyObject` many times as fast as with its bytes. */
const hmac = (key: Buffer | KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest();
