import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createAthena } from '../../../functions/adapters/athena.ts';
import { createCatalogStore } from '../../../functions/adapters/catalog-store.ts';
import { createLakeFiles } from '../../../functions/adapters/lake-files.ts';
import { createModelStore } from '../../../functions/adapters/model-store.ts';
import { createObjectReader } from '../../../functions/adapters/s3-read.ts';
import { createTrainingWork } from '../../../functions/adapters/training-work.ts';
import { trainingOutput } from '../../../functions/trainer/read-output.ts';
import { createTrainer, type TrainerProps } from '../../../functions/trainer/trainer.ts';
import { trainingPlan } from '../../../functions/trainer/training-plan.ts';
import { createAthenaService } from '../../../infra/local/services/athena.ts';
import { createDynamoDbService } from '../../../infra/local/services/dynamodb.ts';
import { createS3Service } from '../../../infra/local/services/s3.ts';
import type { TrainingAnswer } from '../../../schemas/training.ts';
import { landedRows } from '../../../shared/lake/landed-rows.ts';
import { landedKey } from '../../../shared/lake/object-key.ts';
import { parquetFile } from '../../../shared/lake/parquet/parquet-file.ts';
import { readBatch } from '../../../shared/lake/read-batch.ts';
import { lakeCatalog } from '../../fixtures/a-lake.ts';
import { ARRIVAL, anEnvelope, aRecord, type Message } from '../../fixtures/events.ts';
import { startLocalAws } from '../../infra/local/services/local-aws.ts';
import { dynamoDbOf } from '../adapters/local-dynamodb.ts';

const DATABASE = 'headwater_test';

/** A trainer before a table, a bucket and an engine that are run here as they are for `npm start`. */
export async function aShop() {
  const aws = await startLocalAws([createDynamoDbService, createS3Service, createAthenaService]);
  const lake = path.join(aws.dataDir, 's3', 'lake');
  const catalog = { ...lakeCatalog, workGroups: [{ name: 'test', outputLocation: 's3://results/' }] };
  await mkdir(path.join(aws.dataDir, 'state'), { recursive: true });
  await writeFile(path.join(aws.dataDir, 'state', 'catalog.json'), JSON.stringify(catalog));
  for (const bucket of ['lake', 'results']) await mkdir(path.join(aws.dataDir, 's3', bucket), { recursive: true });

  const createTable = async (TableName: string, key: string) => {
    const invoke = (operation: string, input: object) => aws.gateway.invoke('tool', 'dynamodb', operation, input);
    await invoke('CreateTable', {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    });
    for (;;) {
      const { Table } = (await invoke('DescribeTable', { TableName })) as { Table: { TableStatus: string } };
      if (Table.TableStatus === 'ACTIVE') return;
      await pause(5);
    }
  };
  await createTable('models', 'pk');
  await createTable('catalog', 'itemId');

  let now = ARRIVAL + 3_600_000;
  const clock = () => now;
  const since = performance.now();
  const athena = () => createAthena();

  return {
    lake,
    get models() {
      return createModelStore(dynamoDbOf(aws), 'models', clock);
    },
    get catalog() {
      return createCatalogStore(dynamoDbOf(aws), 'catalog');
    },
    /** Lands events as the lake-writer does. */
    land: async (events: readonly Message[]): Promise<void> => {
      const record = aRecord(anEnvelope(events));
      for (const rows of landedRows(readBatch([record])).filter(({ count }) => count > 0)) {
        const file = path.join(lake, landedKey(rows.table.name, record));
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, parquetFile(rows));
      }
    },
    query: async (sql: string): Promise<(string | null)[][]> => {
      const { rows } = await athena().query({ sql, database: DATABASE, workGroup: 'test' });
      const found: (string | null)[][] = [];
      for await (const row of rows) found.push([...row]);
      return found;
    },
    train: (over: Partial<TrainerProps> = {}): Promise<TrainingAnswer> => {
      const dynamoDb = dynamoDbOf(aws);
      now = ARRIVAL + 3_600_000 + Math.floor(performance.now() - since) * 10;
      const handler = createTrainer({
        plan: trainingPlan,
        output: trainingOutput,
        work: createTrainingWork(dynamoDb, 'models'),
        models: createModelStore(dynamoDb, 'models', clock),
        catalog: createCatalogStore(dynamoDb, 'catalog'),
        files: createLakeFiles('lake'),
        objects: createObjectReader(),
        athena: athena(),
        settings: { tolerance: 0.1, tuningSeconds: 2 },
        lakeBucket: 'lake',
        database: DATABASE,
        workGroup: 'test',
        namespace: 'Headwater-test',
        clock,
        newId: () => Math.random().toString(36).slice(2, 8),
        pause: (milliseconds) => pause(Math.min(milliseconds, 20)),
        print: () => undefined,
        log: () => undefined,
        ...over,
      });
      return handler({ nightly: true }, { getRemainingTimeInMillis: () => 900_000 });
    },
    clear: () => rm(lake, { recursive: true, force: true }).then(() => mkdir(lake, { recursive: true })),
    [Symbol.asyncDispose]: () => aws[Symbol.asyncDispose](),
  };
}
