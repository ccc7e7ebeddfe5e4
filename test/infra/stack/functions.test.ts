import { describe, expect, test } from 'vitest';
import { EventStream } from '../../../infra/constructs/event-stream.ts';
import { allOf } from '../../../infra/constructs/grant.ts';
import { HeadwaterFunction } from '../../../infra/constructs/headwater-function.ts';
import { type EnvironmentOf, environments, type FunctionName, readEnv } from '../../../schemas/env.ts';
import { lakeTables } from '../../../schemas/lake/tables.ts';
import {
  actionsOf,
  functionOf,
  resourcesOf,
  type Statement,
  settings,
  statementsOf,
  synthesized,
  target,
} from './synthesized.ts';

const template = synthesized('prod');
const writeLogs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const readStream = [
  'kinesis:DescribeStream',
  'kinesis:DescribeStreamSummary',
  'kinesis:GetRecords',
  'kinesis:GetShardIterator',
  'kinesis:ListShards',
];
const guard = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'];
const setAside = ['s3:ListBucket', 's3:PutObject'];

const startQueries = ['athena:GetQueryExecution', 'athena:StartQueryExecution'];
/** Statements of the same actions become one, with both their tables. */
const checkKeys = [...Array(2).fill('dynamodb:GetItem'), 'dynamodb:PutItem'];
const queryLake = [...startQueries, 'athena:GetQueryResults', 'athena:StopQueryExecution'].sort();
const readCatalog = ['glue:GetDatabase', 'glue:GetPartitions', 'glue:GetTable'];
const readFiles = [
  's3:AbortMultipartUpload',
  's3:GetBucketLocation',
  's3:GetObject',
  's3:GetObject',
  's3:ListBucket',
  's3:PutObject',
];

