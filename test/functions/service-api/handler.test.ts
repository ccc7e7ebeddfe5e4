import { expect, test } from 'vitest';
import { handler } from '../../../functions/service-api/handler.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { endpoints, routeKeyOf } from '../../../schemas/api/endpoints.ts';
import { aContext, anHttpEvent, answerOf } from '../http-event.ts';

const call = async (routeKey: string) => answerOf(await handler(anHttpEvent(routeKey), aContext()));

test('answers health with the version', async () => {
  expect(await call('GET /v1/health')).toMatchObject({
    status: 200,
    body: { status: 'ok', version: packageJson.version },
  });
});

test('answers the OpenAPI document of every endpoint', async () => {
  const { status, headers, body } = await call('GET /openapi.json');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('application/json');
  expect(body.openapi).toMatch(/^3\.1/);
  expect(Object.keys(body.paths).sort()).toEqual([...new Set(endpoints.map(({ path }) => path))].sort());
});

test.each(endpoints.filter((endpoint) => endpoint.handler === 'service-api'))(
  'serves $path as it is described',
  async (endpoint) => {
    const { status, body } = await call(routeKeyOf(endpoint));
    expect(endpoint.responses[status ?? 0]?.body?.safeParse(body).success).toBe(true);
    expect(endpoint.auth).toBe('none');
  },
);
