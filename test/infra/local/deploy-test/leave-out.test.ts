import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { leaveOut, without } from '../../../../infra/local/deploy-test/leave-out.ts';

const template = {
  Resources: {
    Table: { Type: 'AWS::DynamoDB::Table' },
    Reader: { Type: 'AWS::Lambda::Function', Environment: { TABLE: { Ref: 'Table' } }, DependsOn: ['Role', 'Policy'] },
    Role: { Type: 'AWS::IAM::Role' },
    Policy: { Type: 'AWS::IAM::Policy', Name: { 'Fn::Sub': '$' + '{Role.Arn}-read' } },
    AlarmOfErrors: { Type: 'AWS::CloudWatch::Alarm', DependsOn: 'Reader' },
    AlarmOfLag: { Type: 'AWS::CloudWatch::Alarm', Metric: { 'Fn::GetAtt': ['Reader', 'Arn'] } },
  },
  Outputs: { TableName: { Value: { Ref: 'Table' } } },
};

test('leaves out all of a type, or what begins with a name, and tells which', () => {
  expect(without(template, ['AWS::CloudWatch::Alarm']).left).toEqual([
    'AlarmOfErrors (AWS::CloudWatch::Alarm)',
    'AlarmOfLag (AWS::CloudWatch::Alarm)',
  ]);
  expect(Object.keys(without(template, ['AlarmOfL']).template.Resources)).toEqual([
    'Table',
    'Reader',
    'Role',
    'Policy',
    'AlarmOfErrors',
  ]);
});

test('nothing waits for what is left out', () => {
  const { Reader } = without(template, ['Policy']).template.Resources;
  expect(Reader).toMatchObject({ DependsOn: ['Role'] });
});

test.each([
  ['Queue', /no resource has this type/],
  ['Table', /Reader needs Table/],
  ['AWS::IAM::Role', /Policy needs Role/],
  ['Reader', /AlarmOfLag needs Reader/],
])('refuses to leave out %s', (name, message) => {
  expect(() => without(template, [name])).toThrow(message);
});

test('what an output shows cannot be left out', () => {
  const { Reader: _, AlarmOfErrors: __, AlarmOfLag: ___, ...Resources } = template.Resources;
  expect(() => without({ ...template, Resources }, ['Table'])).toThrow(/TableName needs Table/);
});

test('the assembly names the template by its new hash, so that it is uploaded', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'headwater-leave-out-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = (name: string) => path.join(folder, name);
  const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
  const before = JSON.stringify(template);
  writeFileSync(file('Shop.template.json'), before);
  for (const name of ['manifest.json', 'Shop.assets.json'])
    writeFileSync(file(name), `{"key":"${hashOf(before)}.json"}`);

  expect(await leaveOut(folder, 'Shop', ['AlarmOfErrors'])).toEqual(['AlarmOfErrors (AWS::CloudWatch::Alarm)']);

  const after = readFileSync(file('Shop.template.json'), 'utf8');
  expect(Object.keys(JSON.parse(after).Resources)).not.toContain('AlarmOfErrors');
  for (const name of ['manifest.json', 'Shop.assets.json']) {
    expect(readFileSync(file(name), 'utf8')).toBe(`{"key":"${hashOf(after)}.json"}`);
  }
});
