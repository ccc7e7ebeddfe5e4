import { profileApiEnv, readEnv } from '../../schemas/env.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { readProfile } from '../adapters/profile-store.ts';
import { createProfileApi } from './profile-api.ts';

const { PROFILES_TABLE, API_KEYS } = readEnv(profileApiEnv, process.env);
const client = createDynamoDb();

export const handler = createProfileApi({
  readProfile: (key) => readProfile(client, PROFILES_TABLE, key),
  clock: Date.now,
  apiKeys: API_KEYS,
});
