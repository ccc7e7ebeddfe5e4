import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import { defaultProvider } from './environment-credentials.ts';
import { retrying } from './retry.ts';
import { type LeanService, serviceEndpoint } from './service-endpoint.ts';

export interface SignedRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** Path below the endpoint, already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Gives up earlier than the time-out. */
  readonly signal?: AbortSignal;
}

export interface SignedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface SignedHttpOptions {
  /** @default 3 attempts in all */
  readonly attempts?: number;
  /** @default 10 seconds for each attempt */
  readonly timeoutMs?: number;
}

/** A service answered with an error; `name` is its code, for example `AccessDenied`. */
export class ServiceError extends Error {
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.name = code;
    this.status = status;
  }
}

/** Sends a request and hands its answer to `read`, which throws `ServiceError` for one that is no success. */
export type SignedHttp = <T>(request: SignedRequest, read: (answer: SignedAnswer) => T) => Promise<T>;

/**
 * Requests by the SDK's signer and HTTP handler, without a client, for services of which a function needs one or two
 * calls: a client would be larger than the whole function (infra/decisions/0005).
 *
 * Throttles, server errors and a broken or silent connection are tried again: whoever uses it sends only what may be
 * repeated. Throws what `read` throws, and what the connection threw when it fails.
 */
export function signedHttp(
  service: LeanService,
  { attempts = 3, timeoutMs = 10_000 }: SignedHttpOptions = {},
): SignedHttp {
  const { AWS_REGION: region } = process.env;
  if (!region) throw new Error('AWS_REGION is not set: Lambda sets it for every function.');
  const { protocol, hostname, port, host, pathname } = serviceEndpoint(service, region, process.env);
  const base = pathname.replace(/\/$/, '');
  const signer = new SignatureV4({
    service,
    region,
    credentials: defaultProvider(),
    sha256: Sha256,
    // S3 signs the path as it is sent, all others sign it encoded once more.
    uriEscapePath: service !== 's3',
  });
  const http = new NodeHttpHandler({ connectionTimeout: 1000 });

  return async ({ method, path, query, headers, body, signal }, read) => {
    const request = new HttpRequest({
      method,
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      path: `${base}${path}`,
      ...(query && { query: { ...query } }),
      headers: { host, ...headers, ...(body && { 'content-length': String(body.byteLength) }) },
      ...(body && { body }),
    });
    const signed = (await signer.sign(request)) as HttpRequest;
    return await retrying({ attempts, pauseMs: 200 }, mayPass, async () => {
      const timeout = AbortSignal.timeout(timeoutMs);
      const abortSignal = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
      const { response } = await http.handle(signed, { abortSignal });
      return read({ status: response.statusCode, headers: response.headers, body: await bytesOf(response.body) });
    });
  };
}

const passing = new Set([
  'SlowDown',
  'RequestTimeout',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
]);

/** Whatever is no answer of the service is a matter of the connection. */
function mayPass(error: unknown): boolean {
  return !(error instanceof ServiceError) || error.status >= 500 || error.status === 429 || passing.has(error.name);
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
