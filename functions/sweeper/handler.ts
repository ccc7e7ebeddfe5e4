import { setTimeout as sleep } from 'node:timers/promises';
import { readEnv, sweeperEnv } from '../../schemas/env.ts';
import { createControlStream } from '../adapters/control-stream.ts';
import { createDueStore } from '../adapters/due-store.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { putRecordsTo } from '../adapters/kinesis.ts';
import { log } from '../adapters/log.ts';
import { createSweeper } from './sweeper.ts';

const env = readEnv(sweeperEnv, process.env);
const stream = createControlStream(putRecordsTo(env.STREAM_NAME));

export const handler = createSweeper({
  due: createDueStore(createDynamoDb(), env.DUE_TABLE, Date.now),
  publish: stream.publish,
  clock: Date.now,
  sleep,
  everySeconds: env.SWEEP_SECONDS,
  log,
});
