import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, test } from 'vitest';
import { endpoints, routeKeyOf } from '../../schemas/api/endpoints.ts';
import { openApiDocument } from '../../schemas/api/openapi.ts';

const document = openApiDocument(endpoints, '1.2.3');

test('is a valid OpenAPI 3.1 document', async () => {
  const config = await createConfig({ extends: ['spec'] });
  const findings = await lintFromString({ source: JSON.stringify(document), absoluteRef: '/openapi.json', config });
  expect(findings.map(({ message, location }) => `${location[0]?.pointer}: ${message}`)).toEqual([]);
});

test('holds every endpoint once', () => {
  const paths = document.paths as Record<string, Record<string, unknown>>;
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(documented.sort()).toEqual(endpoints.map(routeKeyOf).sort());
  expect(new Set(endpoints.map(({ operationId }) => operationId)).size).toBe(endpoints.length);
});

test('gives each endpoint an example that its own schema accepts', () => {
  for (const endpoint of endpoints) {
    if (endpoint.body) {
      expect(endpoint.body.safeParse(endpoint.example), endpoint.operationId).toMatchObject({ success: true });
    } else {
      expect(matches(endpoint.path, new URL(`http://x${endpoint.example}`).pathname), endpoint.operationId).toBe(true);
    }
  }
});

function matches(template: string, path: string): boolean {
  return new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path);
}
