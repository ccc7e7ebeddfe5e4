import { Annotations } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { aStack, Match, resourcesOf, synthesized, type TemplateJson } from './synthesized.ts';

const deletionPolicies = (stage: string, type: string) =>
  new Map(resourcesOf(synthesized(stage), type).map(([id, { DeletionPolicy }]) => [id.slice(0, -8), DeletionPolicy]));

test('production keeps profiles, stream, lake and failed batches when the stack goes', () => {
  const buckets = deletionPolicies('prod', 'AWS::S3::Bucket');
  expect(buckets.get('LakeBucket')).toBe('Retain');
  expect(buckets.get('EventsFailedBatches')).toBe('Retain');
  const { ReportsTable, KeysAllowances, ...tables } = Object.fromEntries(
    deletionPolicies('prod', 'AWS::DynamoDB::Table'),
  );
  expect(Object.keys(tables).sort()).toEqual([
    'AudienceTable',
    'CatalogTable',
    'DueTimesTable',
    'KeysTable',
    'PrivacyTable',
    'ProfilesTable',
    'RecommendationsTable',
    'SegmentsTable',
  ]);
  expect(new Set(Object.values(tables))).toEqual(new Set(['Retain']));
  // It only remembers for an hour what was asked.
  expect(ReportsTable).toBe('Delete');
  // It only says what is left of a second.
  expect(KeysAllowances).toBe('Delete');
  expect([...deletionPolicies('prod', 'AWS::Kinesis::Stream').values()]).toEqual(['Retain']);
});

test('production is protected from deletion, development is not', () => {
  for (const [id, { Properties }] of resourcesOf(synthesized('prod'), 'AWS::DynamoDB::Table')) {
    expect(Properties.DeletionProtectionEnabled, id).toBe(!/^(ReportsTable|KeysAllowances)/.test(id));
  }
  synthesized('dev').allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false });
  expect(aStack('prod').terminationProtection).toBe(true);
  expect(aStack('dev').terminationProtection).toBe(false);
});

test('development leaves nothing behind', () => {
  for (const type of ['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::Kinesis::Stream', 'AWS::Logs::LogGroup']) {
    expect(new Set(deletionPolicies('dev', type).values())).toEqual(new Set(['Delete']));
  }
});

test('the stream has the shards that are set, or else is on demand', () => {
  synthesized('prod', { stream: { mode: 'onDemand', retentionHours: 72 } }).hasResourceProperties(
    'AWS::Kinesis::Stream',
    { StreamModeDetails: { StreamMode: 'ON_DEMAND' }, ShardCount: Match.absent(), RetentionPeriodHours: 72 },
  );
  synthesized('prod').hasResourceProperties('AWS::Kinesis::Stream', {
    StreamModeDetails: { StreamMode: 'PROVISIONED' },
    ShardCount: 2,
  });
});

test('busy tables follow the load where that is set, and no other table does', () => {
  const template = synthesized('prod', {
    busyTables: { mode: 'provisioned', leastWrites: 7, mostWrites: 99, leastReads: 10, mostReads: 99, utilisation: 60 },
  });
  const provisioned = resourcesOf(template, 'AWS::DynamoDB::Table').filter(
    ([, { Properties }]) => Properties.BillingMode !== 'PAY_PER_REQUEST',
  );
  expect(provisioned.map(([id]) => id.slice(0, -8)).sort()).toEqual([
    'AudienceTable',
    'DueTimesTable',
    'PrivacyTable',
    'ProfilesTable',
  ]);
  for (const [, { Properties }] of provisioned) {
    expect(Properties.ProvisionedThroughput).toEqual({ ReadCapacityUnits: 10, WriteCapacityUnits: 7 });
  }
  template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 8);
  template.allResourcesProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
    TargetTrackingScalingPolicyConfiguration: Match.objectLike({ TargetValue: 60 }),
  });
  synthesized('prod').resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
});

test('Lambda logs of an invocation only what went wrong', () => {
  synthesized('prod').allResourcesProperties('AWS::Lambda::Function', {
    LoggingConfig: Match.objectLike({ LogFormat: 'JSON', SystemLogLevel: 'WARN' }),
  });
});

test('alarms are sent where an address is set', () => {
  const template = synthesized('prod', { alarmEmail: 'ops@shop.example' });
  template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@shop.example' });
  for (const [, { Properties }] of resourcesOf(template, 'AWS::CloudWatch::Alarm')) {
    expect(Properties.AlarmActions).toHaveLength(1);
  }
  synthesized('prod').resourceCountIs('AWS::SNS::Topic', 0);
});

test('a stage without keys says what to set, in a warning and an output', () => {
  const stack = aStack('prod');
  Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('Set writeKeys and apiKeys of stage prod'));
  synthesized('prod').hasOutput('KeysToSet', { Value: 'writeKeys, apiKeys' });
});

test('a stage with keys does not warn', () => {
  Annotations.fromStack(aStack('local')).hasNoWarning('*', Match.anyValue());
});

test('the stack says where everything is', () => {
  const { Outputs } = synthesized('local').toJSON() as TemplateJson;
  expect(Object.keys(Outputs).sort()).toEqual([
    'ApiUrl',
    'AudienceTable',
    'CatalogTable',
    'Database',
    'DueTable',
    'FailedBatchesBucket',
    'ImporterFunction',
    'KeysTable',
    'LakeBucket',
    'PrivacyApiFunction',
    'PrivacyTable',
    'PrivacyWorkerFunction',
    'ProfileSnapshotFunction',
    'ProfilesTable',
    'RecommendationsTable',
    'ReplayerFunction',
    'SegmentsTable',
    'StreamName',
    'TrainerFunction',
    'TransitionsQueue',
    'WorkGroup',
  ]);
  expect(Outputs).toMatchObject({ Database: { Value: 'headwater_local' }, WorkGroup: { Value: 'headwater-local' } });
});

test('the stack fits any account and region', () => {
  const stack = aStack('dev');
  expect(stack.stackName).toBe('Headwater-dev');
  expect(/:\d{12}:|us-east-1/.exec(JSON.stringify(synthesized('dev').toJSON()))).toBeNull();
});

test('everything bears the tags of its stage', () => {
  synthesized('dev').hasResourceProperties('AWS::Kinesis::Stream', {
    Tags: Match.arrayWith([
      { Key: 'application', Value: 'headwater' },
      { Key: 'stage', Value: 'dev' },
    ]),
  });
});
