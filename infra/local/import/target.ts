import { existsSync } from 'node:fs';
import path from 'node:path';
import { InvokeCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { runtimeOn } from '../data-directory.ts';
import { StartError } from '../errors.ts';
import { readState } from '../state-file.ts';
import type { ImportRequest } from './request.ts';

/** Where an import goes. */
export interface Target {
  readonly s3: S3Client;
  readonly bucket: string;
  /** Has the importer look into the inbox now; its clock does so by itself within a minute. */
  invoke(): Promise<void>;
}

/** The runtime on the data folder, or the deployed stage. Throws a `StartError` that says how to have one. */
export async function openTarget({ dataDir, stage }: ImportRequest): Promise<Target> {
  return stage === undefined ? await localTarget(dataDir) : await deployedTarget(stage);
}

interface RuntimeFile {
  readonly gatewayUrl: string;
  readonly outputs: Readonly<Record<string, string>>;
}

async function localTarget(dataDir: string): Promise<Target> {
  const shown = path.relative(process.cwd(), dataDir);
  const runtime =
    runtimeOn(dataDir) === undefined
      ? undefined
      : await readState<RuntimeFile>(path.join(dataDir, 'state', 'runtime.json'));
  if (runtime === undefined) {
    const isDefault = shown === '.headwater';
    const start = isDefault ? 'npm start -- --no-demo' : `npm start -- --no-demo --data ${shown || '.'}`;
    const what = existsSync(dataDir) ? 'is not up' : 'was never started';
    throw new StartError(
      `The runtime on ${dataDir} ${what}: start it in another terminal by \`${start}\`, then try again.`,
    );
  }
  const { LakeBucket, ImporterFunction } = runtime.outputs;
  if (LakeBucket === undefined || ImporterFunction === undefined) {
    throw new StartError('The runtime is of a version that cannot import: stop it and start it again.');
  }
  const config = {
    endpoint: runtime.gatewayUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'HWTOOL', secretAccessKey: 'local' },
  };
  return targetOf(
    new S3Client({ ...config, forcePathStyle: true }),
    new LambdaClient(config),
    LakeBucket,
    ImporterFunction,
  );
}

/** The stack names its functions itself, all beginning with its own name. */
async function deployedTarget(stage: string): Promise<Target> {
  const lambda = new LambdaClient({});
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName = '', Environment } of Functions) {
      const bucket = Environment?.Variables?.LAKE_BUCKET;
      if (!FunctionName.startsWith(`Headwater-${stage}-ImportsImporter`) || bucket === undefined) continue;
      return targetOf(new S3Client({}), lambda, bucket, FunctionName);
    }
  }
  throw new StartError(
    `There is no stage ${stage} with an importer in this account and region: deploy it by \`npx cdk deploy -c stage=${stage}\`.`,
  );
}

const targetOf = (s3: S3Client, lambda: LambdaClient, bucket: string, functionName: string): Target => ({
  s3,
  bucket,
  invoke: async () => {
    await lambda.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: '{}' }));
  },
});
