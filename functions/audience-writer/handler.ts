import { audienceWriterEnv, readEnv } from '../../schemas/env.ts';
import { createAudienceStore } from '../adapters/audience-store.ts';
import { createBarriers } from '../adapters/barriers.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { log } from '../adapters/log.ts';
import { sendTransitionsTo } from '../adapters/transition-queue.ts';
import { createAudienceWriter } from './audience-writer.ts';

const env = readEnv(audienceWriterEnv, process.env);

const dynamoDb = createDynamoDb();

export const handler = createAudienceWriter({
  store: createAudienceStore(dynamoDb, env.AUDIENCE_TABLE, Date.now),
  send: sendTransitionsTo(env.TRANSITIONS_QUEUE_URL),
  barriers: createBarriers(dynamoDb, env.AUDIENCE_TABLE, Date.now),
  log,
});
