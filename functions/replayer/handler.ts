import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { readEnv, replayerEnv } from '../../schemas/env.ts';
import { createAthena } from '../adapters/athena.ts';
import { putBarrierOn } from '../adapters/barrier-records.ts';
import { createBarriers } from '../adapters/barriers.ts';
import { createCatalog } from '../adapters/compiled-catalog.ts';
import { createControlStream } from '../adapters/control-stream.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { createEventSourceMapping } from '../adapters/event-source-mapping.ts';
import { createKinesis, putRecordsTo } from '../adapters/kinesis.ts';
import { createLakeFiles } from '../adapters/lake-files.ts';
import { log } from '../adapters/log.ts';
import { createPrivacyRegister } from '../adapters/privacy-register.ts';
import { createProfileStore } from '../adapters/profile-store.ts';
import { createReplayJobs } from '../adapters/replay-jobs.ts';
import { putObjectTo } from '../adapters/s3.ts';
import { createObjectReader } from '../adapters/s3-read.ts';
import { createSegmentCatalogReader } from '../adapters/segment-catalog-reader.ts';
import { storeInOrder } from '../adapters/store-in-order.ts';
import { createReplayer } from './replayer.ts';

/** A run holds the histories of one bucket, parsed key by key. */
const BUCKET_BYTES = 32_000_000;

const env = readEnv(replayerEnv, process.env);
const dynamoDb = createDynamoDb();
const kinesis = createKinesis();
const putRecords = putRecordsTo(env.STREAM_NAME, kinesis);

export const handler = createReplayer({
  jobs: createReplayJobs(dynamoDb, env.SEGMENTS_TABLE),
  store: createProfileStore(dynamoDb, env.PROFILES_TABLE),
  register: createPrivacyRegister(dynamoDb, env.PRIVACY_TABLE),
  barriers: createBarriers(dynamoDb, env.SEGMENTS_TABLE, Date.now),
  readCatalog: createCatalog(createSegmentCatalogReader(dynamoDb, env.SEGMENTS_TABLE)),
  putBarrier: putBarrierOn(kinesis, env.STREAM_NAME),
  stream: createControlStream(putRecords),
  putRecords: (records, deadline) => storeInOrder(putRecords, records, deadline),
  athena: createAthena(),
  objects: createObjectReader(),
  put: putObjectTo(env.LAKE_BUCKET, { timeoutMs: 30_000 }),
  removeFiles: createLakeFiles(env.LAKE_BUCKET).remove,
  updates: createEventSourceMapping(env.UPDATES_MAPPING),
  setAside: createLakeFiles(env.FAILED_BATCHES_BUCKET),
  updatesMapping: env.UPDATES_MAPPING,
  landingMapping: env.LANDING_MAPPING,
  identity: env.IDENTITY_RULES,
  lakeBucket: env.LAKE_BUCKET,
  database: env.ATHENA_DATABASE,
  workGroup: env.ATHENA_WORKGROUP,
  bucketBytes: BUCKET_BYTES,
  clock: Date.now,
  newId: randomUUID,
  newToken: randomUUID,
  pause,
  log,
});
