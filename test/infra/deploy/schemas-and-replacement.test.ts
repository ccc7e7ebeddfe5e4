import { describe, expect, test } from 'vitest';
import { stages } from '../../../infra/config.ts';
import { type Resource, resourcesOf, synthesized, type TemplateJson } from '../stack/synthesized.ts';
import { schemaFindings } from './cloudformation-schemas.ts';
import { releasedTemplate } from './released-template.ts';
import { losses, lostByUpdate, remade, statefulResources } from './stateful-resources.ts';

const templateOf = (stage: string) => synthesized(stage).toJSON() as TemplateJson;
const released = releasedTemplate();

/** The template of `dev` without the many tables of the lake, which take long to look at. */
const small = (): TemplateJson => {
  const { Resources, ...rest } = structuredClone(templateOf('dev'));
  const few = Object.entries(Resources).filter(
    ([, { Type }]) => !/^AWS::(Glue::Table|CloudWatch|IAM::Policy)/.test(Type),
  );
  return { ...rest, Resources: Object.fromEntries(few) };
};

/** It with one resource of a type changed. */
function mutant(type: string, change: (properties: Resource['Properties']) => void) {
  const template = small();
  const [[id, victim] = []] = resourcesOf(template, type);
  if (!id || !victim) throw new Error(`There is no ${type}.`);
  change(victim.Properties);
  return { id, template };
}

describe.each(Object.keys(stages))('stage %s', (stage) => {
  const template = templateOf(stage);

  test("keeps the schemas of CloudFormation's registry", () => {
    expect(schemaFindings(template)).toEqual([]);
  });

  test('is updated from the last release without losing what a resource holds', () => {
    const known = released[stage];
    expect(known, `No release knows stage ${stage}: run \`npm run release-template\` at the next.`).toBeDefined();
    expect(lostByUpdate(known ?? {}, statefulResources(template))).toEqual([]);
  });
});

test.each<[string, string, (properties: Resource['Properties']) => void, RegExp]>([
  ['a property that does not exist', 'AWS::Kinesis::Stream', (p) => (p.Retention = 24), /Retention/],
  ['a value of a wrong type', 'AWS::Kinesis::Stream', (p) => (p.RetentionPeriodHours = 'long'), /RetentionPeriodHours/],
  ['a value out of range', 'AWS::Lambda::Function', (p) => (p.MemorySize = 64), /minimum of 128/],
  ['a value that is no choice', 'AWS::DynamoDB::Table', (p) => (p.BillingMode = 'FREE'), /FREE.*PAY_PER_REQUEST/],
  ['a missing property', 'AWS::IAM::Role', (p) => delete p.AssumeRolePolicyDocument, /AssumeRolePolicyDocument/],
])('the schemas notice %s', (_, type, change, message) => {
  const { id, template } = mutant(type, change);
  const findings = schemaFindings(template);
  expect(findings.join('\n')).toMatch(message);
  expect(findings.every((finding) => finding.startsWith(id))).toBe(true);
});

test.each(Object.keys(stages))(
  'of each type in stage %s it is known whether something would be lost with it',
  (stage) => {
    const types = new Set(Object.values(templateOf(stage).Resources).map(({ Type }) => Type));
    expect([...types].filter((type) => !(type in losses) === !(type in remade))).toEqual([]);
  },
);

test('an address that alarms go to brings no type that is not known', () => {
  const template = synthesized('prod', { alarmEmail: 'ops@shop.example' }).toJSON() as TemplateJson;
  const types = new Set(Object.values(template.Resources).map(({ Type }) => Type));
  expect(types).toContain('AWS::SNS::Topic');
  expect([...types].filter((type) => !(type in losses) && !(type in remade))).toEqual([]);
});

describe('an update', () => {
  const before = statefulResources(templateOf('dev'));

  test.each<[string, string, (properties: Resource['Properties']) => void, string]>([
    [
      'of a key of a table',
      'AWS::DynamoDB::Table',
      (p) => (p.KeySchema[0].AttributeName = 'other'),
      'and its items and backups with it: KeySchema was ',
    ],
    [
      'that names a bucket',
      'AWS::S3::Bucket',
      (p) => (p.BucketName = 'mine'),
      'and its objects with it: BucketName was not set and is "mine". Put it back',
    ],
    [
      'of the name of the database',
      'AWS::Glue::Database',
      (p) => (p.DatabaseInput.Name = 'other'),
      'DatabaseInput.Name was "headwater_dev" and is "other"',
    ],
    [
      'of where a mapping begins',
      'AWS::Lambda::EventSourceMapping',
      (p) => (p.StartingPosition = 'LATEST'),
      'and how far its function has read the stream with it: StartingPosition was "TRIM_HORIZON"',
    ],
  ])('%s is told with what is lost and how to mend it', (_, type, change, message) => {
    const { id, template } = mutant(type, change);
    const [told, ...more] = lostByUpdate(before, statefulResources(template));
    expect(told).toContain(`An update would replace ${id} (${type}), `);
    expect(told).toContain(message);
    expect(more).toEqual([]);
  });

  test('that renames a construct is told', () => {
    const template = small();
    const [[id, table] = []] = resourcesOf(template, 'AWS::DynamoDB::Table');
    if (!id || !table) throw new Error('There is no table.');
    const { [id]: _, ...others } = template.Resources;
    const renamed = { ...template, Resources: { ...others, Renamed: table } };
    expect(lostByUpdate(before, statefulResources(renamed))).toEqual([
      `An update would remove ${id} (AWS::DynamoDB::Table), and its items and backups with it: keep its construct under its old name, or keep its id by overrideLogicalId('${id}').`,
    ]);
  });

  test('that adds a store, or changes what can be changed in place, loses nothing', () => {
    const { template } = mutant('AWS::Kinesis::Stream', (p) => (p.RetentionPeriodHours = 48));
    const [[, table] = []] = resourcesOf(template, 'AWS::DynamoDB::Table');
    const grown = { ...template, Resources: { ...template.Resources, Another: table as Resource } };
    expect(lostByUpdate(before, statefulResources(grown))).toEqual([]);
  });
});
