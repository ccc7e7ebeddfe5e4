import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime, SystemLogLevel } from 'aws-cdk-lib/aws-lambda';
import {
  Charset,
  type ICommandHooks,
  NodejsFunction,
  OutputFormat,
  SourceMapMode,
} from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { EnvironmentOf, FunctionName } from '../../schemas/env.ts';
import type { StageSettings } from '../settings/stage.ts';
import type { Explanation, Grant } from './grant.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const adapters = `${root}functions/adapters/`;

export interface HeadwaterFunctionProps<N extends FunctionName> {
  /** Name of the folder in `functions/`; its `handler.ts` exports `handler`. */
  readonly name: N;
  readonly description: string;
  /** All that the function may do and needs to know: a variable of its schema that no grant sets does not compile. */
  readonly grants: Grant<EnvironmentOf<N>>;
  readonly settings: StageSettings;
  /**
   * Modules of the folder that the function imports as `./<name>.mjs` when it first needs one: what is large and used
   * seldom costs no start.
   *
   * @default none: the handler is the whole bundle
   */
  readonly lateModules?: readonly string[];
  /** @default 10 seconds, below API Gateway's 30 */
  readonly timeout?: Duration;
}

/**
 * Owns one Lambda function: its bundle, its role with exactly what it was granted, and its log group.
 *
 * May fail: by time-out, memory or an exception. What that means, and the alarm for it, is its caller's: the API
 * answers 5xx, a stream consumer is retried.
 */
export class HeadwaterFunction<N extends FunctionName> extends Construct {
  readonly lambda: NodejsFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: HeadwaterFunctionProps<N>) {
    super(scope, id);

    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.settings.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    for (const statement of props.grants.statements) role.addToPolicy(statement);
    for (const explanation of props.grants.explanations ?? []) Validations.of(role).acknowledge(explanation);

    this.lambda = new NodejsFunction(this, 'Function', {
      description: props.description,
      entry: `${root}functions/${props.name}/handler.ts`,
      projectRoot: root,
      depsLockFilePath: `${root}package-lock.json`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.settings.memory[props.name],
      timeout: props.timeout ?? Duration.seconds(10),
      role,
      logGroup: this.logGroup,
      // START, END and REPORT of every invocation would cost more than what it says itself; failures and time-outs are told.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      environment: { ...props.grants.environment },
      awsSdkConnectionReuse: false,
      bundling: {
        format: OutputFormat.ESM,
        target: 'node24',
        mainFields: ['module', 'main'],
        bundleAwsSDK: true,
        minify: true,
        sourceMap: true,
        sourceMapMode: SourceMapMode.EXTERNAL,
        sourcesContent: false,
        inject: [`${adapters}source-maps.ts`],
        charset: Charset.UTF8,
        commandHooks: bundlingOf([
          ...(props.lateModules ?? []).map((module) => `${props.name}/${module}`),
          ...(props.grants.lateModules ?? []),
        ]),
        esbuildArgs: {
          '--legal-comments': 'none',
          '--log-level': 'warning',
        },
      },
    });
    Validations.of(this.lambda).acknowledge(...withoutTracesAndQueues);
  }
}

/** What the security checks ask of every function, and why none has it. */
const withoutTracesAndQueues: readonly Explanation[] = [
  {
    id: 'Serverless-LambdaDLQ',
    reason:
      'A queue takes the events of asynchronous calls. The API calls at once, the stream sets whole batches aside in a bucket, and what a schedule or the segment API starts is found again by the next run.',
  },
  {
    id: 'Serverless-LambdaTracing',
    reason:
      'A trace costs as much as 25 events and needs a permission on all resources; latency is in the access log and the metrics.',
  },
];

/** Bundles late modules, by their paths in `functions/`, beside the handler, as it is bundled. */
function bundlingOf(lateModules: readonly string[]): ICommandHooks {
  const options = '--bundle --target=node24 --platform=node --format=esm --main-fields=module,main --minify';
  const quiet = '--legal-comments=none --log-level=warning --charset=utf8';
  return {
    beforeBundling: () => [],
    beforeInstall: () => [],
    afterBundling: (_, outputDir) =>
      lateModules.map((module) => {
        const file = `${outputDir}/${basename(module)}.mjs`;
        return `npx esbuild functions/${module}.ts ${options} ${quiet} --outfile="${file}"`;
      }),
  };
}
