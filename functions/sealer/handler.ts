import { randomUUID } from 'node:crypto';
import { readEnv, sealerEnv } from '../../schemas/env.ts';
import { landedTables } from '../../schemas/lake/tables.ts';
import { putBarrierOn } from '../adapters/barrier-records.ts';
import { createKinesis } from '../adapters/kinesis.ts';
import { createLakeFiles } from '../adapters/lake-files.ts';
import { log } from '../adapters/log.ts';
import { createStateObject } from '../adapters/state-object.ts';
import { createVersionedFiles } from '../adapters/versioned-files.ts';
import { limits } from './limits.ts';
import { createSealer } from './sealer.ts';

const env = readEnv(sealerEnv, process.env);

export const handler = createSealer({
  files: createLakeFiles(env.LAKE_BUCKET),
  states: createStateObject(createVersionedFiles(env.LAKE_BUCKET), 'sealing/state.json'),
  putBarrier: putBarrierOn(createKinesis(), env.STREAM_NAME),
  tables: landedTables,
  limits,
  graceMs: env.LANDED_GRACE_HOURS * 3_600_000,
  clock: Date.now,
  newId: randomUUID,
  log,
});
