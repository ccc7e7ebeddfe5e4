import { collectorEnv, readEnv } from '../../schemas/env.ts';
import { putRecordsTo } from '../adapters/kinesis.ts';
import { writeKeyCheck } from '../middleware/stage-keys.ts';
import { collector } from './collector.ts';

const env = readEnv(collectorEnv, process.env);

export const handler = collector({
  keys: writeKeyCheck(env),
  put: putRecordsTo(env.STREAM_NAME),
  privacy: env.PRIVACY_SETTINGS,
});
