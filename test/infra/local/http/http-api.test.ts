import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { expect, test } from 'vitest';
import type { HttpApiSpec } from '../../../../infra/local/deploy/local-parts.ts';
import { PortTakenError } from '../../../../infra/local/errors.ts';
import { createHttpApi } from '../../../../infra/local/http/http-api.ts';
import { startHttpServer } from '../../../../infra/local/http/http-server.ts';
import { failure, type Outcome } from '../../../../infra/local/lambda/outcome.ts';

interface TestApi extends AsyncDisposable {
  readonly url: string;
  readonly events: APIGatewayProxyEventV2[];
}

/** An API whose function answers by `handler`; its events are kept. */
async function startApi(
  handler: (event: APIGatewayProxyEventV2) => Outcome | Promise<Outcome> = () => ({ ok: true, payload: null }),
  overrides: Partial<HttpApiSpec> = {},
  timeoutMs = 30_000,
): Promise<TestApi> {
  const events: APIGatewayProxyEventV2[] = [];
  const spec: HttpApiSpec = {
    apiId: 'abcdef1234',
    cors: undefined,
    routes: ['POST /v1/{type}', 'GET /v1/profiles/{id}', 'GET /v1/health', 'HEAD /v1/health'].map((routeKey) => ({
      routeKey,
      functionLogicalId: 'Collector',
      timeoutMs,
    })),
    throttle: undefined,
    routeThrottles: new Map(),
    ...overrides,
  };
  const server = await startHttpServer(0);
  const invoke = async (_: string, event: object) => {
    events.push(event as APIGatewayProxyEventV2);
    return handler(event as APIGatewayProxyEventV2);
  };
  server.serve(createHttpApi({ spec, invoke }));
  return { url: server.url, events, [Symbol.asyncDispose]: () => server.close() };
}

test('makes the event of payload format 2.0', async () => {
  await using api = await startApi();

  await fetch(`${api.url}/v1/track?a=1&b=x%20y&a=2`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'test/1',
      Cookie: 'a=1; b=2',
      'X-Forwarded-For': '1.2.3.4',
    },
    body: '{"event":"Zoë"}',
  });

  const [event] = api.events;
  expect(event).toMatchObject({
    version: '2.0',
    routeKey: 'POST /v1/{type}',
    rawPath: '/v1/track',
    rawQueryString: 'a=1&b=x%20y&a=2',
    cookies: ['a=1', 'b=2'],
    queryStringParameters: { a: '1,2', b: 'x y' },
    pathParameters: { type: 'track' },
    headers: {
      'content-type': 'application/json',
      'user-agent': 'test/1',
      'content-length': '16',
      'x-forwarded-for': '1.2.3.4, 127.0.0.1',
      host: api.url.replace('http://', ''),
    },
    requestContext: {
      accountId: '000000000000',
      apiId: 'abcdef1234',
      stage: '$default',
      routeKey: 'POST /v1/{type}',
      http: { method: 'POST', path: '/v1/track', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test/1' },
      time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      timeEpoch: expect.closeTo(Date.now(), -6),
    },
    body: '{"event":"Zoë"}',
    isBase64Encoded: false,
  });
  expect(event?.headers).not.toHaveProperty('cookie');
});

test('leaves out what a request does not have', async () => {
  await using api = await startApi();
  await fetch(`${api.url}/v1/health`);
  const [event] = api.events;
  for (const name of ['body', 'cookies', 'queryStringParameters', 'pathParameters'])
    expect(event).not.toHaveProperty(name);
  expect(event).toMatchObject({ rawQueryString: '', isBase64Encoded: false });
});

test('hands the path on decoded', async () => {
  await using api = await startApi();
  await fetch(`${api.url}/v1/profiles/anonymous%3Aa%20b`);
  expect(api.events[0]).toMatchObject({
    rawPath: '/v1/profiles/anonymous:a b',
    pathParameters: { id: 'anonymous:a b' },
  });
});

