import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { privacyWorkerEnv, readEnv } from '../../schemas/env.ts';
import { lakeTables, landedTables } from '../../schemas/lake/tables.ts';
import type { PrivacyTask } from '../../schemas/privacy.ts';
import { openPrivacy } from '../../schemas/privacy-settings.ts';
import { barrierKey, landedShards } from '../../shared/lake/object-key.ts';
import { isOver } from '../../shared/replay/job.ts';
import { createAthena } from '../adapters/athena.ts';
import { createAudienceLists } from '../adapters/audience-lists.ts';
import { readAudienceOf } from '../adapters/audience-of-person.ts';
import { writeAuditTo } from '../adapters/audit-trail.ts';
import { putBarrierOn } from '../adapters/barrier-records.ts';
import { createBarriers } from '../adapters/barriers.ts';
import { createControlStream } from '../adapters/control-stream.ts';
import { removeDue } from '../adapters/due-store.ts';
import { createDynamoDb, type Item } from '../adapters/dynamodb.ts';
import { deleteItems } from '../adapters/dynamodb-batches.ts';
import { createKinesis, putRecordsTo } from '../adapters/kinesis.ts';
import { createLakeFiles } from '../adapters/lake-files.ts';
import { log } from '../adapters/log.ts';
import { createObjectVersions } from '../adapters/object-versions.ts';
import { createPrivacyRegister } from '../adapters/privacy-register.ts';
import { createPrivacyRequests } from '../adapters/privacy-requests.ts';
import { createPrivacyWork } from '../adapters/privacy-work.ts';
import { createProfileStore } from '../adapters/profile-store.ts';
import { createReplayJobs } from '../adapters/replay-jobs.ts';
import { createObjectReader } from '../adapters/s3-read.ts';
import { createStateObject } from '../adapters/state-object.ts';
import { walkTable } from '../adapters/table-walk.ts';
import { createTrainingWork } from '../adapters/training-work.ts';
import { createVersionedFiles } from '../adapters/versioned-files.ts';
import { createByAge } from './by-age.ts';
import { type AgainReach, eraseAgain } from './erase-again.ts';
import { createForgetting } from './forget-people.ts';
import { createLakeErasure } from './lake/erasure.ts';
import { createLakeExport } from './lake/export.ts';
import { findKeysIn } from './lake/registered-keys.ts';
import { createRetention } from './lake/retention.ts';
import type { LakeReach } from './lake/types.ts';
import type { Consumer, Pass } from './pass.ts';
import { createPrivacyWorker } from './privacy-worker.ts';
import type { ErasedTable } from './reach.ts';

const env = readEnv(privacyWorkerEnv, process.env);
const dynamoDb = createDynamoDb();
const kinesis = createKinesis();
const objects = createObjectReader();
const marks = {
  profiles: createBarriers(dynamoDb, env.SEGMENTS_TABLE, Date.now),
  audience: createBarriers(dynamoDb, env.AUDIENCE_TABLE, Date.now),
};
const replays = createReplayJobs(dynamoDb, env.SEGMENTS_TABLE);
const trainings = createTrainingWork<{ readonly step: { readonly name: string } }>(dynamoDb, env.RECOMMENDATIONS_TABLE);

/** The lake's writer marks barriers in its bucket, the others in a table. */
async function passed(consumer: Consumer, id: string): Promise<ReadonlySet<string>> {
  if (consumer !== 'lake') return await marks[consumer].passedShards(id);
  return landedShards(id, await objects.listKeys(env.LAKE_BUCKET, barrierKey(id, '')));
}

async function isInUse(prefix: 'replays/' | 'training/'): Promise<boolean> {
  if (prefix === 'replays/') {
    const job = (await replays.read())?.job;
    return job !== undefined && !isOver(job);
  }
  const training = (await trainings.read())?.training;
  return training !== undefined && training.step.name !== 'over';
}

