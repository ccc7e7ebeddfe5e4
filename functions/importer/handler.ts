import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { importerEnv, readEnv } from '../../schemas/env.ts';
import { INBOX } from '../../schemas/import/state.ts';
import { putBarrierOn } from '../adapters/barrier-records.ts';
import { createBarriers } from '../adapters/barriers.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { createKinesis, putRecordsTo } from '../adapters/kinesis.ts';
import { createLakeFiles } from '../adapters/lake-files.ts';
import { log } from '../adapters/log.ts';
import { storeInOrder } from '../adapters/store-in-order.ts';
import { createVersionedFiles } from '../adapters/versioned-files.ts';
import { waitingFiles } from './inbox.ts';

/** How long the stream may throttle before a part is given up, which is then tried again by the next run. */
const STORE_MS = 60_000;

const env = readEnv(importerEnv, process.env);
const kinesis = createKinesis();
const put = putRecordsTo(env.STREAM_NAME, kinesis);
const files = createLakeFiles(env.LAKE_BUCKET);

/** What reads files and makes events is loaded when a file waits: most minutes none does. */
export const handler = async (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
  if (waitingFiles(await files.list(INBOX)).length === 0) return;
  const { createImporter } = await import('./importer.ts');
  const importer = createImporter({
    files,
    versioned: createVersionedFiles(env.LAKE_BUCKET),
    store: (records) => storeInOrder(put, records, Date.now() + STORE_MS),
    putBarrier: putBarrierOn(kinesis, env.STREAM_NAME),
    barriers: createBarriers(createDynamoDb(), env.SEGMENTS_TABLE, Date.now),
    clock: Date.now,
    pause,
    newId: randomUUID,
    log,
  });
  await importer(event, context);
};
