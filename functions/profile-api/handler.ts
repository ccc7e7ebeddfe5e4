import { randomUUID } from 'node:crypto';
import { profileApiEnv, readEnv } from '../../schemas/env.ts';
import { createAudienceLists } from '../adapters/audience-lists.ts';
import { createCatalog } from '../adapters/compiled-catalog.ts';
import { createControlStream } from '../adapters/control-stream.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { putRecordsTo } from '../adapters/kinesis.ts';
import { createProfileStore } from '../adapters/profile-store.ts';
import { createSegmentCatalogReader } from '../adapters/segment-catalog-reader.ts';
import { auditTrail } from '../middleware/stage-audit.ts';
import { apiKeyCheck } from '../middleware/stage-keys.ts';
import { createProfileApi } from './profile-api.ts';

const env = readEnv(profileApiEnv, process.env);
const dynamoDb = createDynamoDb();
const put = putRecordsTo(env.STREAM_NAME);

export const handler = createProfileApi({
  store: createProfileStore(dynamoDb, env.PROFILES_TABLE),
  lists: createAudienceLists(dynamoDb, env.AUDIENCE_TABLE),
  catalog: createCatalog(createSegmentCatalogReader(dynamoDb, env.SEGMENTS_TABLE)),
  stream: createControlStream(put),
  put,
  spaces: env.SPACES,
  clock: Date.now,
  newId: randomUUID,
  apiKeys: apiKeyCheck(env),
  audit: auditTrail(env),
});
