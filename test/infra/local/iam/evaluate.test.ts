import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Need } from '../../../../infra/local/iam/need.ts';
import vectors from '../../../vectors/iam.json' with { type: 'json' };
import { aPolicy, decisionOf } from './statement.ts';

interface Request extends Need {
  readonly policies: readonly unknown[];
}

test.each(vectors as unknown as [string, Request, string][])('%s', (_name, { policies, ...need }, expected) => {
  expect(decisionOf(policies, need)).toBe(expected);
});

describe('laws', () => {
  const actions = ['s3:GetObject', 's3:PutObject', 's3:*', '*', 'kinesis:Put*', 'dynamodb:GetItem'];
  const resources = ['*', 'arn:aws:s3:::b/*', 'arn:aws:s3:::b/k', 'arn:aws:kinesis:us-east-1:1:stream/s'];
  const condition = fc.constantFrom(
    undefined,
    { StringLike: { 's3:prefix': 'home/*' } },
    { 'ForAllValues:StringEquals': { 'aws:tagkeys': ['a', 'b'] } },
    { StringNotEqualsIfExists: { 'aws:principaltype': 'User' } },
    { Null: { 's3:prefix': 'true' } },
  );
  const aStatement = (effect: fc.Arbitrary<string>) =>
    fc
      .record({
        Effect: effect,
        Action: fc.constantFrom(...actions),
        isNegated: fc.boolean(),
        Resource: fc.uniqueArray(fc.constantFrom(...resources), { minLength: 1 }),
        Condition: condition,
      })
      .map(({ isNegated, Action, Condition, ...rest }) => ({
        ...rest,
        [isNegated ? 'NotAction' : 'Action']: Action,
        ...(Condition && { Condition }),
      }));
  const statements = fc.array(aStatement(fc.constantFrom('Allow', 'Deny')), { maxLength: 6 });
  const need = fc.record({
    action: fc.constantFrom('s3:GetObject', 's3:PutObject', 'kinesis:PutRecords', 'dynamodb:GetItem'),
    resource: fc.constantFrom(...resources.slice(1)),
    context: fc.constantFrom({}, { 's3:prefix': 'home/a' }, { 'aws:tagkeys': ['a', 'c'], 'aws:principaltype': 'User' }),
  });
  const isAllowed = (list: readonly object[], request: Need) => decisionOf([aPolicy(...list)], request) === 'allowed';

  test('one more Deny never allows', () => {
    fc.assert(
      fc.property(statements, aStatement(fc.constant('Deny')), need, (list, deny, request) => {
        expect(isAllowed([...list, deny], request) && !isAllowed(list, request)).toBe(false);
      }),
    );
  });

  test('one more Allow never denies', () => {
    fc.assert(
      fc.property(statements, aStatement(fc.constant('Allow')), need, (list, allow, request) => {
        expect(isAllowed(list, request) && !isAllowed([...list, allow], request)).toBe(false);
      }),
    );
  });

  test('order means nothing, nor in which policy a statement stands', () => {
    const shuffled = statements.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, need, ([list, other], request) => {
        const apart = other.map((statement) => aPolicy(statement));
        expect(decisionOf(apart, request)).toBe(decisionOf([aPolicy(...list)], request));
      }),
    );
  });

  test('without a statement nothing is allowed', () => {
    fc.assert(
      fc.property(need, (request) => {
        expect(isAllowed([], request)).toBe(false);
      }),
    );
  });
});