const granted: Record<FunctionName, [part: string, actions: string[]]> = {
  collector: ['IngestionCollector', [...checkKeys, 'kinesis:PutRecords', ...writeLogs]],
  'profile-updater': [
    'ProfilesUpdater',
    [
      ...Array(2).fill('dynamodb:BatchGetItem'),
      'dynamodb:BatchWriteItem',
      'dynamodb:DeleteItem',
      ...Array(2).fill('dynamodb:GetItem'),
      ...Array(2).fill('dynamodb:PutItem'),
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      ...[...readStream, 'kinesis:PutRecords'].sort(),
      ...writeLogs,
      ...setAside,
    ],
  ],
  'lake-writer': ['LakeWriter', [...guard, ...readStream, ...writeLogs, ...setAside]],
  importer: [
    'ImportsImporter',
    [
      'dynamodb:Query',
      'kinesis:ListShards',
      'kinesis:PutRecords',
      ...writeLogs,
      's3:DeleteObject',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ],
  ],
  replayer: [
    'ReplaysReplayer',
    [
      ...startQueries,
      ...Array(2).fill('dynamodb:BatchGetItem'),
      'dynamodb:GetItem',
      ...Array(2).fill('dynamodb:PutItem'),
      'dynamodb:Query',
      ...readCatalog,
      'kinesis:ListShards',
      'kinesis:PutRecords',
      'lambda:GetEventSourceMapping',
      'lambda:UpdateEventSourceMapping',
      ...writeLogs,
      ...[
        ...readFiles,
        ...Array(2).fill('s3:DeleteObject'),
        ...Array(2).fill('s3:GetObject'),
        's3:ListBucket',
        's3:PutObject',
      ].sort(),
    ],
  ],
  sealer: [
    'SealingSealer',
    [
      'kinesis:ListShards',
      'kinesis:PutRecords',
      ...writeLogs,
      's3:DeleteObject',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ],
  ],
  'audience-writer': [
    'AudienceWriter',
    [
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      ...readStream,
      ...writeLogs,
      ...setAside,
      'sqs:SendMessage',
    ],
  ],
  sweeper: [
    'DueTimesSweeper',
    [
      'dynamodb:BatchWriteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'kinesis:PutRecords',
      ...writeLogs,
    ],
  ],
  'segment-api': [
    'SegmentsApi',
    [
      ...queryLake,
      ...checkKeys,
      'dynamodb:Query',
      ...readCatalog,
      'kinesis:PutRecords',
      'lambda:InvokeFunction',
      ...writeLogs,
      ...readFiles,
    ],
  ],
  'segment-backfill': [
    'SegmentsBackfill',
    [
      ...startQueries,
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      ...readCatalog,
      'kinesis:ListShards',
      'kinesis:PutRecords',
      ...writeLogs,
      ...[...readFiles, 's3:ListBucket'].sort(),
    ],
  ],
  'profile-api': [
    'ProfileApi',
    ['dynamodb:BatchGetItem', ...checkKeys, 'dynamodb:Query', 'kinesis:PutRecords', ...writeLogs],
  ],
  'recommendation-api': [
    'RecommendationApi',
    [
      ...Array(3).fill('dynamodb:BatchGetItem'),
      ...['dynamodb:GetItem', ...checkKeys],
      'dynamodb:Scan',
      'kinesis:PutRecords',
      ...writeLogs,
    ],
  ],
  'catalog-api': [
    'CatalogApi',
    [...['dynamodb:GetItem', ...checkKeys], 'dynamodb:Scan', 'dynamodb:UpdateItem', 'kinesis:PutRecords', ...writeLogs],
  ],
  'privacy-api': [
    'PrivacyRequestsApi',
    [
      'dynamodb:BatchGetItem',
      ...Array(3).fill('dynamodb:GetItem'),
      ...Array(2).fill('dynamodb:PutItem'),
      'dynamodb:UpdateItem',
      'kinesis:PutRecords',
      'lambda:InvokeFunction',
      ...writeLogs,
      's3:GetObject',
    ],
  ],
  'privacy-worker': [
    'PrivacyRequestsWorker',
    [
      ...startQueries,
      ...Array(3).fill('dynamodb:BatchGetItem'),
      ...Array(3).fill('dynamodb:BatchWriteItem'),
      ...Array(3).fill('dynamodb:GetItem'),
      'dynamodb:PutItem',
      ...Array(2).fill('dynamodb:Query'),
      ...Array(3).fill('dynamodb:Scan'),
      'dynamodb:UpdateItem',
      ...readCatalog,
      'kinesis:ListShards',
      'kinesis:PutRecords',
      ...writeLogs,
      's3:AbortMultipartUpload',
      ...Array(2).fill('s3:DeleteObject'),
      ...Array(2).fill('s3:DeleteObjectVersion'),
      's3:GetBucketLocation',
      ...Array(4).fill('s3:GetObject'),
      ...Array(2).fill('s3:ListBucket'),
      ...Array(2).fill('s3:ListBucketVersions'),
      ...Array(3).fill('s3:PutObject'),
    ],
  ],
  'report-api': [
    'ReportsApi',
    [...startQueries, ...checkKeys, ...readCatalog, 'kinesis:PutRecords', ...writeLogs, ...readFiles],
  ],
  'profile-snapshot': [
    'ProfileSnapshotsSnapshot',
    [
      'dynamodb:BatchGetItem',
      'dynamodb:Scan',
      ...writeLogs,
      's3:DeleteObject',
      's3:GetObject',
      's3:ListBucket',
      ...Array(3).fill('s3:PutObject'),
    ],
  ],
  watch: [
    'WatchLook',
    [
      ...queryLake,
      ...readCatalog,
      'kinesis:PutRecords',
      ...writeLogs,
      ...[...readFiles, 's3:GetObject', 's3:PutObject'].sort(),
    ],
  ],
  trainer: [
    'RecommendationsTrainer',
    [
      ...startQueries,
      'dynamodb:BatchWriteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Scan',
      'dynamodb:UpdateItem',
      ...readCatalog,
      ...writeLogs,
      ...[
        ...readFiles,
        's3:AbortMultipartUpload',
        ...Array(2).fill('s3:DeleteObject'),
        's3:GetObject',
        ...Array(3).fill('s3:PutObject'),
      ].sort(),
    ],
  ],
  'service-api': ['ServiceApi', writeLogs],
};

describe.each(Object.entries(granted))('%s', (name, [part, actions]) => {
  const [, lambda] = functionOf(template, part);

  test('may do exactly this', () => {
    expect(actionsOf(statementsOf(template, lambda))).toEqual(actions);
  });

  test('has exactly the variables of its schema', () => {
    const { Variables = {} } = lambda.Properties.Environment ?? {};
    expect(Object.keys(Variables).sort()).toEqual(Object.keys(environments[name as FunctionName]).sort());
  });
});

