import { describe, expect, test } from 'vitest';
import { TemplateError } from '../../../../infra/local/errors.ts';
import { compilePolicy } from '../../../../infra/local/iam/policy.ts';
import { knownKeys } from '../../../../infra/local/iam/principals.ts';
import { aPolicy } from './statement.ts';

const aStatement = (changes: object = {}) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...changes });
const withCondition = (Condition: unknown) => aPolicy(aStatement({ Condition }));

describe('what is not understood is refused, never passed over', () => {
  test.each<[string, unknown, string]>([
    ['a document that is none', 'all', '"all" is not an object'],
    ['another version', { Version: '2030-01-01', Statement: [] }, "no Version '2030-01-01'"],
    ['another element of the document', { Statement: [], Conditions: {} }, 'the element Conditions'],
    ['another element of a statement', aPolicy(aStatement({ Principal: '*' })), 'the element Principal'],
    ['another effect', aPolicy(aStatement({ Effect: 'allow' })), 'Allow or Deny, not allow'],
    ['no action', aPolicy({ Effect: 'Allow', Resource: '*' }), 'either Action or NotAction'],
    ['both kinds of actions', aPolicy(aStatement({ NotAction: 's3:*' })), 'either Action or NotAction'],
    ['no resource', aPolicy({ Effect: 'Allow', Action: '*' }), 'either Resource or NotResource'],
    ['an empty list of actions', aPolicy(aStatement({ Action: [] })), 'Action is empty'],
    ['an action without a service', aPolicy(aStatement({ Action: 'GetObject' })), 'Action cannot be "GetObject"'],
    ['an action that is no text', aPolicy(aStatement({ Action: [{ Ref: 'X' }] })), 'Action cannot be {"Ref":"X"}'],
    ['a resource that is no ARN', aPolicy(aStatement({ Resource: 'lake/*' })), 'Resource cannot be "lake/*"'],
    ['an unknown operator', withCondition({ StringMatches: { 's3:prefix': 'a' } }), "operator 'StringMatches'"],
    ['an unknown set operator', withCondition({ 'ForNoValue:StringLike': { 's3:prefix': 'a' } }), "'ForNoValue:"],
    ['an unknown key', withCondition({ StringLike: { 'aws:SourceIp': 'a' } }), "key 'aws:sourceip'"],
    ['an unknown variable', aPolicy(aStatement({ Resource: `arn:aws:s3:::b/\${aws:userid}` })), "key 'aws:userid'"],
    ['a variable nobody can read', aPolicy(aStatement({ Resource: `arn:aws:s3:::b/\${a b}` })), "key ''"],
    ['a number that is none', withCondition({ NumericEquals: { 's3:max-keys': 'ten' } }), "'ten' is not a number"],
    ['a time that is none', withCondition({ DateLessThan: { 'aws:CurrentTime': 'noon' } }), "'noon' is not a time"],
    ['a truth that is none', withCondition({ Bool: { 'aws:SecureTransport': 'yes' } }), "'yes' is neither"],
    ['a Null that is none', withCondition({ Null: { 's3:prefix': 'yes' } }), 'must be true or false'],
    ['a condition without a key', withCondition({ StringLike: 'a' }), 'Condition.StringLike must be an object'],
    ['a value that is no text', withCondition({ StringLike: { 's3:prefix': { Ref: 'X' } } }), 'which is no text'],
  ])('%s', (_name, document, message) => {
    const compile = () => compilePolicy(document, 'ReaderPolicy', knownKeys);

    expect(compile).toThrow(TemplateError);
    expect(compile).toThrow(message);
    expect(compile).toThrow('ReaderPolicy');
  });
});

test('a message names the statement by its Sid, or by its place', () => {
  const wrong = { Effect: 'Allow', Action: 'x', Resource: '*' };

  expect(() => compilePolicy(aPolicy(aStatement(), wrong), 'P')).toThrow('P, statement 2');
  expect(() => compilePolicy(aPolicy({ Sid: 'Read', ...wrong }), 'P')).toThrow('P, statement Read');
});

test('a statement may stand alone, without a list', () => {
  expect(compilePolicy({ Version: '2012-10-17', Statement: aStatement() }, 'P')).toHaveLength(1);
});