const removeFrom = (table: string) => (keys: readonly Item[]) => deleteItems(dynamoDb, table, keys);
const tableOf = (table: string): ErasedTable => ({ walk: walkTable(dynamoDb, table), remove: removeFrom(table) });

const versioned = createVersionedFiles(env.LAKE_BUCKET);
const lake: LakeReach = {
  athena: createAthena(),
  objects,
  files: createLakeFiles(env.LAKE_BUCKET),
  versioned,
  versions: createObjectVersions(env.LAKE_BUCKET),
  sealing: createStateObject(versioned, 'sealing/state.json'),
  results: { files: createLakeFiles(env.RESULTS_BUCKET), versions: createObjectVersions(env.RESULTS_BUCKET) },
  tables: landedTables,
  allTables: lakeTables,
  database: env.ATHENA_DATABASE,
  workGroup: env.ATHENA_WORKGROUP,
  isInUse,
  identity: env.IDENTITY_RULES,
  clock: Date.now,
  newId: randomUUID,
  log,
};

const stream = createControlStream(putRecordsTo(env.STREAM_NAME, kinesis));
const audit = writeAuditTo(putRecordsTo(env.STREAM_NAME, kinesis));
const requests = createPrivacyRequests(dynamoDb, env.PRIVACY_TABLE);
const worker = createPrivacyWorker({
  work: createPrivacyWork<Pass>(dynamoDb, env.PRIVACY_TABLE),
  requests,
  audit,
  register: createPrivacyRegister(dynamoDb, env.PRIVACY_TABLE),
  profiles: createProfileStore(dynamoDb, env.PROFILES_TABLE),
  profilesTable: tableOf(env.PROFILES_TABLE),
  dueTable: { ...tableOf(env.DUE_TABLE), remove: (items) => removeDue(dynamoDb, env.DUE_TABLE, items) },
  reportsTable: tableOf(env.REPORTS_TABLE),
  audience: { read: readAudienceOf(dynamoDb, env.AUDIENCE_TABLE), remove: removeFrom(env.AUDIENCE_TABLE) },
  lists: createAudienceLists(dynamoDb, env.AUDIENCE_TABLE),
  stream,
  putBarrier: putBarrierOn(kinesis, env.STREAM_NAME),
  passed,
  setAside: {
    files: createLakeFiles(env.FAILED_BATCHES_BUCKET),
    versioned: createVersionedFiles(env.FAILED_BATCHES_BUCKET),
    versions: createObjectVersions(env.FAILED_BATCHES_BUCKET),
    rules: { consent: openPrivacy.consent, identity: env.IDENTITY_RULES },
  },
  lake: createLakeErasure(lake),
  lakeExport: createLakeExport(lake),
  streamHours: env.STREAM_HOURS,
  clock: Date.now,
  newId: randomUUID,
  pause,
  log,
});
const retention = createRetention(lake);
const forgetPeople = createForgetting({ ...lake, stream, pause });
const byAge = createByAge({
  namespace: env.METRICS_NAMESPACE,
  clock: Date.now,
  log,
  print: (line) => process.stdout.write(line),
});
const again: AgainReach = {
  walkRegister: walkTable(dynamoDb, env.PRIVACY_TABLE),
  walkProfiles: walkTable(dynamoDb, env.PROFILES_TABLE),
  keysInLake: findKeysIn({ ...lake, pause }),
  requests,
  audit,
  clock: Date.now,
  newId: randomUUID,
  log,
};

/** Clocks ask for requests, for the days that are over and for people unseen; an operator, after a restore, to erase again. */
export const handler = async (event: PrivacyTask, context: Parameters<typeof worker>[1]): Promise<unknown> => {
  const { profiles, ...tables } = env.RETENTION_DAYS;
  if (event.task === 'retention') return void (await byAge('retention', () => retention.run(tables)));
  if (event.task === 'forget') return profiles && { people: await byAge('forget', () => forgetPeople(profiles)) };
  return event.task === 'erase-again' ? await eraseAgain(again, event.since) : await worker(event, context);
};
