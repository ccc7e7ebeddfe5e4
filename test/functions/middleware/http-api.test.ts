import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { json } from '../../../functions/middleware/http.ts';
import { httpApi, type OperationRequest } from '../../../functions/middleware/http-api.ts';
import { ProblemError } from '../../../functions/middleware/problem.ts';
import { aContext, anHttpEvent, answerOf, type HttpEventParts } from '../http-event.ts';
import { settingsKeys, sha256 } from '../settings-keys.ts';

const handler = httpApi({
  endpoints: [
    {
      operationId: 'getThing',
      method: 'GET',
      path: '/v1/things/{id}',
      auth: 'read',
      space: 'none',
      params: z.object({ id: z.string().max(5) }),
      query: z.object({ limit: z.coerce.number().int().min(1).default(20) }),
    },
    { operationId: 'break', method: 'GET', path: '/v1/break', auth: 'none', space: 'none' },
    { operationId: 'refuse', method: 'GET', path: '/v1/refuse', auth: 'none', space: 'none' },
  ],
  operations: {
    getThing: ({ params, query }: OperationRequest<{ id: string }, { limit: number }>) =>
      json(200, { id: params.id, limit: query.limit }),
    break: () => {
      throw new TypeError('cannot read the e-mail of ada@example.com');
    },
    refuse: async () => {
      throw new ProblemError('not_found', 'There is no thing 7.', { headers: { 'x-hint': 'look elsewhere' } });
    },
  },
  apiKeys: settingsKeys({ other: 'sk_other', local: 'sk_local' }),
});

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => vi.restoreAllMocks());

const call = async (routeKey: string, parts: HttpEventParts = {}) =>
  answerOf(await handler(anHttpEvent(routeKey, parts), aContext()));

const key = { authorization: 'Bearer sk_local' };

test('hands validated parameters to the operation of the route', async () => {
  const answer = await call('GET /v1/things/{id}', { headers: key, params: { id: 'a/b' }, query: { limit: '3' } });
  expect(answer).toMatchObject({ status: 200, body: { id: 'a/b', limit: 3 } });
});

test('fills in the defaults of parameters', async () => {
  const answer = await call('GET /v1/things/{id}', { headers: key, params: { id: 'a' } });
  expect(answer.body).toEqual({ id: 'a', limit: 20 });
});

test('names every wrong parameter of path and query', async () => {
  const answer = await call('GET /v1/things/{id}', { headers: key, params: { id: 'toolong' }, query: { limit: '0' } });
  expect(answer.status).toBe(400);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.body).toMatchObject({
    type: 'urn:headwater:problem:invalid_parameter',
    status: 400,
    code: 'invalid_parameter',
    detail: expect.stringContaining('id, limit'),
    errors: [
      { path: 'id', message: expect.any(String) },
      { path: 'limit', message: expect.any(String) },
    ],
  });
});

test.each([
  ['no Authorization', {}, 'key_missing', 'Bearer realm="headwater"'],
  ['another scheme', { authorization: 'Basic c2tfbG9jYWw6' }, 'key_missing', 'Bearer realm="headwater"'],
  ['an unknown key', { authorization: 'Bearer sk_wrong' }, 'key_unknown', 'error="invalid_token"'],
  ['the hash of a key', { authorization: `Bearer ${sha256('sk_local')}` }, 'key_unknown', 'invalid_token'],
])('refuses %s with 401 and a challenge', async (_, headers, code, challenge) => {
  const answer = await call('GET /v1/things/{id}', { headers, params: { id: 'a' } });
  expect(answer).toMatchObject({ status: 401, body: { code, status: 401 } });
  expect(answer.headers['www-authenticate']).toContain(challenge);
});

test('looks at the key before the parameters', async () => {
  const answer = await call('GET /v1/things/{id}', { params: { id: 'toolong' } });
  expect(answer.status).toBe(401);
});

test.each(['sk_local', 'sk_other'])('knows each of its keys: %s', async (given) => {
  const answer = await call('GET /v1/things/{id}', {
    headers: { authorization: `bearer ${given}` },
    params: { id: 'a' },
  });
  expect(answer.status).toBe(200);
});

test('answers a foreseen error by its code, with its headers', async () => {
  const answer = await call('GET /v1/refuse');
  expect(answer).toMatchObject({ status: 404, body: { code: 'not_found', detail: 'There is no thing 7.' } });
  expect(answer.headers['x-hint']).toBe('look elsewhere');
  expect(lines).toEqual([]);
});

test('answers an unforeseen error with 500, tells nothing of the inside, and logs one line without personal data', async () => {
  const answer = await call('GET /v1/break');
  expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error' } });
  expect(answer.body.detail).toContain('request-1');
  expect(JSON.stringify(answer)).not.toContain('ada@example.com');
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain('ada@example.com');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'ERROR',
    code: 'internal_error',
    requestId: 'request-1',
    route: 'GET /v1/break',
    error: 'TypeError',
    stack: expect.stringContaining('http-api.test.ts'),
  });
});

test('answers 404 where there is no endpoint', async () => {
  expect(await call('GET /v1/nothing')).toMatchObject({ status: 404, body: { code: 'not_found' } });
});

test('does not start when an endpoint has no operation', () => {
  const endpoint = { operationId: 'lost', method: 'GET', path: '/', auth: 'none', space: 'none' } as const;
  expect(() => httpApi({ endpoints: [endpoint], operations: {} })).toThrow('Endpoint lost has no operation');
});
