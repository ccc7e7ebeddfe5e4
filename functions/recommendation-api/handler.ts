import './heap.ts';
import { randomUUID } from 'node:crypto';
import { readEnv, recommendationApiEnv } from '../../schemas/env.ts';
import { createCatalogStore } from '../adapters/catalog-store.ts';
import { createControlStream } from '../adapters/control-stream.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { putRecordsTo } from '../adapters/kinesis.ts';
import { createModelStore } from '../adapters/model-store.ts';
import { createProfileStore } from '../adapters/profile-store.ts';
import { apiKeyCheck } from '../middleware/stage-keys.ts';
import { createRecommendationApi } from './recommendation-api.ts';

const env = readEnv(recommendationApiEnv, process.env);
const dynamoDb = createDynamoDb();

export const handler = createRecommendationApi({
  profiles: createProfileStore(dynamoDb, env.PROFILES_TABLE),
  models: createModelStore(dynamoDb, env.RECOMMENDATIONS_TABLE, Date.now),
  catalog: createCatalogStore(dynamoDb, env.CATALOG_TABLE),
  stream: createControlStream(putRecordsTo(env.STREAM_NAME)),
  holdoutShare: env.HOLDOUT_PER_MILLE / 1000,
  isRepurchasable: env.REPURCHASABLE === 1,
  namespace: env.METRICS_NAMESPACE,
  clock: Date.now,
  newId: randomUUID,
  print: (line) => process.stdout.write(line),
  apiKeys: apiKeyCheck(env),
});
