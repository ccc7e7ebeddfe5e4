import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ExpressionParser,
  rememberExpressions,
} from '../../../../../infra/local/services/dynamodb/remember-expressions.ts';

const parser = createRequire(import.meta.url)('dynalite/db/conditionParser') as ExpressionParser;
const remembering: ExpressionParser = { parse: parser.parse };
rememberExpressions(remembering);

const expressions = [
  'attribute_not_exists(pk)',
  'attribute_not_exists(pk) OR n < :n',
  '#a = :n AND begins_with(b, :s)',
  'a BETWEEN :n AND :s',
  'size(#a.b[0]) > :n',
  'a IN (:n, :s, :n)',
  'attribute_type(a, :s)',
  'a = :n AND #missing = :n',
  'contains(a, :s) AND NOT b <> :missing',
  'a = ',
];
const value = fc.oneof(
  fc.nat(9).map((n) => ({ N: String(n) })),
  fc.constantFrom('N', 'S', 'x').map((text) => ({ S: text })),
);
const call = fc.record({
  text: fc.constantFrom(...expressions),
  attrNames: fc.constantFrom({ '#a': 'x' }, { '#a': 'y' }),
  attrVals: fc.record({ ':n': value, ':s': value }),
  /** Those that another expression of the same call has used. */
  used: fc.subarray(['#a', ':n', ':s']),
});

/** What a parser makes of a call: its answer or error, and which names it found to be used. */
function outcomeOf(
  { parse }: ExpressionParser,
  { text, attrNames, attrVals, used }: typeof call extends fc.Arbitrary<infer T> ? T : never,
) {
  const unused = (names: object) =>
    Object.fromEntries(
      Object.keys(names)
        .filter((name) => !used.includes(name))
        .map((name) => [name, true as const]),
    );
  const compare = (_: string, one: object, other: object) => JSON.stringify(one) > JSON.stringify(other);
  const context = {
    attrNames,
    attrVals: structuredClone(attrVals),
    unusedAttrNames: unused(attrNames),
    unusedAttrVals: unused(attrVals),
    isReserved: () => false,
    compare,
  };
  try {
    const tree = parse(text, { context });
    return { tree, names: context.unusedAttrNames, values: context.unusedAttrVals };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

test('an expression means the same with any values, whether it was parsed before or not', () => {
  fc.assert(
    fc.property(fc.array(call, { maxLength: 20 }), (calls) => {
      for (const each of calls) expect(outcomeOf(remembering, each)).toEqual(outcomeOf(parser, each));
    }),
    { numRuns: 200 },
  );
});
