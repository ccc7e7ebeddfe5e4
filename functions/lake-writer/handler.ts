import { lakeWriterEnv, readEnv } from '../../schemas/env.ts';
import { cleanRulesOf } from '../../shared/clean/clean-record.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { createPrivacyGate } from '../adapters/privacy-gate.ts';
import { createPrivacyRegister } from '../adapters/privacy-register.ts';
import { putObjectTo } from '../adapters/s3.ts';
import { lakeWriter } from './lake-writer.ts';

const env = readEnv(lakeWriterEnv, process.env);
const register = createPrivacyRegister(createDynamoDb(), env.PRIVACY_TABLE);

export const handler = lakeWriter({
  put: putObjectTo(env.LAKE_BUCKET),
  rules: cleanRulesOf(env.PRIVACY_SETTINGS, env.IDENTITY_RULES),
  gate: createPrivacyGate(register, env.PRIVACY_SETTINGS, env.IDENTITY_RULES),
});