test('the lake writer writes tables and failed batches, and nothing else in either bucket', () => {
  const [, lambda] = functionOf(template, 'LakeWriter');
  const paths = statementsOf(template, lambda)
    .filter(({ Action }) => Action === 's3:PutObject')
    .flatMap(({ Resource }) => Resource as { 'Fn::Join': [string, [object, string]] })
    .map(({ 'Fn::Join': [, [bucket, path]] }) => `${target(bucket).replace(/[0-9A-F]{8}$/, '')}${path}`);
  expect(paths.sort()).toEqual([
    'EventsFailedBatches/aws/lambda/*',
    'LakeBucket/alerts_landed/*',
    'LakeBucket/audit_log_landed/*',
    'LakeBucket/barriers/*',
    'LakeBucket/events_landed/*',
    'LakeBucket/failed_events_landed/*',
    'LakeBucket/identities_landed/*',
    'LakeBucket/marketing_spend_landed/*',
    'LakeBucket/mended_events_landed/*',
    'LakeBucket/raw_landed/*',
    'LakeBucket/recommendations_landed/*',
    'LakeBucket/transitions_landed/*',
  ]);
});

test('a table is written only by those whose it is, and no function writes keys', () => {
  const writers: Record<string, string[]> = {};
  for (const [name, [part]] of Object.entries(granted)) {
    const [, lambda] = functionOf(template, part);
    for (const { Action, Resource } of statementsOf(template, lambda)) {
      if (![Action].flat().some((action) => /^dynamodb:(Put|Update|BatchWrite)/.test(action))) continue;
      for (const each of [Resource].flat()) {
        const table = target(each as object).replace(/[0-9A-F]{8}$/, '');
        writers[table] = [...(writers[table] ?? []), name].sort();
      }
    }
  }
  expect(writers).toEqual({
    AudienceTable: ['audience-writer', 'privacy-worker'],
    CatalogTable: ['catalog-api', 'trainer'],
    DueTimesTable: ['privacy-worker', 'profile-updater', 'sweeper'],
    KeysAllowances: [
      'catalog-api',
      'collector',
      'privacy-api',
      'profile-api',
      'recommendation-api',
      'report-api',
      'segment-api',
    ],
    PrivacyTable: ['lake-writer', 'privacy-api', 'privacy-worker', 'profile-updater'],
    ProfilesTable: ['privacy-worker', 'profile-updater', 'replayer'],
    RecommendationsTable: ['trainer'],
    ReportsTable: ['privacy-worker', 'report-api'],
    SegmentsTable: ['profile-updater', 'replayer', 'segment-api', 'segment-backfill'],
  });
});

