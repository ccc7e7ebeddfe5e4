import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { readEnv, trainerEnv } from '../../schemas/env.ts';
import { createAthena } from '../adapters/athena.ts';
import { createCatalogStore } from '../adapters/catalog-store.ts';
import { createDynamoDb } from '../adapters/dynamodb.ts';
import { createLakeFiles } from '../adapters/lake-files.ts';
import { log } from '../adapters/log.ts';
import { createModelStore } from '../adapters/model-store.ts';
import { createObjectReader } from '../adapters/s3-read.ts';
import { createTrainingWork } from '../adapters/training-work.ts';
import { trainingOutput } from './read-output.ts';
import { createTrainer } from './trainer.ts';
import { trainingPlan } from './training-plan.ts';

const env = readEnv(trainerEnv, process.env);
const dynamoDb = createDynamoDb();

export const handler = createTrainer({
  plan: trainingPlan,
  output: trainingOutput,
  work: createTrainingWork(dynamoDb, env.RECOMMENDATIONS_TABLE),
  models: createModelStore(dynamoDb, env.RECOMMENDATIONS_TABLE, Date.now),
  catalog: createCatalogStore(dynamoDb, env.CATALOG_TABLE),
  files: createLakeFiles(env.LAKE_BUCKET),
  objects: createObjectReader(),
  athena: createAthena(),
  settings: env.TRAINING_SETTINGS,
  lakeBucket: env.LAKE_BUCKET,
  database: env.ATHENA_DATABASE,
  workGroup: env.ATHENA_WORKGROUP,
  namespace: env.METRICS_NAMESPACE,
  clock: Date.now,
  newId: randomUUID,
  pause,
  print: (line) => void process.stdout.write(line),
  log,
});
