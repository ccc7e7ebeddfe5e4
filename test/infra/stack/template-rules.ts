import { isAlive, metricsOf } from './alarm-metrics.ts';
import { actionsOf, type Resource, resourcesOf, type Statement, type TemplateJson, target } from './synthesized.ts';

/** Says what is wrong with a template, one line a finding. */
type Rule = (template: TemplateJson) => string[];

const each =
  (type: string, isRight: (resource: Resource, id: string, template: TemplateJson) => boolean): Rule =>
  (template) => {
    const resources = resourcesOf(template, type);
    if (resources.length === 0) return [`no ${type}`];
    return resources.filter(([id, resource]) => !isRight(resource, id, template)).map(([id]) => id);
  };

const names = (actions: string | string[]): string[] => [actions].flat();

interface Policy {
  readonly Effect: string;
  readonly Action: string;
  readonly Condition?: { readonly Bool?: Record<string, string> };
}
const isTlsOnly = ({ Effect, Action, Condition }: Policy, actions: string) =>
  Effect === 'Deny' && Action === actions && Condition?.Bool?.['aws:SecureTransport'] === 'false';

/** API Gateway waits so long, whatever is set. */
const MOST_API_SECONDS = 30;

/** What must hold of every stage, whatever is added to the stack later. */
/** Of the function that takes people out of every store. */
const isErasing = (id: string): boolean => id.startsWith('PrivacyRequestsWorker');