test.each(['SegmentsApi', 'SegmentsBackfill'])(
  '%s queries this database, in this workgroup, and reads these files',
  (part) => {
    const [, lambda] = functionOf(template, part);
    const statements = statementsOf(template, lambda);
    const resourcesFor = (action: string) =>
      statements
        .filter(({ Action }) => [Action].flat().includes(action))
        .flatMap(({ Resource }) => JSON.stringify([Resource].flat()));
    expect(resourcesFor('athena:StartQueryExecution').join()).toMatch(/:workgroup\/headwater-prod"/);
    const tables = resourcesFor('glue:GetTable').join();
    expect(tables.match(/table\/[^"]+/g)).toEqual(['table/headwater_prod/*']);
    expect(tables.match(/database\/\w+/g)?.sort()).toEqual(['database/default', 'database/headwater_prod']);
    const files =
      resourcesFor('s3:GetObject')
        .join()
        .match(/"\/[\w*/]+"/g) ?? [];
    expect(files.sort()).toEqual(['"/*"', ...lakeTables.map(({ name }) => `"/${name}/*"`)].sort());
    expect(resourcesFor('s3:PutObject').join()).toMatch(/LakeQueriesResults\w+","Arn"\]\},"\/\*"/);
  },
);

test('identity rules and the pace of the sweeper are settings', () => {
  const identity = { externalTraits: ['email', 'loyaltyId'], blockedIds: ['test'] };
  const changed = synthesized('prod', { identity, sweeper: { everySeconds: 7 } });
  const variablesOf = (part: string) => functionOf(changed, part)[1].Properties.Environment.Variables;
  expect(
    readEnv(
      { rules: environments['profile-updater'].IDENTITY_RULES },
      { rules: variablesOf('ProfilesUpdater').IDENTITY_RULES },
    ),
  ).toEqual({ rules: identity });
  expect(variablesOf('DueTimesSweeper').SWEEP_SECONDS).toBe('7');
});

test('the keys that a stage accepts reach its functions as hashes', () => {
  const local = synthesized('local');
  const [, collector] = functionOf(local, 'IngestionCollector');
  const [, profileApi] = functionOf(local, 'ProfileApi');
  expect(JSON.parse(collector.Properties.Environment.Variables.WRITE_KEYS)).toEqual(settings('local').writeKeys);
  expect(JSON.parse(profileApi.Properties.Environment.Variables.API_KEYS)).toEqual(settings('local').apiKeys);
});

test('memory is set by stage', () => {
  const memory = { ...settings('prod').memory, 'lake-writer': 3008 };
  const [, writer] = functionOf(synthesized('prod', { memory }), 'LakeWriter');
  expect(writer.Properties.MemorySize).toBe(3008);
});

test('a variable that no grant sets does not compile', () => {
  const stream = {} as EventStream;
  const half = () => allOf(stream.grantPut());
  // @ts-expect-error WRITE_KEYS is missing: were it not an error, tsc would fail here.
  const wrong: () => { environment: EnvironmentOf<'collector'> } = half;
  expect([wrong, HeadwaterFunction, EventStream]).toBeDefined();
});

test('the importer reaches what imports need, and no table', () => {
  const [, lambda] = functionOf(template, 'ImportsImporter');
  const paths = statementsOf(template, lambda)
    .filter(({ Action }) => /^s3:(Get|Put|Delete)Object$/.test([Action].flat()[0] ?? ''))
    .flatMap(({ Action, Resource }) =>
      ([Resource].flat() as { 'Fn::Join': [string, [object, string]] }[]).map(
        ({ 'Fn::Join': [, [, path]] }) => `${[Action].flat().join()} ${path}`,
      ),
    );
  expect(paths.sort()).toEqual([
    's3:DeleteObject /inbox/*',
    's3:GetObject,s3:PutObject /imports/*',
    's3:GetObject,s3:PutObject /inbox/*',
  ]);
});

test('the replayer pauses the reading for profiles, and keeps files of its own', () => {
  const [, lambda] = functionOf(template, 'ReplaysReplayer');
  const statements = statementsOf(template, lambda);
  const pausing = statements.filter(({ Action }) => [Action].flat().includes('lambda:UpdateEventSourceMapping'));
  expect(JSON.stringify(pausing.map(({ Resource }) => Resource))).toMatch(
    /:event-source-mapping:.*ProfilesUpdatesMapping/,
  );
  const writing = statements.filter(
    ({ Action }) => [Action].flat().join() === 's3:DeleteObject,s3:GetObject,s3:PutObject',
  );
  expect(JSON.stringify(writing.map(({ Resource }) => Resource))).toMatch(/LakeBucket\w+","Arn"\]\},"\/replays\/\*"/);
});

test('the trainer deletes files of trainings and snapshots of the catalog, and nothing else', () => {
  const [, lambda] = functionOf(template, 'RecommendationsTrainer');
  const deleting = statementsOf(template, lambda).filter(({ Action }) => [Action].flat().includes('s3:DeleteObject'));
  const paths = deleting.flatMap(({ Resource }) => JSON.stringify(Resource).match(/"\/[\w*/]+"/g));
  expect(paths.sort()).toEqual(['"/catalog_items/*"', '"/training/*"']);
});

/** Functions that may delete objects below the prefixes of the audit log. */
function deletersOfAudit(of: typeof template): string[] {
  return Object.entries(granted).flatMap(([name, [part]]) => {
    const [, lambda] = functionOf(of, part);
    // Statements that have no room in a role's own policy.
    const more = resourcesOf(of, 'AWS::IAM::ManagedPolicy')
      .filter(([, { Properties }]) =>
        (Properties.Roles ?? []).some((role: object) => target(role) === target(lambda.Properties.Role)),
      )
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement as Statement[]);
    const deleting = [...statementsOf(of, lambda), ...more].filter(({ Action }) =>
      /s3:Delete/.test([Action].flat().join()),
    );
    return /LakeBucket[^"]*","Arn"\]\},"\/(audit_log|\*)/.test(JSON.stringify(deleting)) ? [name] : [];
  });
}

test('nobody deletes from the audit log but the sealer, which moves its days, and retention where it is asked for', () => {
  expect(deletersOfAudit(template)).toEqual(['sealer']);
  const kept = { ...settings('prod').privacy, retention: { audit_log: 3_650 } };
  expect(deletersOfAudit(synthesized('prod', { privacy: kept }))).toEqual(['sealer', 'privacy-worker']);
});
