import { randomUUID } from 'node:crypto';
import { profileUpdaterEnv, readEnv } from '../../schemas/env.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { log } from '../adapters/log.ts';
import { createProfileStore } from '../adapters/profile-store.ts';
import { createProfileUpdater } from './profile-updater.ts';

const { PROFILES_TABLE } = readEnv(profileUpdaterEnv, process.env);

export const handler = createProfileUpdater({
  store: createProfileStore(createDynamoDb(), PROFILES_TABLE),
  clock: Date.now,
  newToken: randomUUID,
  log,
});
