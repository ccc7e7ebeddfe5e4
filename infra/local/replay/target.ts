import path from 'node:path';
import { InvokeCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { ReplayAnswer, ReplayCall } from '../../../schemas/replay.ts';
import { runtimeOn } from '../data-directory.ts';
import { StartError } from '../errors.ts';
import { readState } from '../state-file.ts';
import type { ReplayCommand } from './request.ts';

/** The function of replays, on this machine or on AWS. */
export interface Target {
  /** Throws `ReplayerError` when the function itself fails, and what the connection threw. */
  call(call: ReplayCall): Promise<ReplayAnswer>;
  /** Where its log is. */
  readonly log: string;
  close(): void;
}

/** The function failed. */
export class ReplayerError extends Error {
  override readonly name = 'ReplayerError';
}

/** The runtime on the data folder, or the deployed stage. Throws a `StartError` that says how to have one. */
export async function openTarget({ dataDir, stage }: Omit<ReplayCommand, 'request'>): Promise<Target> {
  return stage === undefined ? await localTarget(dataDir) : await deployedTarget(stage);
}

interface RuntimeFile {
  readonly gatewayUrl: string;
  readonly outputs: Readonly<Record<string, string>>;
}

async function localTarget(dataDir: string): Promise<Target> {
  const file = path.join(dataDir, 'state', 'runtime.json');
  const runtime = runtimeOn(dataDir) === undefined ? undefined : await readState<RuntimeFile>(file);
  if (runtime === undefined) {
    const shown = path.relative(process.cwd(), dataDir) || '.';
    const start = shown === '.headwater' ? 'npm start -- --no-demo' : `npm start -- --no-demo --data ${shown}`;
    const mend = `start it in another terminal by \`${start}\`, then try again`;
    throw new StartError(`A replay needs the runtime, and none is up on ${dataDir}: ${mend}.`);
  }
  const { ReplayerFunction: name } = runtime.outputs;
  if (name === undefined) {
    throw new StartError('The runtime is of a version that has no replays: stop it and start it again.');
  }
  const credentials = { accessKeyId: 'HWTOOL', secretAccessKey: 'local' };
  const lambda = new LambdaClient({ endpoint: runtime.gatewayUrl, region: 'us-east-1', credentials });
  return targetOf(lambda, name, path.join(dataDir, 'logs', `${name}.log`));
}

/** The stage names its functions itself, all beginning with its own name. */
async function deployedTarget(stage: string): Promise<Target> {
  const lambda = new LambdaClient({});
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    const name = Functions.find((each) => each.FunctionName?.startsWith(`Headwater-${stage}-ReplaysReplayer`));
    if (name?.FunctionName !== undefined) {
      return targetOf(lambda, name.FunctionName, name.LoggingConfig?.LogGroup ?? `the log of ${name.FunctionName}`);
    }
  }
  throw new StartError(
    `There is no stage ${stage} with replays in this account and region: deploy it by \`npx cdk deploy -c stage=${stage}\`.`,
  );
}

const targetOf = (lambda: LambdaClient, functionName: string, log: string): Target => ({
  log,
  call: async (call) => {
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(call) }),
    );
    const text = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError !== undefined) throw new ReplayerError(JSON.parse(text).errorMessage ?? text);
    return JSON.parse(text);
  },
  close: () => lambda.destroy(),
});