test.each([
  ['application/json', {}, false],
  ['application/json; charset=utf-8', {}, false],
  ['text/plain', {}, false],
  ['application/xml', {}, false],
  ['application/x-www-form-urlencoded', {}, true],
  ['application/octet-stream', {}, true],
  ['', {}, true],
  ['application/json', { 'content-encoding': 'gzip' }, true],
])('hands a body of %s %o on in base64: %s', async (type, headers, isBase64Encoded) => {
  await using api = await startApi();
  const text = '{"a":1}';
  const body = 'content-encoding' in headers ? gzipSync(text) : Buffer.from(text);

  await fetch(`${api.url}/v1/track`, {
    method: 'POST',
    headers: { ...headers, ...(type && { 'content-type': type }) },
    body,
  });

  const [event] = api.events;
  expect(event?.isBase64Encoded).toBe(isBase64Encoded);
  expect(Buffer.from(event?.body ?? '', isBase64Encoded ? 'base64' : 'utf8')).toEqual(body);
});

test.each<[string, unknown, { status: number; type: string | null; body: string }]>([
  ['an object without a status', { a: 1 }, { status: 200, type: 'application/json', body: '{"a":1}' }],
  ['text', 'fine', { status: 200, type: 'application/json', body: 'fine' }],
  ['nothing', null, { status: 200, type: 'application/json', body: 'null' }],
  ['a status alone', { statusCode: 202 }, { status: 202, type: 'text/plain;charset=UTF-8', body: '' }],
  [
    'a full answer',
    { statusCode: 201, headers: { 'Content-Type': 'text/html' }, body: '<p>' },
    { status: 201, type: 'text/html', body: '<p>' },
  ],
  [
    'a binary answer',
    { statusCode: '200', headers: { 'content-type': 'image/gif' }, body: 'R0lG', isBase64Encoded: true },
    { status: 200, type: 'image/gif', body: 'GIF' },
  ],
  [
    'an answer that is none',
    { statusCode: 'fine' },
    { status: 500, type: 'application/json', body: '{"message":"Internal Server Error"}' },
  ],
])('answers by %s', async (_, payload, expected) => {
  await using api = await startApi(() => ({ ok: true, payload }));
  const answer = await fetch(`${api.url}/v1/health`);
  expect({ status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() }).toEqual(
    expected,
  );
  expect(answer.headers.get('apigw-requestid')).toBeTruthy();
});

test('names a request in its answer as the function knows it, and each anew', async () => {
  await using api = await startApi();
  const answers = [await fetch(`${api.url}/v1/health`), await fetch(`${api.url}/v1/health`)];
  const ids = api.events.map(({ requestContext }) => requestContext.requestId);
  expect(answers.map(({ headers }) => headers.get('apigw-requestid'))).toEqual(ids);
  expect(new Set(ids).size).toBe(2);
});

test('sets each cookie by a header of its own', async () => {
  await using api = await startApi(() => ({ ok: true, payload: { statusCode: 204, cookies: ['a=1', 'b=2; Secure'] } }));
  const answer = await fetch(`${api.url}/v1/health`);
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2; Secure']);
});

test('answers HEAD with the length and without the body', async () => {
  await using api = await startApi(() => ({ ok: true, payload: { statusCode: 200, body: 'four' } }));
  const answer = await fetch(`${api.url}/v1/health`, { method: 'HEAD' });
  expect(answer.headers.get('content-length')).toBe('4');
  expect(await answer.text()).toBe('');
});

test.each<[string, Outcome, number, string]>([
  ['a handler error', failure('Error', 'secret detail'), 500, 'Internal Server Error'],
  ["the function's time-out", failure('Sandbox.Timedout', 'Task timed out'), 500, 'Internal Server Error'],
  ['a runtime that stops', failure('Runtime.Stopped', 'stopping'), 503, 'Service Unavailable'],
])('answers %s as API Gateway does', async (_, outcome, status, message) => {
  await using api = await startApi(() => outcome);
  const answer = await fetch(`${api.url}/v1/health`);
  expect(answer.status).toBe(status);
  expect(await answer.json()).toEqual({ message });
});

test("answers 503 when the integration's time is up", async () => {
  await using api = await startApi(() => sleep(2000, { ok: true, payload: null }), {}, 50);
  const answer = await fetch(`${api.url}/v1/health`);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ message: 'Service Unavailable' });
});

