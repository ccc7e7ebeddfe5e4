import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { profileSnapshotEnv, readEnv } from '../../schemas/env.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { createLakeFiles } from '../adapters/lake-files.ts';
import { log } from '../adapters/log.ts';
import { scanProfilesOf } from '../adapters/profile-scan.ts';
import { createProfileStore } from '../adapters/profile-store.ts';
import { createHeldObject, createStateObject } from '../adapters/state-object.ts';
import { createVersionedFiles } from '../adapters/versioned-files.ts';
import { createProfileSnapshot } from './profile-snapshot.ts';

const env = readEnv(profileSnapshotEnv, process.env);
const dynamoDb = createDynamoDb();

export const handler = createProfileSnapshot({
  scan: scanProfilesOf(dynamoDb, env.PROFILES_TABLE),
  store: createProfileStore(dynamoDb, env.PROFILES_TABLE),
  files: createLakeFiles(env.LAKE_BUCKET),
  state: createHeldObject(createStateObject(createVersionedFiles(env.LAKE_BUCKET), env.SNAPSHOT_STATE_KEY)),
  currency: env.REPORTING_CURRENCY,
  peopleAFile: 5_000,
  everyMinutes: env.SNAPSHOT_MINUTES,
  clock: Date.now,
  pause,
  newId: randomUUID,
  log,
});
