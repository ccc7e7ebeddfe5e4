import { z } from 'zod';
import { TemplateError } from '../errors.ts';
import { region } from '../template/types.ts';
import { count, type DeployContext, type Deployer, flag, propertiesOf } from './deployer.ts';
import { functionOf, type HttpApiSpec, type Throttle } from './local-parts.ts';
import { stableId } from './physical-name.ts';

const strings = z.array(z.string()).default([]);
const apiSchema = z.object({
  ProtocolType: z.literal('HTTP', 'only HTTP APIs run locally').optional(),
  CorsConfiguration: z
    .object({
      AllowOrigins: strings,
      AllowMethods: strings,
      AllowHeaders: strings,
      ExposeHeaders: strings,
      MaxAge: count.optional(),
      AllowCredentials: flag.default(false),
    })
    .optional(),
});

/** Notes the HTTP API; the runtime serves one. */
export const deployApi: Deployer = (resource, { assembly, parts }) => {
  const { CorsConfiguration: cors } = propertiesOf(resource, apiSchema);
  if (parts.httpApi)
    throw new TemplateError(`${resource.logicalId} is a second HTTP API: the local runtime serves one.`);
  const apiId = stableId(assembly.stackName, resource.logicalId);
  parts.httpApi = {
    apiId,
    cors: cors && {
      allowOrigins: cors.AllowOrigins,
      allowMethods: cors.AllowMethods,
      allowHeaders: cors.AllowHeaders,
      exposeHeaders: cors.ExposeHeaders,
      maxAge: cors.MaxAge,
      allowCredentials: cors.AllowCredentials,
    },
    routes: [],
    throttle: undefined,
    routeThrottles: new Map(),
  };
  const endpoint = `https://${apiId}.execute-api.${region}.amazonaws.com`;
  return { ref: apiId, attributes: { ApiId: apiId, ApiEndpoint: endpoint } };
};

const integrationSchema = z.object({
  IntegrationType: z.literal('AWS_PROXY', 'only Lambda integrations run locally'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0', 'only payload format 2.0 runs locally'),
  TimeoutInMillis: count.default(30_000),
});

export const deployIntegration: Deployer = (resource, { assembly, parts }) => {
  const { IntegrationUri, TimeoutInMillis } = propertiesOf(resource, integrationSchema);
  const id = stableId(assembly.stackName, resource.logicalId);
  const { logicalId: functionLogicalId } = functionOf(parts, IntegrationUri);
  parts.integrations.set(id, { functionLogicalId, timeoutMs: TimeoutInMillis });
  return { ref: id, attributes: { IntegrationId: id } };
};

const routeSchema = z.object({
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizationType: z.literal('NONE', 'authorizers have no local part').default('NONE'),
});

export const deployRoute: Deployer = (resource, context) => {
  const { RouteKey: routeKey, Target } = propertiesOf(resource, routeSchema);
  const integration = context.parts.integrations.get(Target.replace('integrations/', ''));
  if (!integration)
    throw new TemplateError(`The route ${routeKey} leads to '${Target}', which is no integration of the template.`);
  apiOf(context, resource.logicalId).routes.push({ routeKey, ...integration });
  return { ref: stableId(context.assembly.stackName, resource.logicalId), attributes: {} };
};

const limits = z.object({ ThrottlingRateLimit: count.optional(), ThrottlingBurstLimit: count.optional() });
const stageSchema = z.object({
  StageName: z.literal('$default', 'only the stage $default is served locally'),
  DefaultRouteSettings: limits.optional(),
  RouteSettings: z.record(z.string(), limits).default({}),
});

export const deployApiStage: Deployer = (resource, context) => {
  const { StageName, DefaultRouteSettings, RouteSettings } = propertiesOf(resource, stageSchema);
  const api = apiOf(context, resource.logicalId);
  api.throttle = throttleOf(DefaultRouteSettings);
  for (const [routeKey, settings] of Object.entries(RouteSettings)) {
    const throttle = throttleOf(settings);
    if (throttle) api.routeThrottles.set(routeKey, throttle);
  }
  return { ref: StageName, attributes: {} };
};

function throttleOf(settings: z.output<typeof limits> | undefined): Throttle | undefined {
  const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = settings ?? {};
  return rate === undefined || burst === undefined ? undefined : { rate, burst };
}

function apiOf({ parts }: DeployContext, logicalId: string): HttpApiSpec {
  if (!parts.httpApi) throw new TemplateError(`${logicalId} belongs to an HTTP API that the template does not deploy.`);
  return parts.httpApi;
}
