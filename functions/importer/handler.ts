import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { importerEnv, readEnv } from '../../schemas/env.ts';
import { putBarrierOn } from '../adapters/barrier-records.ts';
import { createBarriers } from '../adapters/barriers.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { createKinesis, putRecordsTo } from '../adapters/kinesis.ts';
import { createLakeFiles } from '../adapters/lake-files.ts';
import { log } from '../adapters/log.ts';
import { storeInOrder } from '../adapters/store-in-order.ts';
import { createVersionedFiles } from '../adapters/versioned-files.ts';
import { createImporter } from './importer.ts';

/** How long the stream may throttle before a part is given up, which is then tried again by the next run. */
const STORE_MS = 60_000;

const env = readEnv(importerEnv, process.env);
const kinesis = createKinesis();
const put = putRecordsTo(env.STREAM_NAME, kinesis);

export const handler = createImporter({
  files: createLakeFiles(env.LAKE_BUCKET),
  versioned: createVersionedFiles(env.LAKE_BUCKET),
  store: (records) => storeInOrder(put, records, Date.now() + STORE_MS),
  putBarrier: putBarrierOn(kinesis, env.STREAM_NAME),
  barriers: createBarriers(createDynamoDb(), env.SEGMENTS_TABLE, Date.now),
  clock: Date.now,
  pause,
  newId: randomUUID,
  log,
});
