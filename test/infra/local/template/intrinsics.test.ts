// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are those of CloudFormation.
import { expect, test } from 'vitest';
import { TemplateError } from '../../../../infra/local/errors.ts';
import { noValue, resolve } from '../../../../infra/local/template/intrinsics.ts';
import { createScope } from '../../../../infra/local/template/scope.ts';
import type { Template } from '../../../../infra/local/template/types.ts';

const template: Template = {
  Resources: { Table: { Type: 'AWS::DynamoDB::Table' }, Absent: { Type: 'AWS::S3::Bucket' } },
  Parameters: { BootstrapVersion: { Default: '/cdk/version' }, Needed: {} },
  Conditions: {
    IsLocal: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
    IsChina: {
      'Fn::Or': [{ 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-cn'] }, { 'Fn::Not': [{ Condition: 'IsLocal' }] }],
    },
    Both: { 'Fn::And': [{ Condition: 'IsLocal' }, { 'Fn::Not': [{ Condition: 'IsChina' }] }] },
  },
  Mappings: { Runtimes: { 'us-east-1': { value: 'nodejs24.x' } } },
};
const deployed = new Map([
  ['Table', { ref: 'profiles', attributes: { Arn: 'arn:aws:dynamodb:::table/profiles', 'A.B': 'nested' } }],
]);
const scope = createScope(template, 'Headwater-local', deployed);

test.each<[string, unknown, unknown]>([
  ['Ref of a resource', { Ref: 'Table' }, 'profiles'],
  ['Ref of a parameter', { Ref: 'BootstrapVersion' }, '/cdk/version'],
  ['the account', { Ref: 'AWS::AccountId' }, '000000000000'],
  ['the region', { Ref: 'AWS::Region' }, 'us-east-1'],
  ['the partition', { Ref: 'AWS::Partition' }, 'aws'],
  ['the stack', { Ref: 'AWS::StackName' }, 'Headwater-local'],
  ['GetAtt', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:aws:dynamodb:::table/profiles'],
  ['GetAtt as text', { 'Fn::GetAtt': 'Table.A.B' }, 'nested'],
  ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Table' }, 1]] }, 'a-profiles-1'],
  ['Split and Select', { 'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['Table', 'Arn'] }] }] }, 'profiles'],
  ['Select by text', { 'Fn::Select': ['0', ['a', 'b']] }, 'a'],
  [
    'Sub',
    { 'Fn::Sub': '${Table}:${Table.Arn}:${AWS::Region}:${!Literal}' },
    'profiles:arn:aws:dynamodb:::table/profiles:us-east-1:${Literal}',
  ],
  ['Sub with variables', { 'Fn::Sub': ['${A}-${Table}', { A: { Ref: 'AWS::Region' } }] }, 'us-east-1-profiles'],
  ['If', { 'Fn::If': ['IsLocal', 'yes', { Ref: 'Nowhere' }] }, 'yes'],
  ['If of a false condition', { 'Fn::If': ['IsChina', 'yes', ['no']] }, ['no']],
  ['And of conditions', { 'Fn::If': ['Both', 1, 2] }, 1],
  ['FindInMap', { 'Fn::FindInMap': ['Runtimes', { Ref: 'AWS::Region' }, 'value'] }, 'nodejs24.x'],
  ['Base64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
  ['NoValue in an object', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['NoValue in a list', [{ Ref: 'AWS::NoValue' }, 1], [1]],
  ['NoValue by If', { a: { 'Fn::If': ['IsChina', 1, { Ref: 'AWS::NoValue' }] } }, {}],
  ['what is no function', { Ref: 'Table', other: null, n: 1.5 }, { Ref: 'Table', other: null, n: 1.5 }],
  [
    'a policy condition',
    { Condition: { StringEquals: { 'aws:x': { Ref: 'Table' } } } },
    { Condition: { StringEquals: { 'aws:x': 'profiles' } } },
  ],
])('resolves %s', (_, value, expected) => {
  expect(resolve(value, scope)).toEqual(expected);
});

test('gives NoValue where nothing holds it', () => {
  expect(resolve({ Ref: 'AWS::NoValue' }, scope)).toBe(noValue);
});

test.each<[string, unknown, string]>([
  ['an import', { 'Fn::ImportValue': 'other:output' }, 'Fn::ImportValue has no local meaning'],
  ['an unknown function', { 'Fn::Magic': 1 }, 'Fn::Magic has no local meaning'],
  ['an unknown resource', { Ref: 'Nowhere' }, "refers to 'Nowhere', which it does not deploy"],
  ['a resource that is not deployed', { Ref: 'Absent' }, "refers to 'Absent'"],
  ['a parameter without a value', { Ref: 'Needed' }, "Parameter 'Needed' of the template has no default"],
  [
    'an attribute without a local value',
    { 'Fn::GetAtt': ['Table', 'StreamArn'] },
    "'StreamArn' of Table (AWS::DynamoDB::Table) has no local value",
  ],
  ['a missing condition', { 'Fn::If': ['Nope', 1, 2] }, "The template has no condition 'Nope'"],
  ['a missing mapping', { 'Fn::FindInMap': ['A', 'b', 'c'] }, "no mapping 'A.b.c'"],
  ['a selection out of range', { 'Fn::Select': [5, ['a']] }, 'Fn::Select of the template cannot take [5,["a"]]'],
  ['a join of no list', { 'Fn::Join': ['-', 'text'] }, 'Fn::Join of the template cannot take'],
])('refuses %s', (_, value, message) => {
  expect(() => resolve(value, scope)).toThrow(TemplateError);
  expect(() => resolve(value, scope)).toThrow(message);
});
