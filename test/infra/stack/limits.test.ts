import { describe, expect, test } from 'vitest';
import { stages } from '../../../infra/config.ts';
import { limits } from './limits.ts';
import { type Resource, settings, synthesized, type TemplateJson } from './synthesized.ts';

describe.each(Object.keys(stages))('stage %s', (stage) => {
  const template = synthesized(stage).toJSON() as TemplateJson;

  test.each(Object.entries(limits))('%s', (_, limit) => {
    expect(limit(template, `Headwater-${stage}`)).toEqual([]);
  });
});

test('the longest rules of identity that a stage may have fit beside the other variables', () => {
  const blockedIds = Array.from({ length: 150 }, (_, n) => `blocked-${n}`);
  const { identity } = settings('prod');
  const template = synthesized('prod', { identity: { ...identity, blockedIds } }).toJSON() as TemplateJson;
  expect(limits['the variables of a function have 4 KB']?.(template, 'Headwater-prod')).toEqual([]);
});

type Mutant = (properties: Resource['Properties'], template: TemplateJson) => void;
const copies = (template: TemplateJson, type: string, count: number) => {
  const found = Object.values(template.Resources).find(({ Type }) => Type === type);
  for (let n = 0; n < count; n += 1) Object.assign(template.Resources, { [`Copy${n}`]: structuredClone(found) });
};

/** For each limit what breaks it. */
const mutants: Record<keyof typeof limits, [type: string, mutant: Mutant]> = {
  'a stack has 500 resources': ['AWS::Glue::Table', (_, t) => copies(t, 'AWS::Glue::Table', 300)],
  'a stack has 200 outputs': [
    'AWS::S3::Bucket',
    (_, { Outputs }) => Object.assign(Outputs, Object.fromEntries(Array(200).fill({}).entries())),
  ],
  'a template has 1 MB': ['AWS::Glue::Table', (p) => (p.TableInput.Parameters = { text: 'x'.repeat(1_048_576) })],
  'a logical id has 255 characters': ['AWS::S3::Bucket', (p, t) => (t.Resources['x'.repeat(256)] = p)],
  'the policies of a role have 10,240 characters': [
    'AWS::IAM::Policy',
    (p) => p.PolicyDocument.Statement.push(...Array(100).fill(p.PolicyDocument.Statement[0])),
  ],
  'the variables of a function have 4 KB': [
    'AWS::Lambda::Function',
    (p) => (p.Environment.Variables.LONG = 'x'.repeat(4_096)),
  ],
  'a description of a function has 256 characters': ['AWS::Lambda::Function', (p) => (p.Description = 'x'.repeat(257))],
  'a function runs for 15 minutes': ['AWS::Lambda::Function', (p) => (p.Timeout = 901)],
  'who may call a function fits into 20 KB': [
    'AWS::Lambda::Permission',
    (_, t) => copies(t, 'AWS::Lambda::Permission', 60),
  ],
  'an API has 300 routes': ['AWS::ApiGatewayV2::Route', (_, t) => copies(t, 'AWS::ApiGatewayV2::Route', 300)],
  'a shard is read five times a second, so by five functions': [
    'AWS::Lambda::EventSourceMapping',
    (_, t) => copies(t, 'AWS::Lambda::EventSourceMapping', 5),
  ],
  'a description of an alarm has 1,024 characters': [
    'AWS::CloudWatch::Alarm',
    (p) => (p.AlarmDescription = 'x'.repeat(1_025)),
  ],
  'an alarm looks back a day, or a week by the hour': [
    'AWS::CloudWatch::Alarm',
    (p) => Object.assign(p, { Period: 86_400, EvaluationPeriods: 8 }),
  ],
  'a hundred alarms fit the first tier of the bill and a page of the console': [
    'AWS::CloudWatch::Alarm',
    (_, t) => copies(t, 'AWS::CloudWatch::Alarm', 100),
  ],
  'a dashboard has 500 metrics': ['AWS::CloudWatch::Dashboard', (p) => (p.DashboardBody = 'AWS/'.repeat(501))],
  'the text of a view has 400 KB': ['AWS::Glue::Table', (p) => (p.TableInput.ViewOriginalText = 'x'.repeat(409_601))],
  'a comment of a column has 255 bytes': [
    'AWS::Glue::Table',
    (p) => (p.TableInput.StorageDescriptor.Columns[0].Comment = 'ü'.repeat(128)),
  ],
  'a description of a table has 2,048 bytes': [
    'AWS::Glue::Table',
    (p) => (p.TableInput.Description = 'x'.repeat(2_049)),
  ],
  'names are small, of letters, digits and underscores': [
    'AWS::Glue::Table',
    (p) => (p.TableInput.Name = 'Events-View'),
  ],
  'CloudFormation names what can be made anew': ['AWS::DynamoDB::Table', (p) => (p.TableName = 'profiles')],
};

test.each(Object.keys(limits))('notices when not: %s', (name) => {
  const [type, mutate] = mutants[name] ?? [];
  const template = structuredClone(synthesized('prod').toJSON()) as TemplateJson;
  const victim = Object.values(template.Resources).find((resource) => resource.Type === type);
  if (!victim || !mutate) throw new Error(`No mutant for the limit "${name}".`);

  mutate(victim.Properties, template);

  expect(limits[name]?.(template, 'Headwater-prod')).toHaveLength(1);
});
