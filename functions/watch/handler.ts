import { readEnv, watchEnv } from '../../schemas/env.ts';
import views from '../../schemas/lake/views.generated.json' with { type: 'json' };
import type { ReportQuery } from '../../shared/reports/compose.ts';
import type { WatchRow } from '../../shared/reports/watch-query.ts';
import { createAthena } from '../adapters/athena.ts';
import { createControlStream } from '../adapters/control-stream.ts';
import { putRecordsTo } from '../adapters/kinesis.ts';
import { createStateObject } from '../adapters/state-object.ts';
import { createVersionedFiles } from '../adapters/versioned-files.ts';
import { createWatch } from './watch.ts';

const env = readEnv(watchEnv, process.env);
const athena = createAthena();
const stream = createControlStream(putRecordsTo(env.STREAM_NAME));
const { ATHENA_DATABASE: database, ATHENA_WORKGROUP: workGroup } = env;

async function query({ sql, parameters }: ReportQuery): Promise<WatchRow[]> {
  const { columns, rows } = await athena.query({ sql, parameters, database, workGroup, timeout: 120_000 });
  const found: WatchRow[] = [];
  for await (const row of rows) {
    found.push(Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
  }
  return found;
}

export const handler = createWatch({
  ...env.WATCH_SETTINGS,
  query,
  publish: stream.publish,
  state: createStateObject(createVersionedFiles(env.LAKE_BUCKET), env.WATCH_STATE_KEY),
  database,
  views,
  namespace: env.METRICS_NAMESPACE,
  clock: Date.now,
  print: (line) => void process.stdout.write(line),
});
