import { expect, test } from 'vitest';
import type { HttpFunction } from '../../../schemas/api/endpoint.ts';
import { endpoints, routeKeyOf } from '../../../schemas/api/endpoints.ts';
import { functionOf, resourcesOf, synthesized, target } from './synthesized.ts';

const template = synthesized('dev');
const parts: Record<HttpFunction, string> = {
  collector: 'IngestionCollector',
  'profile-api': 'ProfileApi',
  'segment-api': 'SegmentsApi',
  'catalog-api': 'CatalogApi',
  'recommendation-api': 'RecommendationApi',
  'report-api': 'ReportsApi',
  'privacy-api': 'PrivacyRequestsApi',
  'service-api': 'ServiceApi',
};
const integrations = new Map(
  resourcesOf(template, 'AWS::ApiGatewayV2::Integration').map(([id, { Properties }]) => [id, Properties]),
);

/** Logical id of the function behind each route. */
const routes = new Map(
  resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => {
    const [, [, reference]] = Properties.Target['Fn::Join'];
    return [Properties.RouteKey as string, target(integrations.get(target(reference)).IntegrationUri)];
  }),
);

test.each(endpoints.map((endpoint) => [routeKeyOf(endpoint), endpoint.handler] as const))(
  'routes %s to %s',
  (route, handler) => {
    expect(routes.get(route)).toBe(functionOf(template, parts[handler])[0]);
  },
);

test('lets browsers ask the collector before they send events', () => {
  const paths = endpoints.filter(({ handler }) => handler === 'collector').map(({ path }) => path);
  const [collector] = functionOf(template, parts.collector);
  for (const path of paths) expect(routes.get(`OPTIONS ${path}`), path).toBe(collector);
});

test('has no route besides these', () => {
  const paths = new Set(endpoints.map(({ path }) => path));
  for (const route of routes.keys()) expect(paths).toContain(route.split(' ')[1]);
});

test('gives functions the payload of format 2.0', () => {
  for (const { PayloadFormatVersion } of integrations.values()) expect(PayloadFormatVersion).toBe('2.0');
});

test('serves without a stage in the path, throttled as the stage of the stack says', () => {
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    StageName: '$default',
    AutoDeploy: true,
    DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
  });
});
