import fc from 'fast-check';
import { lifecycleStages } from '../../../../schemas/segment/defaults.ts';
import { numericFields, singleFields, textFields } from '../../../../schemas/segment/fields.ts';
import { opsOfKind } from '../../../../schemas/segment/value-test.ts';
import {
  commonNumbers,
  commonTexts,
  currencies,
  DAY,
  durationMs,
  durations,
  eventNames,
  NOW,
  numbers,
  paths,
  purposes,
  texts,
} from './value-pools.ts';

type Written = Record<string, unknown>;

const anyOf = <T>(values: readonly T[]) => fc.constantFrom(...values);
const mostly = <T>(common: readonly T[], all: readonly T[]) =>
  fc.oneof({ weight: 2, arbitrary: anyOf(common) }, { weight: 1, arbitrary: anyOf(all) });
const duration = mostly(durations.slice(-4), durations);
const text = mostly(commonTexts, texts);
const number = mostly(commonNumbers, numbers);
const scalar = fc.oneof(text, number, fc.boolean());
const some = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: 1, maxLength: 3 });
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
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
const anyTest = testOf(Object.keys(testsByOp));
const timelessTest = testOf(Object.keys(testsByOp).filter((op) => !timed.has(op)));
const textTest = testOf([
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
const numberTest = testOf(['equals', 'notEquals', 'less', 'lessOrEqual', 'greater', 'greaterOrEqual', 'between']);
const instantTest = testOf(['before', 'after', 'withinLast', 'anniversary', 'exists', 'missing']);

/** Tests whose values are of the type given, where their schema wants one type. */
const ofType = (tests: fc.Arbitrary<Written>, type: 'string' | 'number') =>
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

const propertyTest = fc.oneof(
  fieldTest,
  fc.tuple(anyOf(paths), timelessTest).map(([property, test]) => ({ property, ...test })),
);

const where = optional(fc.array(propertyTest, { minLength: 1, maxLength: 2 }));
const event = fc.oneof(
  { weight: 5, arbitrary: mostly(eventNames.slice(0, 3), eventNames) },
  { weight: 2, arbitrary: some(anyOf(eventNames)) },
  { weight: 3, arbitrary: fc.constant('*') },
);
const anyEvent = fc.record({
  event: mostly(['*' as const, ['Product Viewed', 'Page Viewed', 'Order Completed']], eventNames),
});
const plain = (value: Written): Written => JSON.parse(JSON.stringify(value));
export const selector = fc.record({ event, where }).map(plain);

const edges = [NOW, NOW - DAY, NOW - 7 * DAY, NOW - 30 * DAY].map((time) => new Date(time).toISOString());
const window = fc.oneof(
  fc.record({ last: duration }),
  fc.record({ since: anyOf(edges) }),
  fc.record({ since: anyOf(edges.slice(1)), until: fc.constant(edges[0] as string) }),
);

const counts = [0, 1, 1, 2, 2, 3, 4, 2.5];
const amounts = [0, 5, 5.5, 19.9, 20, 40, 59.7, 100, -19.9, 0.3];
const measure = fc.oneof(
  { weight: 3, arbitrary: fc.record({ of: fc.constant('count') }) },
  fc.record({ of: fc.constant('distinct'), field: anyOf(singleFields) }),
  fc.record({
    of: fc.constant('distinct'),
    field: anyOf(['product_id', 'category', 'order_id', 'price', 'quantity'] as const),
  }),
  fc.record({ of: fc.constant('distinct'), property: anyOf(paths) }),
  fc.record({
    of: anyOf(['sum', 'min', 'max', 'average']),
    field: anyOf(['price', 'total', 'value', 'revenue', 'quantity']),
  }),
  fc.record({ of: anyOf(['sum', 'min', 'max', 'average']), field: anyOf(numericFields) }),
  fc.record({ of: anyOf(['sum', 'min', 'max', 'average']), property: anyOf(paths) }),
);
const measureOps = ['equals', 'notEquals', 'less', 'lessOrEqual', 'greater', 'greaterOrEqual', 'between'];
const measured = fc.tuple(measure, anyOf(measureOps)).chain(([measure, op]) => {
  const pool = anyOf<number>(['count', 'distinct'].includes(measure.of) ? counts : amounts);
  const value = op === 'between' ? fc.tuple(pool, pool).map((pair) => pair.sort((a, b) => a - b)) : pool;
  return value.map((value) => ({ measure, op, value }) as Written);
});

const eventCondition = fc
  .record({
    type: fc.constant('event'),
    selector,
    pick: fc.option(anyOf(['first', 'last']), { nil: undefined, freq: 3 }),
    window: optional(window),
    measured: optional(measured),
  })
  .map(({ selector, measured, ...rest }) => plain({ ...rest, ...selector, ...measured }));

const sequence = fc
  .record({
    type: fc.constant('sequence'),
    steps: fc.oneof(
      fc.array(selector, { minLength: 2, maxLength: 4 }),
      fc.array(anyEvent, { minLength: 2, maxLength: 5 }),
    ),
    within: duration,
    window: optional(window),
  })
  .map(plain);

const notFollowed = fc
  .record({
    type: fc.constant('notFollowed'),
    event: selector,
    by: selector,
    within: duration,
    window: optional(window),
  })
  .filter(
    ({ within, window }) => window === undefined || !('last' in window) || durationMs(window.last) > durationMs(within),
  )
  .map(plain);

const frequency = fc
  .record({
    type: fc.constant('frequency'),
    event: fc.oneof(selector, anyEvent),
    days: anyOf([1, 1, 2, 3, 4]),
    of: anyOf([1, 3, 7, 30, 90]),
  })
  .filter(({ days, of }) => days <= of)
  .map(plain);

const scores = optional(fc.tuple(anyOf([1, 2, 3]), anyOf([3, 4, 5])).map(([from, to]) => ({ from, to })));
const rfm = fc
  .record({
    type: fc.constant('rfm'),
    currency: anyOf(currencies),
    scale: optional(
      fc.constant({ recencyDays: [1, 7, 30, 90], frequency: [1, 2, 3, 4], monetary: [-5.5, 5.5, 20, 100] }),
    ),
    recency: scores,
    frequency: scores,
    monetary: scores,
  })
  .map(plain);

const lifecycle = fc
  .record({
    type: fc.constant('lifecycle'),
    in: fc.uniqueArray(anyOf(lifecycleStages), { minLength: 1, maxLength: 3 }),
    days: optional(
      fc.constantFrom({ new: 3, activated: 7, active: 3, lapsed: 7, returned: 3 }, { active: 1, lapsed: 30 }),
    ),
  })
  .map(plain);

const trait = fc.tuple(anyOf(paths), anyTest).map(([name, test]) => ({ type: 'trait', name, ...test }));

const computed = fc.oneof(
  fc
    .tuple(anyOf(['eventCount', 'orderCount']), ofType(numberTest, 'number'))
    .map(([name, test]) => ({ type: 'computed', name, ...test })),
  fc.tuple(anyOf(currencies), ofType(numberTest, 'number'), anyOf(amounts)).map(([currency, test, amount]) => ({
    type: 'computed',
    name: 'netRevenue',
    currency,
    ...(typeof test.value === 'number' ? { ...test, value: amount } : test),
  })),
  fc
    .tuple(anyOf(['firstSeenAt', 'lastSeenAt', 'firstOrderAt', 'lastOrderAt']), instantTest)
    .map(([name, test]) => ({ type: 'computed', name, ...test })),
  fc
    .tuple(anyOf(['mainDevice', 'mainChannel', 'firstChannel', 'lastChannel']), ofType(textTest, 'string'))
    .map(([name, test]) => ({ type: 'computed', name, ...test })),
  fc.record({
    type: fc.constant('computed'),
    name: anyOf(['mainChannel', 'firstChannel', 'lastChannel']),
    op: anyOf(['equals', 'notEquals']),
    value: anyOf(['paid', 'email', 'direct', 'organic']),
  }),
  fc.record({
    type: fc.constant('computed'),
    name: fc.constant('mainDevice'),
    op: fc.constant('in'),
    value: some(anyOf(['mobile', 'desktop', 'bot', 'other'])),
  }),
);

const share = fc.record({ type: fc.constant('share'), percent: anyOf([0, 0.01, 33.33, 50, 100]), salt: text });
const consent = fc.record({
  type: fc.constant('consent'),
  purpose: anyOf(purposes),
  is: anyOf(['granted', 'denied', 'unknown']),
});

/** Ids of the segments that conditions may name: `other-0`, ... */
export const otherIds = ['other-0', 'other-1'] as const;
const segment = fc.record({ type: fc.constant('segment'), id: anyOf(otherIds) });

const leaves = fc.oneof(
  { weight: 6, arbitrary: eventCondition },
  { weight: 4, arbitrary: trait },
  { weight: 4, arbitrary: computed },
  { weight: 2, arbitrary: sequence },
  { weight: 2, arbitrary: notFollowed },
  { weight: 2, arbitrary: frequency },
  { weight: 2, arbitrary: rfm },
  { weight: 2, arbitrary: lifecycle },
  { weight: 1, arbitrary: share },
  { weight: 2, arbitrary: consent },
) as fc.Arbitrary<Written>;

const nested = (leaf: fc.Arbitrary<Written>): fc.Arbitrary<Written> =>
  fc.letrec<{ tree: Written }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'condition' },
      { weight: 5, arbitrary: leaf },
      {
        weight: 2,
        arbitrary: fc.record({
          type: anyOf(['all', 'any']),
          conditions: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('not'), condition: tie('tree') }) },
    ) as fc.Arbitrary<Written>,
  })).tree;

/** Conditions of every kind, as people write them; with `segment` those that name `otherIds`, too. */
export const condition = nested(leaves);
export const conditionWithSegments = nested(
  fc.oneof({ weight: 9, arbitrary: leaves }, { weight: 1, arbitrary: segment }),
);

export const tagRule = fc
  .record({
    event: selector,
    by: fc.oneof(anyOf(['product_id', 'category', 'channel', 'device_type'] as const), anyOf(textFields)),
    atLeast: anyOf([1, 1, 2]),
    last: duration,
    most: optional(anyOf([1, 2])),
  })
  .map(plain);
