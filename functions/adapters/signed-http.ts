import { encodeQuery } from './encoded-uri.ts';
import { environmentCredentials } from './environment-credentials.ts';
import { type HttpAnswer, httpExchange } from './http-exchange.ts';
import { retrying } from './retry.ts';
import { type LeanService, serviceEndpoint } from './service-endpoint.ts';
import { createSigner, type Sign } from './signature.ts';

export interface SignedRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Path below the endpoint, already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** By lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Gives up earlier than the time-out. */
  readonly signal?: AbortSignal;
}

export type SignedAnswer = HttpAnswer;

export interface SignedHttpOptions {
  /** @default 3 attempts in all */
  readonly attempts?: number;
  /** Longest pause before the second attempt, in milliseconds; it doubles with each. @default 200 */
  readonly pauseMs?: number;
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

  /** Whether the same request may succeed a little later. */
  get mayPass(): boolean {
    return this.status >= 500 || this.status === 429 || passing.has(this.name);
  }
}

/** Sends a request and hands its answer to `read`, which throws `ServiceError` for one that is no success. */
export type SignedHttp = <T>(request: SignedRequest, read: (answer: SignedAnswer) => T) => Promise<T>;

const noBody = new Uint8Array();

/**
 * Signed requests to an AWS service, without the SDK: of its clients a function would use a few calls, and carry all of
 * them (infra/decisions/0005).
 *
 * Throttles, server errors and a broken or silent connection are tried again: whoever uses it sends only what may be
 * repeated. Throws what `read` throws, and what the connection threw when it fails.
 */
export function signedHttp(
  service: LeanService,
  { attempts = 3, pauseMs = 200, timeoutMs = 10_000 }: SignedHttpOptions = {},
): SignedHttp {
  const { AWS_REGION: region } = process.env;
  if (!region) throw new Error('AWS_REGION is not set: Lambda sets it for every function.');
  const endpoint = serviceEndpoint(service, region, process.env);
  const base = endpoint.pathname.replace(/\/$/, '');
  const exchange = httpExchange(endpoint, timeoutMs);
  let sign: Sign | undefined;

  return async ({ method, path: below, query: asked, headers: given, body = noBody, signal }, read) => {
    sign ??= createSigner(service, region, environmentCredentials());
    const path = base + below;
    const query = asked === undefined ? '' : encodeQuery(asked);
    const headers = sign({ method, path, query, headers: { host: endpoint.host, ...given }, body }, new Date());
    if (method !== 'GET') headers['content-length'] = String(body.byteLength);
    const request = { method, path: query === '' ? path : `${path}?${query}`, headers, body, signal };
    const mayPass = (error: unknown) => !signal?.aborted && isPassing(error);
    return await retrying({ attempts, pauseMs }, mayPass, async () => read(await exchange(request)));
  };
}

const passing = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestTimeout',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionConflictException',
  'TransactionInProgressException',
]);

/** Whatever is no answer of the service is a matter of the connection. */
const isPassing = (error: unknown): boolean => !(error instanceof ServiceError) || error.mayPass;
