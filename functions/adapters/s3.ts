import { Sha256 } from '@smithy/core/checksum';
import { escapeUriPath, HttpRequest } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import { defaultProvider } from './environment-credentials.ts';
import { retrying } from './retry.ts';
import { s3Endpoint } from './s3-endpoint.ts';

/** Writes an object whole, over one that may be there. */
export type PutObject = (key: string, body: Uint8Array) => Promise<void>;

export interface S3Options {
  /** @default 3 attempts in all */
  readonly attempts?: number;
  /** @default 10 seconds for each attempt */
  readonly timeoutMs?: number;
}

/** S3 answered with an error; `name` is its code, for example `AccessDenied`. */
export class S3Error extends Error {
  readonly status: number;

  constructor(code: string, status: number, key: string) {
    super(`S3 answered ${status} ${code} to a PUT of ${key}.`);
    this.name = code;
    this.status = status;
  }
}

/**
 * Puts objects into a bucket by the SDK's signer and HTTP handler, without its S3 client: that one is larger than the
 * whole function (infra/decisions/0005). The signed hash of the body lets S3 refuse a damaged one.
 *
 * Throttles, server errors and a broken or silent connection are tried again: a PUT may be repeated. Throws `S3Error`
 * when S3 refuses, and what the connection threw when it fails.
 */
export function putObjectTo(bucket: string, { attempts = 3, timeoutMs = 10_000 }: S3Options = {}): PutObject {
  const { AWS_REGION: region } = process.env;
  if (!region) throw new Error('AWS_REGION is not set: Lambda sets it for every function.');
  const { protocol, hostname, port, host, pathname } = s3Endpoint(region, process.env);
  const base = `${pathname.replace(/\/$/, '')}/${bucket}`;
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials: defaultProvider(),
    sha256: Sha256,
    uriEscapePath: false,
  });
  const http = new NodeHttpHandler({ connectionTimeout: 1000 });

  const send = async (request: HttpRequest, key: string): Promise<void> => {
    const { response } = await http.handle(request, { abortSignal: AbortSignal.timeout(timeoutMs) });
    const answer = await textOf(response.body);
    if (response.statusCode < 300) return;
    const code = /<Code>(\w+)<\/Code>/.exec(answer)?.[1] ?? `Http${response.statusCode}`;
    throw new S3Error(code, response.statusCode, key);
  };
  return async (key, body) => {
    const request = new HttpRequest({
      method: 'PUT',
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      path: `${base}/${escapeUriPath(key)}`,
      headers: { host, 'content-type': 'application/octet-stream', 'content-length': String(body.byteLength) },
      body,
    });
    const signed = (await signer.sign(request)) as HttpRequest;
    await retrying({ attempts, pauseMs: 200 }, mayPass, () => send(signed, key));
  };
}

const passing = new Set(['SlowDown', 'RequestTimeout', 'Throttling', 'ThrottlingException', 'RequestLimitExceeded']);

/** Whatever is no answer of S3 is a matter of the connection. */
function mayPass(error: unknown): boolean {
  return !(error instanceof S3Error) || error.status >= 500 || error.status === 429 || passing.has(error.name);
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
