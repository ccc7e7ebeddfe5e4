import type { Template, TemplateResource } from '../../../../infra/local/template/types.ts';

const code = (name: string) => ({ S3Bucket: { 'Fn::Sub': 'assets' }, S3Key: `${name}.zip` });

const httpFunction = (name: string, properties: object = {}): TemplateResource => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: code(name),
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Timeout: 20,
    MemorySize: 256,
    ...properties,
  },
});

const route = (id: string, routeKey: string, functionId: string): Record<string, TemplateResource> => ({
  [`${id}Integration`]: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: { 'Fn::GetAtt': [functionId, 'Arn'] },
      PayloadFormatVersion: '2.0',
    },
  },
  [`${id}Route`]: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: routeKey,
      Target: { 'Fn::Join': ['', ['integrations/', { Ref: `${id}Integration` }]] },
      AuthorizationType: 'NONE',
    },
  },
});

const allow = (Resource: object, ...Action: string[]) => ({ Effect: 'Allow', Action, Resource });

/** A small stack of every kind of part: API, producer, stream, recorder, bucket, table and catalog. */
export function aStack(resources: Record<string, TemplateResource> = {}): Template {
  return {
    Parameters: { BootstrapVersion: { Default: '/cdk-bootstrap/hnb659fds/version' } },
    Resources: {
      // Declared before what they need, as CDK may do.
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName: { Ref: 'Recorder' },
          EventSourceArn: { 'Fn::GetAtt': ['Events', 'Arn'] },
          BatchSize: 50,
          StartingPosition: 'TRIM_HORIZON',
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          BisectBatchOnFunctionError: true,
          MaximumRetryAttempts: 5,
          MaximumRecordAgeInSeconds: 3600,
          DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Lake', 'Arn'] } } },
        },
      },
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } },
      Permissions: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'Permissions',
          Roles: [{ Ref: 'Role' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              allow(
                { 'Fn::GetAtt': ['Events', 'Arn'] },
                'kinesis:DescribeStream',
                'kinesis:DescribeStreamSummary',
                'kinesis:GetRecords',
                'kinesis:GetShardIterator',
                'kinesis:ListShards',
                'kinesis:PutRecord',
                'kinesis:PutRecords',
              ),
              allow({ 'Fn::GetAtt': ['Lake', 'Arn'] }, 's3:ListBucket'),
              allow({ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Lake', 'Arn'] }, '/*']] }, 's3:PutObject'),
            ],
          },
        },
      },
      Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7 } },
      Events: { Type: 'AWS::Kinesis::Stream', Properties: { StreamModeDetails: { StreamMode: 'ON_DEMAND' } } },
      Lake: { Type: 'AWS::S3::Bucket', Properties: { VersioningConfiguration: { Status: 'Enabled' } } },
      Profiles: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          BillingMode: 'PAY_PER_REQUEST',
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      },
      Producer: httpFunction('producer', { Environment: { Variables: { STREAM_NAME: { Ref: 'Events' } } } }),
      Recorder: httpFunction('recorder', { Environment: { Variables: { BUCKET: { Ref: 'Lake' } } } }),
      Echo: httpFunction('echo', {
        Environment: { Variables: { API_URL: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } },
      }),
      Permission: { Type: 'AWS::Lambda::Permission', Properties: { FunctionName: { Ref: 'Producer' } } },
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } },
      Stage: {
        Type: 'AWS::ApiGatewayV2::Stage',
        Properties: {
          ApiId: { Ref: 'Api' },
          StageName: '$default',
          AutoDeploy: true,
          DefaultRouteSettings: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 },
        },
      },
      ...route('Send', 'POST /send', 'Producer'),
      ...route('Say', 'POST /echo', 'Echo'),
      Database: {
        Type: 'AWS::Glue::Database',
        Properties: { CatalogId: '1', DatabaseInput: { Name: 'headwater_test' } },
      },
      Queries: {
        Type: 'AWS::Athena::WorkGroup',
        Properties: {
          Name: 'headwater-test',
          WorkGroupConfiguration: {
            ResultConfiguration: { OutputLocation: { 'Fn::Join': ['', ['s3://', { Ref: 'Lake' }, '/results/']] } },
          },
        },
      },
      Landed: {
        Type: 'AWS::Glue::Table',
        Properties: {
          DatabaseName: { Ref: 'Database' },
          TableInput: {
            Name: 'events_landed',
            Description: 'Events.',
            TableType: 'EXTERNAL_TABLE',
            PartitionKeys: [{ Name: 'day', Type: 'string', Comment: 'Day.' }],
            Parameters: { 'projection.enabled': 'true', 'projection.day.type': 'date', classification: 'parquet' },
            StorageDescriptor: {
              Columns: [{ Name: 'message_id', Type: 'string', Comment: 'Id.' }],
              Location: { 'Fn::Join': ['', ['s3://', { Ref: 'Lake' }, '/events_landed/']] },
            },
          },
        },
      },
      View: {
        Type: 'AWS::Glue::Table',
        Properties: {
          DatabaseName: { Ref: 'Database' },
          TableInput: {
            Name: 'events',
            TableType: 'VIRTUAL_VIEW',
            Parameters: { presto_view: 'true', comment: 'presto view' },
            StorageDescriptor: { Columns: [{ Name: 'message_id', Type: 'string' }] },
            ViewOriginalText: `/* Presto View: ${Buffer.from('{"originalSql":"SELECT 1"}').toString('base64')} */`,
          },
        },
      },
      ...resources,
    },
    Outputs: {
      ApiUrl: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } },
      LongApiUrl: {
        Value: {
          'Fn::Join': [
            '',
            [
              'https://',
              { Ref: 'Api' },
              '.execute-api.',
              { Ref: 'AWS::Region' },
              '.',
              { Ref: 'AWS::URLSuffix' },
              '/v1',
            ],
          ],
        },
      },
      LakeName: { Value: { Ref: 'Lake' } },
      StreamName: { Value: { Ref: 'Events' } },
    },
  };
}
