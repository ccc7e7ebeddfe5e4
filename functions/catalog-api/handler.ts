import { catalogApiEnv, readEnv } from '../../schemas/env.ts';
import { createCatalogStore } from '../adapters/catalog-store.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { auditTrail } from '../middleware/stage-audit.ts';
import { apiKeyCheck } from '../middleware/stage-keys.ts';
import { createCatalogApi } from './catalog-api.ts';

const env = readEnv(catalogApiEnv, process.env);

export const handler = createCatalogApi({
  catalog: createCatalogStore(createDynamoDb(), env.CATALOG_TABLE),
  clock: Date.now,
  apiKeys: apiKeyCheck(env),
  audit: auditTrail(env),
});
