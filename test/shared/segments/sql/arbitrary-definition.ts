import fc from 'fast-check';
import { lifecycleStages } from '../../../../schemas/segment/defaults.ts';
import type { ConditionSegment, SegmentDefinition } from '../../../../schemas/segment/definition.ts';
import { textFields } from '../../../../schemas/segment/fields.ts';
import { aSegment, aTagSegment } from './a-segment.ts';
import { amounts, eventCondition, frequency, notFollowed, selector, sequence } from './arbitrary-event-condition.ts';
import { anyTest, instantTest, numberTest, ofType, textTest } from './arbitrary-value-test.ts';
import {
  anyOf,
  currencies,
  duration,
  optional,
  paths,
  plain,
  purposes,
  some,
  text,
  type Written,
} from './value-pools.ts';

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

/** Conditions of every kind, as people write them. */
export const condition = nested(leaves);

const isOr = fc.constantFrom(false, false, false, true);
const others = ['other-0', 'other-1'] as const;
const named = nested(
  fc.oneof(
    { weight: 9, arbitrary: leaves },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('segment'), id: anyOf(others) }) },
  ),
);

/** So many segments, and two that some of them name. */
export const segments = (count: number): fc.Arbitrary<ConditionSegment[]> =>
  fc
    .tuple(
      fc.tuple(...others.map(() => fc.tuple(condition, isOr))),
      fc.array(fc.tuple(named, isOr), { minLength: count, maxLength: count }),
    )
    .map(([first, rest]) => [
      ...first.map(([condition, includeBots], at) => aSegment(condition, { id: others[at] as string, includeBots })),
      ...rest.map(([condition, includeBots], at) => aSegment(condition, { id: `segment-${at}`, includeBots })),
    ]);

const tagRule = fc
  .record({
    event: selector,
    by: fc.oneof(anyOf(['product_id', 'category', 'channel', 'device_type'] as const), anyOf(textFields)),
    atLeast: anyOf([1, 1, 2]),
    last: duration,
    most: optional(anyOf([1, 2])),
  })
  .map(plain);

/** A segment that tags. */
export const tagSegment: fc.Arbitrary<SegmentDefinition> = tagRule.map((rule) => aTagSegment(rule));
