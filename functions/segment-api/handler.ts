import { readEnv, segmentApiEnv } from '../../schemas/env.ts';
import { createAthena } from '../adapters/athena.ts';
import { createAudienceLists } from '../adapters/audience-lists.ts';
import { createBackfillJobs } from '../adapters/backfill-job.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { invokeLater } from '../adapters/lambda-invoke.ts';
import { createSegmentCatalog } from '../adapters/segment-catalog.ts';
import { auditTrail } from '../middleware/stage-audit.ts';
import { apiKeyCheck } from '../middleware/stage-keys.ts';
import { askLake } from './ask-lake.ts';
import { createSegmentApi } from './segment-api.ts';

const env = readEnv(segmentApiEnv, process.env);
const dynamoDb = createDynamoDb();

export const handler = createSegmentApi({
  catalog: createSegmentCatalog(dynamoDb, env.SEGMENTS_TABLE, Date.now),
  jobs: createBackfillJobs(dynamoDb, env.SEGMENTS_TABLE),
  lists: createAudienceLists(dynamoDb, env.AUDIENCE_TABLE),
  ask: askLake(createAthena(), env.ATHENA_DATABASE, env.ATHENA_WORKGROUP),
  backfill: invokeLater(env.BACKFILL_FUNCTION),
  clock: Date.now,
  apiKeys: apiKeyCheck(env),
  audit: auditTrail(env),
});
