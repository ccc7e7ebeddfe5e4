import fc from 'fast-check';
import { numericFields, singleFields } from '../../../../schemas/segment/fields.ts';
import { propertyTest } from './arbitrary-value-test.ts';
import {
  anyOf,
  DAY,
  duration,
  durationMs,
  eventNames,
  mostly,
  NOW,
  optional,
  paths,
  plain,
  some,
  type Written,
} from './value-pools.ts';

const where = optional(fc.array(propertyTest, { minLength: 1, maxLength: 2 }));
const event = fc.oneof(
  { weight: 5, arbitrary: mostly(eventNames.slice(0, 3), eventNames) },
  { weight: 2, arbitrary: some(anyOf(eventNames)) },
  { weight: 3, arbitrary: fc.constant('*') },
);
const anyEvent = fc.record({
  event: fc.oneof(
    { weight: 2, arbitrary: fc.constant('*') },
    { weight: 1, arbitrary: fc.constant(['Product Viewed', 'Page Viewed', 'Order Completed']) },
    { weight: 1, arbitrary: anyOf(eventNames) },
  ),
});
export const selector = fc.record({ event, where }).map(plain);

const edges = [NOW, NOW - DAY, NOW - 7 * DAY, NOW - 30 * DAY].map((time) => new Date(time).toISOString());
const window = fc.oneof(
  fc.record({ last: duration }),
  fc.record({ since: anyOf(edges) }),
  fc.record({ since: anyOf(edges.slice(1)), until: fc.constant(edges[0] as string) }),
);

const counts = [0, 1, 1, 2, 2, 3, 4, 2.5];
export const amounts = [0, 5, 5.5, 19.9, 20, 40, 59.7, 100, -19.9, 0.3];
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

export const eventCondition = fc
  .record({
    type: fc.constant('event'),
    selector,
    pick: fc.option(anyOf(['first', 'last']), { nil: undefined, freq: 3 }),
    window: optional(window),
    measured: optional(measured),
  })
  .map(({ selector, measured, ...rest }) => plain({ ...rest, ...selector, ...measured }));

export const sequence = fc
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

export const notFollowed = fc
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

export const frequency = fc
  .record({
    type: fc.constant('frequency'),
    event: fc.oneof(selector, anyEvent),
    days: anyOf([1, 1, 2, 3, 4]),
    of: anyOf([1, 3, 7, 30, 90]),
  })
  .filter(({ days, of }) => days <= of)
  .map(plain);
