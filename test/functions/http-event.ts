import type { Context } from 'aws-lambda';
import type { HttpEvent, HttpResponse } from '../../functions/middleware/http.ts';

export interface HttpEventParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly sourceIp?: string;
}

/** A request as API Gateway hands it over, by its route key: `POST /v1/track`. Bytes are sent as base64. */
export function anHttpEvent(routeKey: string, parts: HttpEventParts = {}): HttpEvent {
  const [method = '', path = ''] = routeKey.split(' ');
  const { body } = parts;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: new URLSearchParams(parts.query).toString(),
    headers: { host: 'api.example', ...parts.headers },
    ...(parts.query && { queryStringParameters: parts.query }),
    ...(parts.params && { pathParameters: parts.params }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: parts.sourceIp ?? '203.0.113.77', userAgent: 'test' },
      requestId: 'request-1',
      routeKey,
      stage: '$default',
      time: '02/Mar/2026:10:00:00 +0000',
      timeEpoch: Date.parse('2026-03-02T10:00:00Z'),
    },
    isBase64Encoded: body instanceof Uint8Array,
    ...(body !== undefined && { body: typeof body === 'string' ? body : Buffer.from(body).toString('base64') }),
  };
}

export const aContext = (over: Partial<Context> = {}): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'function',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:function',
  memoryLimitInMB: '256',
  awsRequestId: 'invocation-1',
  logGroupName: 'group',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => 10_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
  ...over,
});

/** What a test looks at in an answer: its status, its headers, and its body when that is JSON. */
export function answerOf({ statusCode, headers = {}, body = '' }: HttpResponse) {
  const type = String(headers['content-type'] ?? '');
  return { status: statusCode, headers, body: type.includes('json') ? JSON.parse(body) : body };
}