test('answers 404 where no route matches, without invoking', async () => {
  await using api = await startApi();
  const answer = await fetch(`${api.url}/nowhere`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({ message: 'Not Found' });
  expect(api.events).toEqual([]);
});

test('answers 413 above ten megabytes, announced or not', async () => {
  await using api = await startApi();
  const send = (body: BodyInit) =>
    fetch(`${api.url}/v1/track`, { method: 'POST', body, duplex: 'half' } as RequestInit).then(
      ({ status }) => status,
      // The server may hang up while the client still sends.
      () => 413,
    );
  const large = new Uint8Array(10 * 1024 * 1024 + 1);
  expect(await send(large)).toBe(413);
  expect(await send(new Blob([large]).stream())).toBe(413);
  expect(api.events).toEqual([]);
});

test("answers 413 when the event would be above Lambda's six megabytes", async () => {
  await using api = await startApi();
  const answer = await fetch(`${api.url}/v1/track`, { method: 'POST', body: new Uint8Array(5 * 1024 * 1024) });
  expect(answer.status).toBe(413);
  expect(api.events).toEqual([]);
});

test("throttles by the stage's rate and burst", async () => {
  await using api = await startApi(undefined, { throttle: { rate: 1, burst: 3 } });
  const statusOf = async () => (await fetch(`${api.url}/v1/health`)).status;

  const atOnce = await Promise.all(Array.from({ length: 20 }, statusOf));

  expect(atOnce.filter((status) => status === 200).length).toBeGreaterThanOrEqual(3);
  expect(atOnce).toContain(429);
  await expect.poll(statusOf).toBe(200);
});

test('says Too Many Requests to a throttled request of one route, and serves another', async () => {
  await using api = await startApi(undefined, {
    routeThrottles: new Map([['GET /v1/health', { rate: 0.001, burst: 1 }]]),
  });
  await fetch(`${api.url}/v1/health`);
  const throttled = await fetch(`${api.url}/v1/health`);
  expect(throttled.status).toBe(429);
  expect(await throttled.json()).toEqual({ message: 'Too Many Requests' });
  expect((await fetch(`${api.url}/v1/profiles/u1`)).status).toBe(200);
});

const cors = {
  allowOrigins: ['https://shop.example'],
  allowMethods: ['GET', 'POST'],
  allowHeaders: ['authorization'],
  exposeHeaders: [],
  maxAge: 600,
  allowCredentials: false,
};

test("answers a preflight by the API's CORS settings, and adds them to answers", async () => {
  await using api = await startApi(undefined, { cors });
  const preflight = await fetch(`${api.url}/v1/track`, {
    method: 'OPTIONS',
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
  });
  const answer = await fetch(`${api.url}/v1/health`, { headers: { origin: 'https://shop.example' } });
  const foreign = await fetch(`${api.url}/v1/health`, { headers: { origin: 'https://evil.example' } });

  expect(preflight.status).toBe(204);
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    'access-control-allow-origin': 'https://shop.example',
    'access-control-allow-methods': 'GET,POST',
    'access-control-allow-headers': 'authorization',
    'access-control-max-age': '600',
  });
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example');
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
});

test('answers 503 until the API is there', async () => {
  const server = await startHttpServer(0);
  expect((await fetch(`${server.url}/v1/health`)).status).toBe(503);
  await server.close();
});

test('listens on the loopback address alone', async () => {
  const server = await startHttpServer(0);
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  await server.close();
});

test('says that a port is taken, and how to mend it', async () => {
  const server = await startHttpServer(0);
  const port = Number(new URL(server.url).port);
  const second = startHttpServer(port);
  await expect(second).rejects.toBeInstanceOf(PortTakenError);
  await expect(second).rejects.toThrow(
    `Port ${port} is taken by another program: stop it, or choose another with --port.`,
  );
  await server.close();
});

test('finishes running requests before it closes', async () => {
  const server = await startHttpServer(0);
  const begun = Promise.withResolvers<void>();
  server.serve(() => {
    begun.resolve();
    return sleep(150, { status: 200, headers: {}, body: Buffer.from('late') });
  });
  const answer = fetch(server.url).then((response) => response.text());
  await begun.promise;
  await server.drain();
  await server.close();
  expect(await answer).toBe('late');
});

test('survives a client that hangs up', async () => {
  await using api = await startApi();
  const { port } = new URL(api.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write('POST /v1/track HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\npart');
  await sleep(50);
  socket.destroy();
  await sleep(50);
  expect((await fetch(`${api.url}/v1/health`)).status).toBe(200);
});
