import type { TemplateJson } from '../stack/synthesized.ts';
import { createOnlyPaths } from './cloudformation-schemas.ts';

/** Types whose resources cannot be made anew, and what would be lost. */
export const losses: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::Api': 'the address that SDKs and apps know',
  'AWS::Athena::WorkGroup': 'the history of queries and whoever may query in it',
  'AWS::DynamoDB::Table': 'its items and backups',
  'AWS::Glue::Database': 'what others granted on its tables',
  'AWS::Kinesis::Stream': 'the events that nobody has read yet',
  'AWS::Lambda::EventSourceMapping': 'how far its function has read the stream',
  'AWS::S3::Bucket': 'its objects',
  'AWS::SNS::Topic': 'subscriptions that somebody has confirmed',
  'AWS::SQS::Queue': 'the messages that nobody has taken yet',
};

/** Types whose resources a deploy may make anew, and what is there again then. */
export const remade: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::Integration': 'points at a function',
  'AWS::ApiGatewayV2::Route': 'points at an integration',
  'AWS::ApiGatewayV2::Stage': 'the address stays, throttles and logs are set again',
  'AWS::ApplicationAutoScaling::ScalableTarget': 'bounds of a table, set again',
  'AWS::ApplicationAutoScaling::ScalingPolicy': 'set again, and learns from the metrics of the table',
  'AWS::CloudWatch::Alarm': 'looks at metrics that stay',
  'AWS::CloudWatch::Dashboard': 'shows metrics that stay',
  'AWS::Glue::Table': 'a description of files that stay where they are',
  'AWS::IAM::Policy': 'is in the template',
  'AWS::IAM::Role': 'is in the template',
  'AWS::Lambda::EventInvokeConfig': 'is in the template',
  'AWS::Lambda::Function': 'holds nothing; its clocks, mappings and routes follow it',
  'AWS::Lambda::Permission': 'is in the template',
  'AWS::Logs::LogGroup': 'lines that are kept for a bounded time anyway; what must be kept is in the lake',
  'AWS::Logs::MetricFilter': 'metrics that it counted stay',
  'AWS::S3::BucketPolicy': 'is in the template',
  'AWS::SNS::Subscription': 'asks for a confirmation again',
  'AWS::SNS::TopicPolicy': 'is in the template',
  'AWS::SQS::QueuePolicy': 'is in the template',
  'AWS::Scheduler::Schedule': 'runs by the clock, not by what it did before',
};

export interface Stateful {
  readonly type: string;
  /** By path, the value of each property that CloudFormation can set only when it makes the resource. */
  readonly createOnly: Readonly<Record<string, unknown>>;
}

/** Create-only properties that the schemas of the registry don't name as such. */
const unnamed: Readonly<Record<string, readonly string[]>> = { 'AWS::Glue::Database': ['DatabaseInput.Name'] };

/** By stage and logical id. */
export type Release = Readonly<Record<string, Readonly<Record<string, Stateful>>>>;

/** What an update of a stack must neither remove nor replace. */
export function statefulResources(template: TemplateJson): Record<string, Stateful> {
  const stateful = Object.entries(template.Resources).filter(([, { Type }]) => losses[Type] !== undefined);
  const paths = createOnlyPaths({ ...template, Resources: Object.fromEntries(stateful) });
  return Object.fromEntries(
    stateful
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([id, { Type, Properties }]) => {
        const createOnly = [...(paths.get(id) ?? []), ...(unnamed[Type] ?? [])]
          .sort()
          .map((path) => [path, valueAt(Properties, path)]);
        return [id, { type: Type, createOnly: Object.fromEntries(createOnly) }];
      }),
  );
}

const valueAt = (properties: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], properties);

/** What an update from `released` to `now` would lose, one line a resource with the mend. */
export function lostByUpdate(
  released: Readonly<Record<string, Stateful>>,
  now: Readonly<Record<string, Stateful>>,
): string[] {
  return Object.entries(released).flatMap(([id, { type, createOnly }]) => {
    const lost = `and ${losses[type] ?? 'its data'} with it`;
    const present = now[id];
    if (present === undefined) {
      return [
        `An update would remove ${id} (${type}), ${lost}: keep its construct under its old name, or keep its id by overrideLogicalId('${id}').`,
      ];
    }
    if (present.type !== type) return [`An update would turn ${id} from ${type} into ${present.type}, ${lost}.`];
    const paths = new Set([...Object.keys(createOnly), ...Object.keys(present.createOnly)]);
    const changed = [...paths].filter((path) => text(createOnly[path]) !== text(present.createOnly[path]));
    return changed.map(
      (path) =>
        `An update would replace ${id} (${type}), ${lost}: ${path} was ${text(createOnly[path])} and is ${text(present.createOnly[path])}. Put it back, or add a second resource and move the data first.`,
    );
  });
}

const text = (value: unknown): string => (value === undefined ? 'not set' : JSON.stringify(value));
