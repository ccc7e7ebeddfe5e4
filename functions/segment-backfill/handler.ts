import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { readEnv, segmentBackfillEnv } from '../../schemas/env.ts';
import { createAthena } from '../adapters/athena.ts';
import { createBackfillJobs } from '../adapters/backfill-job.ts';
import { putBarrierOn } from '../adapters/barrier-records.ts';
import { createBarriers } from '../adapters/barriers.ts';
import { createControlStream } from '../adapters/control-stream.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { createKinesis, putRecordsTo } from '../adapters/kinesis.ts';
import { log } from '../adapters/log.ts';
import { createObjectReader } from '../adapters/s3-read.ts';
import { createSegmentCatalog } from '../adapters/segment-catalog.ts';
import { createSegmentBackfill } from './segment-backfill.ts';

const env = readEnv(segmentBackfillEnv, process.env);
const dynamoDb = createDynamoDb();
const kinesis = createKinesis();

export const handler = createSegmentBackfill({
  catalog: createSegmentCatalog(dynamoDb, env.SEGMENTS_TABLE, Date.now),
  jobs: createBackfillJobs(dynamoDb, env.SEGMENTS_TABLE),
  barriers: createBarriers(dynamoDb, env.SEGMENTS_TABLE, Date.now),
  putBarrier: putBarrierOn(kinesis, env.STREAM_NAME),
  stream: createControlStream(putRecordsTo(env.STREAM_NAME, kinesis)),
  objects: createObjectReader(),
  athena: createAthena(),
  lakeBucket: env.LAKE_BUCKET,
  database: env.ATHENA_DATABASE,
  workGroup: env.ATHENA_WORKGROUP,
  clock: Date.now,
  newId: randomUUID,
  pause,
  log,
});
