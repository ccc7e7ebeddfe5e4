import { randomUUID } from 'node:crypto';
import { profileUpdaterEnv, readEnv } from '../../schemas/env.ts';
import { cleanRulesOf } from '../../shared/clean/clean-record.ts';
import { createBarriers } from '../adapters/barriers.ts';
import { createControlStream } from '../adapters/control-stream.ts';
import { createDueStore } from '../adapters/due-store.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { createHaveHeard } from '../adapters/heard-transitions.ts';
import { putRecordsTo } from '../adapters/kinesis.ts';
import { log } from '../adapters/log.ts';
import { createPrivacyGate } from '../adapters/privacy-gate.ts';
import { createPrivacyRegister } from '../adapters/privacy-register.ts';
import { createProfileStore } from '../adapters/profile-store.ts';
import { createSegmentCatalogReader } from '../adapters/segment-catalog-reader.ts';
import { createProfileUpdater } from './profile-updater.ts';

const env = readEnv(profileUpdaterEnv, process.env);
const dynamoDb = createDynamoDb();
const register = createPrivacyRegister(dynamoDb, env.PRIVACY_TABLE);

export const handler = createProfileUpdater({
  store: createProfileStore(dynamoDb, env.PROFILES_TABLE),
  stream: createControlStream(putRecordsTo(env.STREAM_NAME)),
  due: createDueStore(dynamoDb, env.DUE_TABLE, Date.now),
  barriers: createBarriers(dynamoDb, env.SEGMENTS_TABLE, Date.now),
  haveHeard: createHaveHeard(dynamoDb, env.AUDIENCE_TABLE, Date.now),
  catalog: createSegmentCatalogReader(dynamoDb, env.SEGMENTS_TABLE),
  identity: env.IDENTITY_RULES,
  rules: cleanRulesOf(env.PRIVACY_SETTINGS, env.IDENTITY_RULES),
  gate: createPrivacyGate(register, env.PRIVACY_SETTINGS, env.IDENTITY_RULES),
  register,
  clock: Date.now,
  newToken: randomUUID,
  log,
});
