import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { json } from '../../../functions/middleware/http.ts';
import { httpApi, type OperationRequest } from '../../../functions/middleware/http-api.ts';
import { aContext, anHttpEvent, answerOf, type HttpEventParts } from '../http-event.ts';

const shape = z.union([
  z.strictObject({ kind: z.literal('circle'), radius: z.number('is not a number') }),
  z.strictObject({ kind: z.literal('box'), sides: z.array(z.number('is not a number'), 'is not a list') }),
]);

const handler = httpApi({
  endpoints: [
    {
      operationId: 'makeThing',
      method: 'POST',
      path: '/v1/things',
      auth: 'none',
      space: 'none',
      body: z.strictObject({
        name: z.string('is not a text'),
        shape: z.optional(shape),
        anything: z.optional(z.unknown()),
      }),
    },
    { operationId: 'dropThing', method: 'DELETE', path: '/v1/things', auth: 'none', space: 'none' },
  ],
  operations: {
    makeThing: ({
      body,
    }: OperationRequest<Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>, { name: string }>) =>
      json(201, body),
    dropThing: ({ body }) => json(200, { body: body ?? null }),
  },
});

const post = async (parts: HttpEventParts) =>
  answerOf(await handler(anHttpEvent('POST /v1/things', parts), aContext()));
const send = (value: unknown) => post({ body: JSON.stringify(value), headers: { 'content-type': 'application/json' } });

test('hands over what the schema made of the body', async () => {
  expect(await send({ name: 'ball', shape: { kind: 'circle', radius: 1 } })).toMatchObject({
    status: 201,
    body: { name: 'ball', shape: { kind: 'circle', radius: 1 } },
  });
});

test('hands over no body where the endpoint takes none', async () => {
  const answer = await handler(anHttpEvent('DELETE /v1/things', { body: 'whatever' }), aContext());
  expect(answerOf(answer)).toMatchObject({ status: 200, body: { body: null } });
});

describe('reads', () => {
  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/merge-patch+json',
    'Application/JSON',
  ])('content type %s', async (type) => {
    const answer = await post({ body: '{"name":"é"}', headers: { 'content-type': type } });
    expect(answer).toMatchObject({ status: 201, body: { name: 'é' } });
  });

  test('a body without a content type, in base64, and with a byte order mark', async () => {
    for (const body of ['{"name":"é"}', Buffer.from('{"name":"é"}'), '\ufeff{"name":"é"}']) {
      expect(await post({ body })).toMatchObject({ status: 201, body: { name: 'é' } });
    }
  });
});

describe('names each offending value by its path', () => {
  test.each<[unknown, readonly (readonly [string, string])[]]>([
    [{}, [['name', 'is not a text']]],
    [
      { name: 1, shape: { kind: 'circle', radius: 'x' } },
      [
        ['name', 'is not a text'],
        ['shape.radius', 'is not a number'],
      ],
    ],
    [{ name: 'a', shape: { kind: 'box', sides: [1, 'x'] } }, [['shape.sides.1', 'is not a number']]],
    [
      { name: 'a', colour: 'red', size: 2 },
      [
        ['colour', 'is not known here: leave it out'],
        ['size', 'is not known here: leave it out'],
      ],
    ],
  ])('in %j', async (value, errors) => {
    const { status, headers, body } = await send(value);
    expect(status).toBe(400);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(body).toMatchObject({ code: 'invalid_body', errors: errors.map(([path, message]) => ({ path, message })) });
    for (const [path] of errors) expect(body.detail).toContain(path);
  });

  test.each([null, 5, 'text', [], true])('or the body as a whole: %j', async (value) => {
    const { status, body } = await send(value);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid_body', errors: [{ path: '' }] });
    expect(body.detail).toContain('the body itself');
  });
});

describe('refuses', () => {
  test.each(['{', '', 'name=a', '{"name":"a"}}', '\u0000'])('what is not JSON: %j', async (body) => {
    expect(await post({ body })).toMatchObject({ status: 400, body: { code: 'invalid_json' } });
  });

  test.each([
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/jsonp' },
    { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  ])('what is not plain JSON by its headers: %o', async (headers) => {
    const answer = await post({ body: '{"name":"a"}', headers });
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  });

  test('a body above 256 KB, by its bytes', async () => {
    const name = 'é'.repeat(130_000);
    expect((await send({ name })).status).toBe(201);
    expect(await send({ name: `${name}éééé${'x'.repeat(2_200)}` })).toMatchObject({
      status: 413,
      body: { code: 'body_too_large' },
    });
  });

  test('what is nested deeper than anything that is taken, before something recursive meets it', async () => {
    const nested = (levels: number) => `{"name":"a","anything":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect((await post({ body: nested(60) })).status).toBe(201);
    for (const levels of [70, 100_000]) {
      const { status, body } = await post({ body: nested(levels) });
      expect(status).toBe(400);
      expect(body).toMatchObject({
        code: 'invalid_body',
        errors: [{ path: '', message: expect.stringContaining('nested') }],
      });
    }
  });
});

test('answers whatever comes with success or a problem of the caller', async () => {
  const parts = fc.record(
    {
      body: fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.uint8Array()),
      headers: fc.dictionary(fc.constantFrom('content-type', 'content-encoding'), fc.string(), {
        noNullPrototype: true,
      }),
    },
    { noNullPrototype: true },
  );
  await fc.assert(
    fc.asyncProperty(parts, async (each) => {
      expect([201, 400, 413, 415]).toContain((await post(each)).status);
    }),
    { numRuns: 500 },
  );
});
