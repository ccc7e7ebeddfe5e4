import { collectorEnv, readEnv } from '../../schemas/env.ts';
import { putRecordsTo } from '../adapters/kinesis.ts';
import { accessKeys, remembering } from '../middleware/access-keys.ts';
import { collector } from './collector.ts';

const env = readEnv(collectorEnv, process.env);

export const handler = collector({
  findSource: remembering(accessKeys(env.WRITE_KEYS)),
  put: putRecordsTo(env.STREAM_NAME),
});
