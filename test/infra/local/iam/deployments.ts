import type { Resource } from '../../../../infra/local/deploy/deployer.ts';
import {
  type FunctionSpec,
  type LocalParts,
  type MappingSpec,
  noParts,
} from '../../../../infra/local/deploy/local-parts.ts';
import type { Deployed } from '../../../../infra/local/template/types.ts';
import { aPolicy } from './statement.ts';

const roleArn = 'arn:aws:iam::000000000000:role/stack-ReaderRole';

export const allow = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});
export const deny = (Action: string, Resource: string) => ({ Sid: 'Never', Effect: 'Deny', Action, Resource });

const aFunction: FunctionSpec = {
  logicalId: 'Reader',
  functionName: 'stack-Reader',
  arn: 'arn:aws:lambda:us-east-1:000000000000:function:stack-Reader',
  roleArn,
  codeFolder: '/none',
  handler: 'index.handler',
  memoryMb: 128,
  timeoutSeconds: 3,
  environment: {},
};

export const aMapping = (changes: Partial<MappingSpec> = {}): MappingSpec => ({
  logicalId: 'Mapping',
  uuid: '11111111-2222-4333-8444-555555555555',
  functionLogicalId: 'Reader',
  functionArn: aFunction.arn,
  roleArn,
  streamName: 'events',
  streamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/events',
  enabled: true,
  batchSize: 10,
  windowSeconds: 0,
  startingPosition: 'TRIM_HORIZON',
  bisect: false,
  reportsFailures: false,
  maximumRetries: 1,
  maximumAgeSeconds: 60,
  failureBucket: undefined,
  filters: [],
  ...changes,
});

interface Made {
  readonly parts: LocalParts;
  readonly resources: ReadonlyMap<string, Resource & Deployed>;
}

export interface DeploymentOptions {
  readonly role?: object;
  readonly resources?: Record<string, { type: string; ref: string; properties: object }>;
  readonly mappings?: readonly MappingSpec[];
  readonly logGroup?: string;
}

/** What a template with one function, `Reader`, and a policy of these statements deploys to. */
export function aDeployment(statements: readonly object[], options: DeploymentOptions = {}): Made {
  const policy = { Roles: ['stack-ReaderRole'], PolicyDocument: aPolicy(...statements) };
  const lambda = options.logGroup === undefined ? {} : { LoggingConfig: { LogGroup: options.logGroup } };
  const made = {
    ReaderRole: {
      type: 'AWS::IAM::Role',
      ref: 'stack-ReaderRole',
      properties: options.role ?? {},
      attributes: { Arn: roleArn },
    },
    ...(statements.length > 0 && { ReaderPolicy: { type: 'AWS::IAM::Policy', ref: 'p', properties: policy } }),
    Reader: { type: 'AWS::Lambda::Function', ref: 'stack-Reader', properties: lambda },
    ...options.resources,
  };
  const resources = Object.entries(made).map(([logicalId, resource]) => {
    const whole = {
      attributes: {},
      ...resource,
      logicalId,
      properties: resource.properties as Record<string, unknown>,
    };
    return [logicalId, whole] as const;
  });
  const parts = { ...noParts(), functions: [aFunction], mappings: [...(options.mappings ?? [])] };
  return { parts, resources: new Map(resources) };
}