export const rules: Record<string, Rule> = {
  'alarms look at what is there and counted': each('AWS::CloudWatch::Alarm', (alarm, _, template) => {
    const metrics = metricsOf(alarm);
    return metrics.length > 0 && metrics.every((metric) => isAlive(metric, template));
  }),
  'alarms say what they mean': each(
    'AWS::CloudWatch::Alarm',
    ({ Properties }) => Properties.AlarmDescription?.length > 20 && Properties.ActionsEnabled !== false,
  ),
  'what a schedule invokes rings when it fails': each('AWS::Scheduler::Schedule', ({ Properties }, _, template) =>
    resourcesOf(template, 'AWS::CloudWatch::Alarm').some(([, alarm]) =>
      metricsOf(alarm).some(
        ({ MetricName, Dimensions = [] }) =>
          MetricName === 'Errors' &&
          Dimensions.some(({ Value }) => target(Value as object) === target(Properties.Target.Arn)),
      ),
    ),
  ),
  'stores outlive a replacement as they outlive the stack': (template) =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => /^AWS::(S3::Bucket|DynamoDB::Table|Kinesis::Stream|SQS::Queue)$/.test(Type))
      .filter(
        ([, store]) => store.UpdateReplacePolicy === undefined || store.UpdateReplacePolicy !== store.DeletionPolicy,
      )
      .map(([id]) => id),
  'buckets belong to their owner alone': each(
    'AWS::S3::Bucket',
    ({ Properties }) => Properties.OwnershipControls?.Rules?.[0]?.ObjectOwnership === 'BucketOwnerEnforced',
  ),
  'mappings give up before the stream forgets': each(
    'AWS::Lambda::EventSourceMapping',
    ({ Properties }, _, template) => {
      const stream = template.Resources[target(Properties.EventSourceArn)];
      return Properties.MaximumRecordAgeInSeconds < stream?.Properties.RetentionPeriodHours * 3600;
    },
  ),
  'roles are for services alone': each('AWS::IAM::Role', ({ Properties }) =>
    Properties.AssumeRolePolicyDocument.Statement.every(
      ({ Principal }: { Principal: object }) => Object.keys(Principal).join() === 'Service',
    ),
  ),
  'functions are called by a part of the stack, not by a whole service': each(
    'AWS::Lambda::Permission',
    ({ Properties }) => Properties.Principal.endsWith('.amazonaws.com') && Properties.SourceArn !== undefined,
  ),
  'functions have no address of their own': (template) => resourcesOf(template, 'AWS::Lambda::Url').map(([id]) => id),
  'functions of the API end before it gives up': each(
    'AWS::ApiGatewayV2::Integration',
    ({ Properties }, _, template) =>
      template.Resources[target(Properties.IntegrationUri)]?.Properties.Timeout < MOST_API_SECONDS,
  ),
  'buckets are private': each('AWS::S3::Bucket', ({ Properties }) => {
    const block = Properties.PublicAccessBlockConfiguration ?? {};
    return ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every((k) => block[k]);
  }),
  'buckets are encrypted': each('AWS::S3::Bucket', ({ Properties }) => Properties.BucketEncryption !== undefined),
  'buckets are versioned': each(
    'AWS::S3::Bucket',
    ({ Properties }) => Properties.VersioningConfiguration?.Status === 'Enabled',
  ),
  'old versions are forgotten': each('AWS::S3::Bucket', ({ Properties }) =>
    (Properties.LifecycleConfiguration?.Rules ?? []).some(
      (rule: Record<string, { NoncurrentDays?: number }>) => rule.NoncurrentVersionExpiration?.NoncurrentDays,
    ),
  ),
  'buckets take TLS only': each('AWS::S3::Bucket', (_, id, template) =>
    resourcesOf(template, 'AWS::S3::BucketPolicy').some(
      ([, { Properties }]) =>
        target(Properties.Bucket) === id &&
        Properties.PolicyDocument.Statement.some((statement: Policy) => isTlsOnly(statement, 's3:*')),
    ),
  ),
  'tables are recoverable to any second': each(
    'AWS::DynamoDB::Table',
    ({ Properties }) => Properties.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled === true,
  ),
  'tables are encrypted': each('AWS::DynamoDB::Table', ({ Properties }) => Properties.SSESpecification?.SSEEnabled),
  'streams are encrypted': each('AWS::Kinesis::Stream', ({ Properties }) => Properties.StreamEncryption !== undefined),
  'query results are encrypted': each(
    'AWS::Athena::WorkGroup',
    ({ Properties: { WorkGroupConfiguration: set } }) =>
      set.ResultConfiguration?.EncryptionConfiguration?.EncryptionOption === 'SSE_S3',
  ),
  'queries have a scan limit that nobody can set aside': each(
    'AWS::Athena::WorkGroup',
    ({ Properties: { WorkGroupConfiguration: set } }) =>
      set.BytesScannedCutoffPerQuery >= 10_000_000 && set.EnforceWorkGroupConfiguration === true,
  ),
  'logs are forgotten': each('AWS::Logs::LogGroup', ({ Properties }) => Properties.RetentionInDays > 0),
  'functions log to a group of the stack': each('AWS::Lambda::Function', ({ Properties }, _, template) =>
    resourcesOf(template, 'AWS::Logs::LogGroup').some(
      ([id]) => target(Properties.LoggingConfig?.LogGroup ?? {}) === id,
    ),
  ),
  'functions run on Node 24 and arm64': each(
    'AWS::Lambda::Function',
    ({ Properties }) => Properties.Runtime === 'nodejs24.x' && Properties.Architectures?.[0] === 'arm64',
  ),
  'policies name their actions': each('AWS::IAM::Policy', ({ Properties }) =>
    Properties.PolicyDocument.Statement.every(({ Action }: Statement) => names(Action).every((a) => !/[*?]/.test(a))),
  ),
  'policies name their resources': each('AWS::IAM::Policy', ({ Properties }) =>
    Properties.PolicyDocument.Statement.every((statement: Statement) => ![statement.Resource].flat().includes('*')),
  ),
  'policies say what they allow, not what they leave out': each('AWS::IAM::Policy', ({ Properties }) =>
    Properties.PolicyDocument.Statement.every(
      (statement: object) => !/"Not(Action|Resource)"/.test(JSON.stringify(statement)),
    ),
  ),
  'a wildcard stands below a bucket of the stack, or in the catalog': each('AWS::IAM::Policy', ({ Properties }) =>
    Properties.PolicyDocument.Statement.flatMap(({ Resource }: Statement) => [Resource].flat())
      .map((resource: unknown) => JSON.stringify(resource))
      .every(
        (resource: string) =>
          !/[*?]/.test(resource) ||
          /"Fn::GetAtt":\["\w+","Arn"\]\},"\/[\w/-]*\*"\]\]\}$/.test(resource) ||
          /:table\/headwater_\w+\/\*"\]\]\}$/.test(resource),
      ),
  ),
  'policies stand beside their roles, where the other rules see them': each(
    'AWS::IAM::Role',
    ({ Properties }, _, template) =>
      Properties.Policies === undefined && resourcesOf(template, 'AWS::IAM::ManagedPolicy').length === 0,
  ),
  'no policy deletes or administers, but that people are erased': each('AWS::IAM::Policy', ({ Properties }, id) =>
    actionsOf(Properties.PolicyDocument.Statement).every(
      (a) =>
        a === 's3:DeleteObject' ||
        a === 'dynamodb:Scan' ||
        (a === 's3:DeleteObjectVersion' && isErasing(id)) ||
        (a === 'dynamodb:DeleteItem' && id.startsWith('ProfilesUpdater')) ||
        !/:(Delete|Scan|Create(?!LogStream)|Put\w+Policy)/.test(a),
    ),
  ),
  'only the catalog is scanned, and what is looked through for a snapshot or an erasure': each(
    'AWS::IAM::Policy',
    ({ Properties }, id) =>
      Properties.PolicyDocument.Statement.filter(({ Action }: Statement) =>
        names(Action).includes('dynamodb:Scan'),
      ).every(
        ({ Resource }: Statement) =>
          id.startsWith('ProfileSnapshots') || isErasing(id) || /^CatalogTable/.test(target(Resource as object)),
      ),
  ),
  'files are deleted below folders only, but for results of queries': each('AWS::IAM::Policy', ({ Properties }) =>
    Properties.PolicyDocument.Statement.filter(({ Action }: Statement) =>
      names(Action).includes('s3:DeleteObject'),
    ).every(({ Resource }: Statement) =>
      [Resource].flat().every((one) => /"\/[\w-]+(\/[\w-]+)*\/\*"|LakeQueriesResults/.test(JSON.stringify(one))),
    ),
  ),
  'only what is due, audiences and models are written in batches, which may delete, but that people are erased': each(
    'AWS::IAM::Policy',
    ({ Properties }, id) =>
      Properties.PolicyDocument.Statement.filter(({ Action }: Statement) =>
        names(Action).includes('dynamodb:BatchWriteItem'),
      ).every(({ Resource }: Statement) =>
        [Resource]
          .flat()
          .every((one) => isErasing(id) || /^(DueTimes|Audience|Recommendations)Table/.test(target(one as object))),
      ),
  ),
  'queues are encrypted': each('AWS::SQS::Queue', ({ Properties }) => Properties.SqsManagedSseEnabled === true),
  'queues take TLS only': each('AWS::SQS::Queue', (_, id, template) =>
    resourcesOf(template, 'AWS::SQS::QueuePolicy').some(
      ([, { Properties }]) =>
        [Properties.Queues].flat().some((queue) => target(queue) === id) &&
        Properties.PolicyDocument.Statement.some((statement: Policy) => isTlsOnly(statement, 'sqs:*')),
    ),
  ),
  'queues keep the order of each person': each(
    'AWS::SQS::Queue',
    ({ Properties }) => Properties.FifoQueue === true && Properties.DeduplicationScope === 'messageGroup',
  ),
  'items go by themselves at their expiry': each(
    'AWS::DynamoDB::Table',
    ({ Properties }) =>
      Properties.TimeToLiveSpecification?.Enabled === true &&
      Properties.TimeToLiveSpecification.AttributeName === 'expiresAt',
  ),
  'schedules repeat nothing that the next run does anyway': each(
    'AWS::Scheduler::Schedule',
    ({ Properties: { Target, ScheduleExpression, State } }) =>
      /^(rate|cron)\(/.test(ScheduleExpression) &&
      State !== 'DISABLED' &&
      Target.RetryPolicy?.MaximumRetryAttempts === 0 &&
      Target.RetryPolicy?.MaximumEventAgeInSeconds === 60,
  ),
  'what a schedule invokes is not retried by Lambda': each('AWS::Scheduler::Schedule', ({ Properties }, _, template) =>
    resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').some(
      ([, config]) =>
        target(config.Properties.FunctionName) === target(Properties.Target.Arn) &&
        config.Properties.MaximumRetryAttempts === 0,
    ),
  ),
  'no role has a managed policy': each('AWS::IAM::Role', ({ Properties }) => !Properties.ManagedPolicyArns),
  'mappings report which record failed, and split there': each(
    'AWS::Lambda::EventSourceMapping',
    ({ Properties }) =>
      Properties.FunctionResponseTypes?.[0] === 'ReportBatchItemFailures' &&
      Properties.BisectBatchOnFunctionError === true,
  ),
  'mappings give up some time': each(
    'AWS::Lambda::EventSourceMapping',
    ({ Properties }) => Properties.MaximumRetryAttempts >= 0 && Properties.MaximumRecordAgeInSeconds > 0,
  ),
  'mappings set aside whole batches': each('AWS::Lambda::EventSourceMapping', ({ Properties }, _, template) =>
    resourcesOf(template, 'AWS::S3::Bucket').some(
      ([id]) => target(Properties.DestinationConfig?.OnFailure?.Destination ?? {}) === id,
    ),
  ),
  'mappings begin with the oldest record': each(
    'AWS::Lambda::EventSourceMapping',
    ({ Properties }) => Properties.StartingPosition === 'TRIM_HORIZON',
  ),
  'the API is throttled': each('AWS::ApiGatewayV2::Stage', ({ Properties }) => {
    const { ThrottlingRateLimit, ThrottlingBurstLimit } = Properties.DefaultRouteSettings ?? {};
    return ThrottlingRateLimit > 0 && ThrottlingBurstLimit > 0;
  }),
  'access logs hold no address and no path': each('AWS::ApiGatewayV2::Stage', ({ Properties }) => {
    const format: string = Properties.AccessLogSettings?.Format ?? '';
    return format.includes('$context.requestId') && !/identity|\$context\.path|authorizer|userAgent/.test(format);
  }),
};
