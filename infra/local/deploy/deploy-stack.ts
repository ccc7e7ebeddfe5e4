import { TemplateError } from '../errors.ts';
import type { Gateway } from '../gateway/types.ts';
import type { Assembly } from '../template/assembly.ts';
import { resolve } from '../template/intrinsics.ts';
import { deploymentOrder } from '../template/order.ts';
import { createScope } from '../template/scope.ts';
import type { Deployed } from '../template/types.ts';
import { deployBucket } from './buckets.ts';
import { deployDatabase, deployGlueTable, deployWorkGroup } from './catalog.ts';
import type { Deployer, Resource } from './deployer.ts';
import { deployEventInvokeConfig } from './event-invoke-configs.ts';
import { deployEventSourceMapping } from './event-source-mappings.ts';
import { deployFunction } from './functions.ts';
import { deployApi, deployApiStage, deployIntegration, deployRoute } from './http-api.ts';
import { type LocalParts, noParts } from './local-parts.ts';
import { noLocalPart } from './no-local-part.ts';
import { physicalName } from './physical-name.ts';
import { deployQueue } from './queues.ts';
import { deploySchedule } from './schedules.ts';
import { deployStream } from './streams.ts';
import { deployTable } from './tables.ts';

const deployers: Readonly<Record<string, Deployer>> = {
  'AWS::Kinesis::Stream': deployStream,
  'AWS::DynamoDB::Table': deployTable,
  'AWS::DynamoDB::GlobalTable': deployTable,
  'AWS::S3::Bucket': deployBucket,
  'AWS::SQS::Queue': deployQueue,
  'AWS::Glue::Database': deployDatabase,
  'AWS::Glue::Table': deployGlueTable,
  'AWS::Athena::WorkGroup': deployWorkGroup,
  'AWS::Lambda::Function': deployFunction,
  'AWS::Lambda::EventSourceMapping': deployEventSourceMapping,
  'AWS::Lambda::EventInvokeConfig': deployEventInvokeConfig,
  'AWS::Scheduler::Schedule': deploySchedule,
  'AWS::ApiGatewayV2::Api': deployApi,
  'AWS::ApiGatewayV2::Integration': deployIntegration,
  'AWS::ApiGatewayV2::Route': deployRoute,
  'AWS::ApiGatewayV2::Stage': deployApiStage,
};

export interface Deployment {
  readonly parts: LocalParts;
  readonly outputs: Readonly<Record<string, string>>;
  /** Every resource with its properties resolved, by logical id: what a permission check reads its policies from. */
  readonly resources: ReadonlyMap<string, Resource & Deployed>;
}

export interface DeployStackOptions {
  readonly assembly: Assembly;
  readonly gateway: Gateway;
  /** Address of the local HTTP API; stands wherever the template has the address of the API on AWS. */
  readonly apiUrl: string;
}

/**
 * Makes or finds every resource of the template, in the order in which they need each other.
 * Throws `TemplateError` for a resource type that is neither known nor known to need no local part.
 */
export async function deployStack({ assembly, gateway, apiUrl }: DeployStackOptions): Promise<Deployment> {
  const { template, stackName } = assembly;
  const parts = noParts();
  const resources = new Map<string, Resource & Deployed>();
  const scope = createScope(template, stackName, resources);
  const local = (value: unknown) => withLocalAddress(resolve(value, scope), apiUrl);

  for (const logicalId of deploymentOrder(template)) {
    const { Type: type, Condition: condition, Properties } = template.Resources[logicalId] ?? { Type: '' };
    if (condition && !scope.condition(condition)) continue;
    const deploy = deployerOf(logicalId, type, stackName);
    const resource = { logicalId, type, properties: local(Properties ?? {}) as Record<string, unknown> };
    resources.set(logicalId, { ...resource, ...(await deploy(resource, { gateway, assembly, parts })) });
  }

  const outputs = Object.entries(template.Outputs ?? {})
    .filter(([, { Condition }]) => !Condition || scope.condition(Condition))
    .map(([name, { Value }]) => [name, String(local(Value))] as const);
  return { parts, outputs: Object.fromEntries(outputs), resources };
}

function deployerOf(logicalId: string, type: string, stackName: string): Deployer {
  const deployer = deployers[type];
  if (deployer) return deployer;
  const describe = noLocalPart[type];
  if (describe) return ({ properties }) => describe(physicalName(stackName, logicalId), properties);
  throw new TemplateError(
    `${logicalId} is of the type ${type}, which the local runtime does not know: ` +
      'add a deployer for it to infra/local/deploy, or list it as having no local part.',
  );
}

const awsAddress = /https:\/\/[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com/g;

function withLocalAddress(value: unknown, apiUrl: string): unknown {
  if (typeof value === 'string') return value.replace(awsAddress, apiUrl);
  if (Array.isArray(value)) return value.map((item) => withLocalAddress(item, apiUrl));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withLocalAddress(item, apiUrl)]));
}
