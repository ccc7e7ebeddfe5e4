import { describe, expect, test } from 'vitest';
import { EventStream } from '../../../infra/constructs/event-stream.ts';
import { allOf } from '../../../infra/constructs/grant.ts';
import { HeadwaterFunction } from '../../../infra/constructs/headwater-function.ts';
import { type EnvironmentOf, environments, type FunctionName } from '../../../schemas/env.ts';
import { actionsOf, functionOf, settings, statementsOf, synthesized, target } from './synthesized.ts';

const template = synthesized('prod');
const writeLogs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const readStream = [
  'kinesis:DescribeStream',
  'kinesis:DescribeStreamSummary',
  'kinesis:GetRecords',
  'kinesis:GetShardIterator',
  'kinesis:ListShards',
];
const setAside = ['s3:ListBucket', 's3:PutObject'];

const granted: Record<FunctionName, [part: string, actions: string[]]> = {
  collector: ['IngestionCollector', ['kinesis:PutRecords', ...writeLogs]],
  'profile-updater': [
    'ProfilesUpdater',
    ['dynamodb:BatchGetItem', 'dynamodb:PutItem', ...readStream, ...writeLogs, ...setAside],
  ],
  'lake-writer': ['LakeWriter', [...readStream, ...writeLogs, ...setAside]],
  'profile-api': ['ProfileApi', ['dynamodb:GetItem', ...writeLogs]],
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
    'LakeBucket/events_landed/*',
    'LakeBucket/failed_events_landed/*',
    'LakeBucket/raw_landed/*',
  ]);
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
