import { resolved } from './resolved.ts';
import { type Resource, resourcesOf, type TemplateJson, target } from './synthesized.ts';

/** What is too large in a template, one line a finding; `stackName` is part of the names that CloudFormation gives. */
type Limit = (template: TemplateJson, stackName: string) => string[];

const atMost = (most: number, sizes: Iterable<readonly [string, number]>): string[] =>
  [...sizes].filter(([, size]) => !(size <= most)).map(([what, size]) => `${what}: ${size} of ${most}`);

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
const grouped = <T>(items: readonly T[], key: (item: T) => string, size: (item: T) => number): Map<string, number> => {
  const groups = new Map<string, number>();
  for (const item of items) groups.set(key(item), (groups.get(key(item)) ?? 0) + size(item));
  return groups;
};
const sized =
  (type: string, most: number, size: (properties: Resource['Properties']) => number): Limit =>
  (template) =>
    atMost(
      most,
      resourcesOf(template, type).map(([id, { Properties }]) => [id, size(Properties)]),
    );
const bytes = (value: unknown): number => Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));

interface Column {
  readonly Name: string;
  readonly Comment?: string;
}
const columnsOf = ({ TableInput }: Resource['Properties']): Column[] => [
  ...(TableInput.StorageDescriptor?.Columns ?? []),
  ...(TableInput.PartitionKeys ?? []),
];

/** Names of properties by which a resource gets a name of its own, which then can't be replaced and must be free. */
const naming = /^(Bucket|Table|Function|Queue|Stream|Role|Alarm|Dashboard|LogGroup|Schedule|Topic)Name$/;

/** Quotas of AWS that no schema knows: of CloudFormation, IAM, Lambda, API Gateway, Glue, Kinesis and CloudWatch. */
export const limits: Record<string, Limit> = {
  'a stack has 500 resources': ({ Resources }) => atMost(500, [['resources', Object.keys(Resources).length]]),
  'a stack has 200 outputs': ({ Outputs }) => atMost(200, [['outputs', Object.keys(Outputs).length]]),
  'a template has 1 MB': (template) => atMost(1_048_576, [['template', bytes(template)]]),
  'a logical id has 255 characters': ({ Resources }) =>
    atMost(
      255,
      Object.keys(Resources).map((id) => [id, id.length]),
    ),
  'the policies of a role have 10,240 characters': (template, stackName) =>
    atMost(
      10_240,
      grouped(
        resourcesOf(template, 'AWS::IAM::Policy'),
        ([, { Properties }]) => target(Properties.Roles[0]),
        ([, { Properties }]) => JSON.stringify(resolved(Properties.PolicyDocument, stackName, template)).length,
      ),
    ),
  'the variables of a function have 4 KB': (template, stackName) =>
    atMost(
      4_096,
      resourcesOf(template, 'AWS::Lambda::Function').map(([id, { Properties }]) => {
        const variables = Object.entries(Properties.Environment?.Variables ?? {});
        return [id, sum(variables.map(([name, value]) => bytes(name) + bytes(resolved(value, stackName, template))))];
      }),
    ),
  'a description of a function has 256 characters': sized(
    'AWS::Lambda::Function',
    256,
    ({ Description }) => Description.length,
  ),
  'a function runs for 15 minutes': sized('AWS::Lambda::Function', 900, ({ Timeout }) => Timeout),
  'who may call a function fits into 20 KB': (template, stackName) =>
    atMost(
      20_480,
      grouped(
        resourcesOf(template, 'AWS::Lambda::Permission'),
        ([, { Properties }]) => target(Properties.FunctionName),
        // What Lambda writes around the three: ids, effect, action, resource.
        ([, { Properties }]) => 300 + bytes(resolved(Properties, stackName, template)),
      ),
    ),
  'an API has 300 routes': (template) =>
    atMost(300, [['routes', resourcesOf(template, 'AWS::ApiGatewayV2::Route').length]]),
  'a shard is read five times a second, so by five functions': (template) =>
    atMost(
      5,
      grouped(
        resourcesOf(template, 'AWS::Lambda::EventSourceMapping'),
        ([, { Properties }]) => target(Properties.EventSourceArn),
        () => 1,
      ),
    ),
  'a description of an alarm has 1,024 characters': sized(
    'AWS::CloudWatch::Alarm',
    1_024,
    ({ AlarmDescription }) => AlarmDescription.length,
  ),
  'an alarm looks back a day, or a week by the hour': sized(
    'AWS::CloudWatch::Alarm',
    604_800,
    ({ Period, EvaluationPeriods }) => (Period ?? 300) * EvaluationPeriods,
  ),
  'a hundred alarms fit the first tier of the bill and a page of the console': (template) =>
    atMost(100, [['alarms', resourcesOf(template, 'AWS::CloudWatch::Alarm').length]]),
  'a dashboard has 500 metrics': sized(
    'AWS::CloudWatch::Dashboard',
    500,
    ({ DashboardBody }) => JSON.stringify(DashboardBody).split('AWS/').length - 1,
  ),
  'the text of a view has 400 KB': sized('AWS::Glue::Table', 409_600, ({ TableInput }) =>
    bytes(TableInput.ViewOriginalText ?? ''),
  ),
  'a comment of a column has 255 bytes': (template) =>
    resourcesOf(template, 'AWS::Glue::Table').flatMap(([id, { Properties }]) =>
      atMost(
        255,
        columnsOf(Properties).map(({ Name, Comment = '' }) => [`${id}.${Name}`, bytes(Comment)]),
      ),
    ),
  'a description of a table has 2,048 bytes': sized('AWS::Glue::Table', 2_048, ({ TableInput }) =>
    bytes(TableInput.Description ?? ''),
  ),
  'names are small, of letters, digits and underscores': (template) =>
    resourcesOf(template, 'AWS::Glue::Table')
      .map(([, { Properties }]) => Properties.TableInput.Name as string)
      .filter((name) => !/^[a-z][a-z0-9_]{0,127}$/.test(name)),
  'CloudFormation names what can be made anew': ({ Resources }) =>
    Object.entries(Resources)
      .filter(([, { Type, Properties }]) =>
        Object.entries(Properties ?? {}).some(
          ([name, value]) => naming.test(name) && typeof value === 'string' && Type.endsWith(name.replace(/Name$/, '')),
        ),
      )
      .map(([id]) => id),
};
