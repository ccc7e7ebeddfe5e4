import { describe, expect, test } from 'vitest';
import { stages } from '../../../infra/config.ts';
import { type Resource, synthesized, type TemplateJson } from './synthesized.ts';
import { rules } from './template-rules.ts';

describe.each(Object.keys(stages))('stage %s', (stage) => {
  const template = synthesized(stage).toJSON() as TemplateJson;

  test.each(Object.entries(rules))('%s', (_, rule) => {
    expect(rule(template)).toEqual([]);
  });
});

type Mutant = (properties: Resource['Properties'], resource: { Type: string; UpdateReplacePolicy?: string }) => void;

/** For each rule a change to one resource that it must notice. */
const mutants: Record<keyof typeof rules, [type: string, mutant: Mutant]> = {
  'alarms look at what is there and counted': [
    'AWS::CloudWatch::Alarm',
    (p) => (p.Metrics[1].MetricStat.Metric.MetricName = 'Failures'),
  ],
  'alarms say what they mean': ['AWS::CloudWatch::Alarm', (p) => delete p.AlarmDescription],
  'what a schedule invokes rings when it fails': [
    'AWS::Scheduler::Schedule',
    (p) => (p.Target.Arn = { 'Fn::GetAtt': ['Unwatched', 'Arn'] }),
  ],
  'stores outlive a replacement as they outlive the stack': [
    'AWS::DynamoDB::Table',
    (_, resource) => (resource.UpdateReplacePolicy = 'Delete'),
  ],
  'buckets belong to their owner alone': ['AWS::S3::Bucket', (p) => delete p.OwnershipControls],
  'mappings give up before the stream forgets': [
    'AWS::Lambda::EventSourceMapping',
    (p) => (p.MaximumRecordAgeInSeconds = 168 * 3600),
  ],
  'roles are for services alone': [
    'AWS::IAM::Role',
    (p) => (p.AssumeRolePolicyDocument.Statement[0].Principal = { AWS: '*' }),
  ],
  'functions are called by a part of the stack, not by a whole service': [
    'AWS::Lambda::Permission',
    (p) => delete p.SourceArn,
  ],
  'functions have no address of their own': [
    'AWS::Lambda::Permission',
    (_, resource) => (resource.Type = 'AWS::Lambda::Url'),
  ],
  'functions of the API end before it gives up': [
    'AWS::ApiGatewayV2::Integration',
    (p) => (p.IntegrationUri = { Ref: 'Slow' }),
  ],
  'buckets are private': ['AWS::S3::Bucket', (p) => delete p.PublicAccessBlockConfiguration.BlockPublicPolicy],
  'buckets are encrypted': ['AWS::S3::Bucket', (p) => delete p.BucketEncryption],
  'buckets are versioned': ['AWS::S3::Bucket', (p) => delete p.VersioningConfiguration],
  'old versions are forgotten': ['AWS::S3::Bucket', (p) => delete p.LifecycleConfiguration],
  'buckets take TLS only': ['AWS::S3::BucketPolicy', (p) => p.PolicyDocument.Statement.splice(0, 1)],
  'tables are recoverable to any second': [
    'AWS::DynamoDB::Table',
    (p) => (p.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled = false),
  ],
  'tables are encrypted': ['AWS::DynamoDB::Table', (p) => delete p.SSESpecification],
  'streams are encrypted': ['AWS::Kinesis::Stream', (p) => delete p.StreamEncryption],
  'query results are encrypted': [
    'AWS::Athena::WorkGroup',
    (p) => delete p.WorkGroupConfiguration.ResultConfiguration.EncryptionConfiguration,
  ],
  'queries have a scan limit that nobody can set aside': [
    'AWS::Athena::WorkGroup',
    (p) => (p.WorkGroupConfiguration.EnforceWorkGroupConfiguration = false),
  ],
  'logs are forgotten': ['AWS::Logs::LogGroup', (p) => delete p.RetentionInDays],
  'functions log to a group of the stack': ['AWS::Lambda::Function', (p) => delete p.LoggingConfig],
  'functions run on Node 24 and arm64': ['AWS::Lambda::Function', (p) => delete p.Architectures],
  'policies name their actions': ['AWS::IAM::Policy', (p) => (p.PolicyDocument.Statement[0].Action = 'logs:*')],
  'policies name their resources': ['AWS::IAM::Policy', (p) => (p.PolicyDocument.Statement[0].Resource = '*')],
  'policies say what they allow, not what they leave out': [
    'AWS::IAM::Policy',
    (p) =>
      p.PolicyDocument.Statement.push({ Effect: 'Allow', NotAction: 's3:DeleteBucket', Resource: 'arn:aws:s3:::b' }),
  ],
  'a wildcard stands below a bucket of the stack, or in the catalog': [
    'AWS::IAM::Policy',
    (p) => (p.PolicyDocument.Statement[0].Resource = { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Table', 'Arn'] }, '*']] }),
  ],
  'policies stand beside their roles, where the other rules see them': ['AWS::IAM::Role', (p) => (p.Policies = [])],
  'no policy deletes or administers, but that people are erased': [
    'AWS::IAM::Policy',
    (p) => (p.PolicyDocument.Statement[0].Action = ['logs:PutLogEvents', 'dynamodb:DeleteItem']),
  ],
  'only the catalog is scanned, and what is looked through for a snapshot or an erasure': [
    'AWS::IAM::Policy',
    (p) => (p.PolicyDocument.Statement[0].Action = ['logs:PutLogEvents', 'dynamodb:Scan']),
  ],
  'files are deleted below folders only, but for results of queries': [
    'AWS::IAM::Policy',
    (p) => p.PolicyDocument.Statement.push({ Action: 's3:DeleteObject', Resource: { 'Fn::GetAtt': ['LakeBucket'] } }),
  ],
  'only what is due, audiences and models are written in batches, which may delete, but that people are erased': [
    'AWS::IAM::Policy',
    (p) =>
      p.PolicyDocument.Statement.push({ Action: 'dynamodb:BatchWriteItem', Resource: { 'Fn::GetAtt': ['Profiles'] } }),
  ],
  'queues are encrypted': ['AWS::SQS::Queue', (p) => delete p.SqsManagedSseEnabled],
  'queues take TLS only': ['AWS::SQS::QueuePolicy', (p) => p.PolicyDocument.Statement.splice(0, 1)],
  'queues keep the order of each person': ['AWS::SQS::Queue', (p) => delete p.FifoQueue],
  'items go by themselves at their expiry': ['AWS::DynamoDB::Table', (p) => delete p.TimeToLiveSpecification],
  'schedules repeat nothing that the next run does anyway': [
    'AWS::Scheduler::Schedule',
    (p) => delete p.Target.RetryPolicy,
  ],
  'what a schedule invokes is not retried by Lambda': [
    'AWS::Lambda::EventInvokeConfig',
    (p) => delete p.MaximumRetryAttempts,
  ],
  'no role has a managed policy': ['AWS::IAM::Role', (p) => (p.ManagedPolicyArns = ['arn:aws:iam::aws:policy/X'])],
  'mappings report which record failed, and split there': [
    'AWS::Lambda::EventSourceMapping',
    (p) => delete p.FunctionResponseTypes,
  ],
  'mappings give up some time': ['AWS::Lambda::EventSourceMapping', (p) => (p.MaximumRetryAttempts = -1)],
  'mappings set aside whole batches': ['AWS::Lambda::EventSourceMapping', (p) => delete p.DestinationConfig],
  'mappings begin with the oldest record': ['AWS::Lambda::EventSourceMapping', (p) => (p.StartingPosition = 'LATEST')],
  'the API is throttled': ['AWS::ApiGatewayV2::Stage', (p) => delete p.DefaultRouteSettings],
  'access logs hold no address and no path': [
    'AWS::ApiGatewayV2::Stage',
    (p) => (p.AccessLogSettings.Format += '$context.identity.sourceIp'),
  ],
};

test.each(Object.keys(rules))('notices when not: %s', (name) => {
  const [type, mutate] = mutants[name] ?? [];
  const template = structuredClone(synthesized('prod').toJSON()) as TemplateJson;
  const victim = Object.values(template.Resources).find((resource) => resource.Type === type);
  if (!victim || !mutate) throw new Error(`No mutant for the rule "${name}".`);

  mutate(victim.Properties, victim);

  expect(rules[name]?.(template)).toHaveLength(1);
});

/** Alarms that would never ring, each for a reason of its own. */
test.each<[string, (metric: Record<string, unknown>) => void]>([
  ['of a function that is gone', (m) => (m.Dimensions = [{ Name: 'FunctionName', Value: { Ref: 'Gone' } }])],
  ['of all functions', (m) => delete m.Dimensions],
  ['of a metric that nobody prints', (m) => Object.assign(m, { Namespace: 'Headwater-prod', Dimensions: undefined })],
])('notices an alarm %s', (_, change) => {
  const template = structuredClone(synthesized('prod').toJSON()) as TemplateJson;
  const victim = Object.values(template.Resources).find(({ Properties }) => Properties.MetricName === 'Invocations');
  change(victim?.Properties);
  expect(rules['alarms look at what is there and counted']?.(template)).toHaveLength(1);
});

test('the topic of alarms takes TLS only', () => {
  const template = synthesized('prod', { alarmEmail: 'ops@shop.example' }).toJSON() as TemplateJson;
  const policies = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::SNS::TopicPolicy');
  expect(policies.map(({ Properties }) => JSON.stringify(Properties.PolicyDocument))).toEqual([
    expect.stringMatching(/"aws:SecureTransport":"false".*"Effect":"Deny"/),
  ]);
});
