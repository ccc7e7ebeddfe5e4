import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Endpoint, HttpFunction } from '../../schemas/api/endpoint.ts';
import type { StageSettings } from '../settings/stage.ts';

export interface ApiProps {
  readonly endpoints: readonly Endpoint[];
  /** The function behind each endpoint, by name. */
  readonly handlers: Readonly<Record<HttpFunction, IFunction>>;
  readonly settings: StageSettings;
}

/** What is logged of a request: the route, never the path or the address, as both name people. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    route: '$context.routeKey',
    status: '$context.status',
    latencyMs: '$context.responseLatency',
    integrationLatencyMs: '$context.integrationLatency',
    integrationStatus: '$context.integrationStatus',
    responseBytes: '$context.responseLength',
  }),
);

/**
 * Owns the HTTP API: one route for each endpoint, the throttle over all clients, and the access log.
 *
 * May fail: past the throttle clients get 429 and come again. A function that throws or is too slow becomes a 5xx.
 * The alarm `ServerErrors` means that more than 1 % of requests end so: the access log names the route, the log of
 * its function the reason.
 */
export class Api extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;

  constructor(scope: Construct, id: string, { endpoints, handlers, settings }: ApiProps) {
    super(scope, id);

    this.api = new HttpApi(this, 'Http', {
      createDefaultStage: false,
      description: 'Headwater: events in; profiles, segments and reports out.',
    });
    Validations.of(this.api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'Functions check the key that an endpoint asks for: SDKs send it in five ways, one of them in the body.',
    });
    const integrationOf = integrations(handlers);
    for (const { path, method, handler } of [...endpoints, ...preflights(endpoints)]) {
      this.api.addRoutes({
        path,
        methods: [HttpMethod[method]],
        integration: integrationOf[handler],
      });
    }

    const log = new LogGroup(this, 'AccessLog', {
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: settings.throttle.rate, burstLimit: settings.throttle.burst },
      accessLogSettings: { destination: new LogGroupLogDestination(log), format: accessLogFormat },
    });
  }
}

/** Browsers ask before they send events; the collector answers itself. */
function preflights(endpoints: readonly Endpoint[]) {
  const paths = new Set(endpoints.filter(({ handler }) => handler === 'collector').map(({ path }) => path));
  return [...paths].map((path) => ({ path, method: 'OPTIONS', handler: 'collector' }) as const);
}

/** One integration for each function, which permits the API, not each of its routes, to call it: policies are short. */
function integrations(handlers: ApiProps['handlers']): Record<HttpFunction, HttpLambdaIntegration> {
  const of = ([name, handler]: [string, IFunction]) =>
    [name, new HttpLambdaIntegration(name, handler, { scopePermissionToRoute: false })] as const;
  return Object.fromEntries(Object.entries(handlers).map(of)) as Record<HttpFunction, HttpLambdaIntegration>;
}
