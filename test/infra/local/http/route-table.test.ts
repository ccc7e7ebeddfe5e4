import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRouteTable } from '../../../../infra/local/http/route-table.ts';

const tableOf = (...routeKeys: string[]) =>
  createRouteTable(routeKeys.map((routeKey) => ({ routeKey, functionLogicalId: routeKey, timeoutMs: 1000 })));

const routes = [
  '$default',
  'ANY /{proxy+}',
  'GET /pets/{proxy+}',
  'GET /pets/{kind}/{id}',
  'GET /pets/dog/{id}',
  'GET /pets/dog/1',
  'ANY /pets/dog/1',
  'POST /v1/{type}',
];

test.each([
  // The example of API Gateway's documentation, in every direction.
  ['GET', '/pets/dog/1', 'GET /pets/dog/1', {}],
  ['DELETE', '/pets/dog/1', 'ANY /pets/dog/1', {}],
  ['GET', '/pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
  ['GET', '/pets/cat/2', 'GET /pets/{kind}/{id}', { kind: 'cat', id: '2' }],
  ['GET', '/pets/cat/2/toys', 'GET /pets/{proxy+}', { proxy: 'cat/2/toys' }],
  ['POST', '/anything/at/all', 'ANY /{proxy+}', { proxy: 'anything/at/all' }],
  ['POST', '/v1/track', 'POST /v1/{type}', { type: 'track' }],
  ['POST', '/v1/user%20one', 'POST /v1/{type}', { type: 'user one' }],
  ['POST', '/v1/a%2Fb', 'POST /v1/{type}', { type: 'a/b' }],
  ['POST', '/v1/50%', 'POST /v1/{type}', { type: '50%' }],
  ['GET', '/', '$default', {}],
])('%s %s goes to %s', (method, path, routeKey, parameters) => {
  expect(tableOf(...routes)(method, path)).toMatchObject({ route: { routeKey }, parameters });
});

test.each([
  ['GET', '/v1/health/'],
  ['GET', '//v1/health'],
  ['POST', '/v1/health'],
  ['GET', '/v1'],
  ['GET', '/v1/profiles/'],
])('%s %s matches nothing', (method, path) => {
  expect(tableOf('GET /v1/health', 'GET /v1/profiles/{id}')(method, path)).toBeUndefined();
});

test('does not depend on the order in which routes are declared', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(routes, { minLength: routes.length }), (shuffled) => {
      expect(tableOf(...shuffled)('GET', '/pets/dog/1')?.route.routeKey).toBe('GET /pets/dog/1');
      expect(tableOf(...shuffled)('GET', '/pets/cat/1')?.route.routeKey).toBe('GET /pets/{kind}/{id}');
    }),
  );
});

test('refuses a route key of another form', () => {
  expect(() => tableOf('$connect')).toThrow("The route key '$connect' is neither '$default' nor 'METHOD /path'.");
});
