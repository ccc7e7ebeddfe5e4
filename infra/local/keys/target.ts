import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { StartError } from '../errors.ts';
import type { Where } from '../function-target.ts';
import { runningRuntime } from '../running-runtime.ts';

/** The table of keys, on this machine or on AWS. */
export interface Target {
  readonly dynamoDb: DynamoDBClient;
  readonly table: string;
  readonly kinesis: KinesisClient;
  /** The event stream, on which the audit log is written. */
  readonly stream: string;
}

/** Of the runtime on the data folder, or of the deployed stage. Throws a `StartError` that says how to have one. */
export const openTarget = ({ dataDir, stage }: Where): Promise<Target> =>
  stage === undefined ? localTarget(dataDir) : deployedTarget(stage);

async function localTarget(dataDir: string): Promise<Target> {
  const runtime = await runningRuntime('Keys need', dataDir);
  const { KeysTable: table, StreamName: stream } = runtime.outputs;
  if (table === undefined || stream === undefined) {
    throw new StartError('The runtime is of a version that has no table of keys: stop it and start it again.');
  }
  const credentials = { accessKeyId: 'HWTOOL', secretAccessKey: 'local' };
  const at = { endpoint: runtime.gatewayUrl, region: 'us-east-1', credentials };
  return {
    dynamoDb: new DynamoDBClient(at),
    table,
    kinesis: new KinesisClient({ ...at, requestHandler: new NodeHttpHandler() }),
    stream,
  };
}

/** The stack names its functions itself, all beginning with its own name, and the collector knows the table. */
async function deployedTarget(stage: string): Promise<Target> {
  const lambda = new LambdaClient({});
  try {
    for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
      for (const { FunctionName = '', Environment } of Functions) {
        const { KEYS_TABLE: table, STREAM_NAME: stream } = Environment?.Variables ?? {};
        if (!FunctionName.startsWith(`Headwater-${stage}-IngestionCollector`) || table === undefined) continue;
        if (stream !== undefined)
          return {
            dynamoDb: new DynamoDBClient({}),
            table,
            kinesis: new KinesisClient({ requestHandler: new NodeHttpHandler() }),
            stream,
          };
      }
    }
  } finally {
    lambda.destroy();
  }
  throw new StartError(
    `There is no stage ${stage} with a table of keys in this account and region: deploy it by \`npx cdk deploy -c stage=${stage}\`.`,
  );
}
