import fc from 'fast-check';
import { numericFields, textFields } from '../../../../schemas/segment/fields.ts';
import { opsOfKind } from '../../../../schemas/segment/value-test.ts';
import { anyOf, currencies, duration, number, paths, some, text, type Written } from './value-pools.ts';

const scalar = fc.oneof(text, number, fc.boolean());
const range = fc.tuple(number, number).map(([one, other]) => [Math.min(one, other), Math.max(one, other)]);
const isoDays = anyOf(['2027-03-01', '2027-02-28T10:00:00.000Z', '2024-02-29', '1999-12-31T23:59:59Z', '2000-01-01']);
const patterns = anyOf([
  'gold',
  '^gold$',
  '[a-z]+\\d*',
  '^.$',
  'n(ai|ä).ve',
  '\\w{2,3}\\s',
  "'",
  '\\\\',
  '[^a-z]$',
  '^😀',
  '.{9}',
]);

const testsByOp: Readonly<Record<string, fc.Arbitrary<Written>>> = {
  equals: fc.record({ value: scalar }),
  notEquals: fc.record({ value: scalar }),
  in: fc.record({ value: some(scalar) }),
  notIn: fc.record({ value: some(scalar) }),
  less: fc.record({ value: number }),
  lessOrEqual: fc.record({ value: number }),
  greater: fc.record({ value: number }),
  greaterOrEqual: fc.record({ value: number }),
  between: fc.record({ value: range }),
  exists: fc.constant({}),
  missing: fc.constant({}),
  contains: fc.record({ value: fc.oneof(text, anyOf(['o', 'l', '%', '_', 'ï', '😀'])) }),
  startsWith: fc.record({ value: fc.oneof(text, anyOf(['g', 'G', '2027', 'n'])) }),
  endsWith: fc.record({ value: fc.oneof(text, anyOf(['d', 'ld', 've', 'Z', 'e'])) }),
  matches: fc.record({ value: patterns }),
  hasAny: fc.record({ value: some(fc.oneof(text, number)) }),
  hasAll: fc.record({ value: some(fc.oneof(anyOf(['gold', 'silver']), anyOf([5]))) }),
  hasNone: fc.record({ value: some(fc.oneof(text, number)) }),
  before: fc.record({ value: isoDays }),
  after: fc.record({ value: isoDays }),
  withinLast: fc.record({ value: duration }),
  anniversary: fc.record({ value: fc.record({ inDays: anyOf([0, 1, 7, 30, 60]) }) }),
};

const testOf = (ops: readonly string[]): fc.Arbitrary<Written> =>
  fc.oneof(...ops.map((op) => (testsByOp[op] as fc.Arbitrary<Written>).map((test) => ({ op, ...test }))));

const timed = new Set(['withinLast', 'anniversary']);
export const anyTest = testOf(Object.keys(testsByOp));
const timelessTest = testOf(Object.keys(testsByOp).filter((op) => !timed.has(op)));
export const textTest = testOf([
  'equals',
  'notEquals',
  'in',
  'notIn',
  'exists',
  'missing',
  'contains',
  'startsWith',
  'matches',
]);
export const numberTest = testOf([
  'equals',
  'notEquals',
  'less',
  'lessOrEqual',
  'greater',
  'greaterOrEqual',
  'between',
]);
export const instantTest = testOf(['before', 'after', 'withinLast', 'anniversary', 'exists', 'missing']);

/** Tests whose values are of the type given, where their schema wants one type. */
export const ofType = (tests: fc.Arbitrary<Written>, type: 'string' | 'number') =>
  tests.filter(({ op, value }) => {
    const isEquality = ['equals', 'notEquals', 'in', 'notIn'].includes(String(op));
    return !isEquality || [value].flat().every((each) => typeof each === type);
  });

/** Values that fields of histories have. */
const fieldTexts: Readonly<Record<string, readonly string[]>> = {
  channel: ['paid', 'email', 'direct', 'organic'],
  device_type: ['mobile', 'desktop', 'other'],
  currency: [...currencies],
  order_id: ['o-1', 'o-2', "o'3"],
  product_id: ['p-1', 'p-2', '5'],
  category: ['gold', 'silver'],
};

const fieldTest: fc.Arbitrary<Written> = fc.oneof(
  ...Object.entries(fieldTexts).map(([field, values]) =>
    fc.oneof(
      fc.record({ field: fc.constant(field), op: anyOf(['equals', 'notEquals', 'contains']), value: anyOf(values) }),
      fc.record({ field: fc.constant(field), op: anyOf(['in', 'notIn']), value: some(anyOf(values)) }),
      testOf([...opsOfKind.text].filter((op) => !timed.has(op))).map((test) => ({ field, ...test })),
    ),
  ),
  anyOf(textFields).chain((field) => testOf(['exists', 'missing', 'equals', 'in']).map((test) => ({ field, ...test }))),
  anyOf(numericFields).chain((field) => testOf([...opsOfKind.number]).map((test) => ({ field, ...test }))),
  anyOf(['products.product_id', 'products.category', 'products.brand']).chain((field) =>
    fc.oneof(
      testOf(['exists', 'missing', 'hasAny']).map((test) => ({ field, ...test })),
      fc.record({
        field: fc.constant(field),
        op: anyOf(['hasAny', 'hasAll', 'hasNone']),
        value: some(fc.oneof(anyOf(['p-1', 'p-2', 'gold', 'Acme']), anyOf([5]))),
      }),
    ),
  ),
);

export const propertyTest = fc.oneof(
  fieldTest,
  fc.tuple(anyOf(paths), timelessTest).map(([property, test]) => ({ property, ...test })),
);
