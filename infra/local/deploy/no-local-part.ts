import { account, type Deployed, region } from '../template/types.ts';
import type { Resource } from './deployer.ts';

type Describe = (name: string, properties: Resource['properties']) => Deployed;

const arn = (service: string, path: string) => `arn:aws:${service}:${region}:${account}:${path}`;
const nothing: Describe = (name) => ({ ref: name, attributes: {} });
const withArn =
  (service: string, prefix: string, key?: string): Describe =>
  (name, properties) => {
    const own = key === undefined ? name : String(properties[key] ?? name);
    return { ref: own, attributes: { Arn: arn(service, `${prefix}${own}`) } };
  };

/**
 * Types that are permissions, watching, or wiring that the runtime reads elsewhere: nothing is started for
 * them, and what they answer to `Ref` and `Fn::GetAtt` looks as on AWS.
 */
export const noLocalPart: Readonly<Record<string, Describe>> = {
  'AWS::IAM::Role': (name, { RoleName }) => {
    const own = String(RoleName ?? name);
    return { ref: own, attributes: { Arn: `arn:aws:iam::${account}:role/${own}`, RoleId: own } };
  },
  'AWS::IAM::Policy': nothing,
  'AWS::IAM::ManagedPolicy': (name) => ({ ref: `arn:aws:iam::${account}:policy/${name}`, attributes: {} }),
  'AWS::Logs::LogGroup': (name, { LogGroupName }) => {
    const own = String(LogGroupName ?? name);
    return { ref: own, attributes: { Arn: arn('logs', `log-group:${own}:*`) } };
  },
  'AWS::Logs::MetricFilter': nothing,
  'AWS::Logs::QueryDefinition': nothing,
  'AWS::Logs::ResourcePolicy': nothing,
  'AWS::CloudWatch::Alarm': withArn('cloudwatch', 'alarm:', 'AlarmName'),
  'AWS::CloudWatch::CompositeAlarm': withArn('cloudwatch', 'alarm:', 'AlarmName'),
  'AWS::CloudWatch::Dashboard': nothing,
  'AWS::Budgets::Budget': nothing,
  'AWS::KMS::Key': (name) => ({ ref: name, attributes: { Arn: arn('kms', `key/${name}`), KeyId: name } }),
  'AWS::KMS::Alias': nothing,
  'AWS::S3::BucketPolicy': nothing,
  'AWS::SNS::Topic': (name) => ({ ref: arn('sns', name), attributes: { TopicArn: arn('sns', name), TopicName: name } }),
  'AWS::SNS::TopicPolicy': nothing,
  'AWS::SNS::Subscription': nothing,
  'AWS::SQS::QueuePolicy': nothing,
  'AWS::Scheduler::ScheduleGroup': withArn('scheduler', 'schedule-group/', 'Name'),
  'AWS::Lambda::Permission': nothing,
  'AWS::Athena::NamedQuery': nothing,
  'AWS::ApplicationAutoScaling::ScalableTarget': nothing,
  'AWS::ApplicationAutoScaling::ScalingPolicy': nothing,
  'AWS::SSM::Parameter': (name, { Name, Value, Type }) => ({ ref: String(Name ?? name), attributes: { Value, Type } }),
  'AWS::CDK::Metadata': nothing,
  'Custom::S3AutoDeleteObjects': nothing,
};
