import path from 'node:path';
import { InvokeCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { StartError } from './errors.ts';
import { runningRuntime } from './running-runtime.ts';

/** A function that a command calls, on this machine or on AWS. */
export interface FunctionTarget<Call, Answer> {
  /** Throws `FunctionFailedError` when the function itself fails, and what the connection threw. */
  call(call: Call): Promise<Answer>;
  /** Where its log is. */
  readonly log: string;
  close(): void;
}

/** The function failed. */
export class FunctionFailedError extends Error {
  override readonly name = 'FunctionFailedError';
}

/** Which function. */
export interface WhichFunction {
  /** Output of the stack that names it. */
  readonly output: string;
  /** How its name begins on AWS, after that of its stack. */
  readonly part: string;
  /** What the command does, and what the stage has then: `A replay`, `replays`. */
  readonly what: string;
  readonly many: string;
}

export interface Where {
  readonly dataDir: string;
  readonly stage: string | undefined;
}

/** Of the runtime on the data folder, or of the deployed stage. Throws a `StartError` that says how to have one. */
export const openFunction = <Call, Answer>(
  which: WhichFunction,
  { dataDir, stage }: Where,
): Promise<FunctionTarget<Call, Answer>> =>
  stage === undefined ? localTarget(which, dataDir) : deployedTarget(which, stage);

async function localTarget<Call, Answer>(
  { output, what, many }: WhichFunction,
  dataDir: string,
): Promise<FunctionTarget<Call, Answer>> {
  const runtime = await runningRuntime(`${what} needs`, dataDir);
  const name = runtime.outputs[output];
  if (name === undefined) {
    throw new StartError(`The runtime is of a version that has no ${many}: stop it and start it again.`);
  }
  const credentials = { accessKeyId: 'HWTOOL', secretAccessKey: 'local' };
  const lambda = new LambdaClient({ endpoint: runtime.gatewayUrl, region: 'us-east-1', credentials });
  return targetOf(lambda, name, path.join(dataDir, 'logs', `${name}.log`));
}

/** The stage names its functions itself, all beginning with its own name. */
async function deployedTarget<Call, Answer>(
  { part, many }: WhichFunction,
  stage: string,
): Promise<FunctionTarget<Call, Answer>> {
  const lambda = new LambdaClient({});
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    const name = Functions.find((each) => each.FunctionName?.startsWith(`Headwater-${stage}-${part}`));
    if (name?.FunctionName !== undefined) {
      return targetOf(lambda, name.FunctionName, name.LoggingConfig?.LogGroup ?? `the log of ${name.FunctionName}`);
    }
  }
  throw new StartError(
    `There is no stage ${stage} with ${many} in this account and region: deploy it by \`npx cdk deploy -c stage=${stage}\`.`,
  );
}

const targetOf = <Call, Answer>(
  lambda: LambdaClient,
  functionName: string,
  log: string,
): FunctionTarget<Call, Answer> => ({
  log,
  call: async (call) => {
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(call) }),
    );
    const text = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError !== undefined) throw new FunctionFailedError(JSON.parse(text).errorMessage ?? text);
    return JSON.parse(text);
  },
  close: () => lambda.destroy(),
});
