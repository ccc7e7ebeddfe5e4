import { randomUUID } from 'node:crypto';
import { privacyApiEnv, readEnv } from '../../schemas/env.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { invokeLater } from '../adapters/lambda-invoke.ts';
import { log } from '../adapters/log.ts';
import { linksTo } from '../adapters/presigned-link.ts';
import { createPrivacyRegister } from '../adapters/privacy-register.ts';
import { createPrivacyRequests } from '../adapters/privacy-requests.ts';
import { auditTrail } from '../middleware/stage-audit.ts';
import { apiKeyCheck } from '../middleware/stage-keys.ts';
import { createPrivacyApi } from './privacy-api.ts';

const env = readEnv(privacyApiEnv, process.env);
const dynamoDb = createDynamoDb();

export const handler = createPrivacyApi({
  requests: createPrivacyRequests(dynamoDb, env.PRIVACY_TABLE),
  register: createPrivacyRegister(dynamoDb, env.PRIVACY_TABLE),
  linkTo: linksTo(env.LAKE_BUCKET),
  wake: invokeLater(env.PRIVACY_WORKER),
  clock: Date.now,
  newId: randomUUID,
  apiKeys: apiKeyCheck(env),
  audit: auditTrail(env),
  log,
});
