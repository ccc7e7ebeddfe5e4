import * as z from 'zod/mini';
import { defaultLifecycleDays, defaultRfmScale, lifecycleStages } from './defaults.ts';
import { durationMs } from './duration.ts';
import { textFields } from './fields.ts';
import { MAX_COUNT, measure, measureTestShape, path, selector, selectorShape, window } from './selector.ts';
import {
  duration,
  number,
  strict,
  text,
  withAnyTest,
  withInstantTest,
  withNumberTest,
  withTextTest,
} from './value-test.ts';

export const segmentId = z
  .string('is not a text')
  .check(z.regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'is no id: write up to 64 of a-z, 0-9 and -, not beginning with -'));

const currency = z.string('is not a text').check(z.regex(/^[A-Z]{3}$/, 'is no currency code such as EUR'));

/** The latest value of a trait; its path may lead into an object. */
export const trait = withAnyTest({ type: z.literal('trait'), name: path });

/**
 * A value computed over every event that arrived, whatever its time:
 *
 * - eventCount: all events, bots' too
 * - orderCount: distinct orders that were completed and not cancelled; netRevenue: of one currency, in units, after
 *   refunds and cancellations, 0 without one
 * - firstSeenAt, lastSeenAt; firstOrderAt, lastOrderAt: of Order Completed, of cancelled orders too
 * - mainDevice: the device type of most events, not counting those of which nothing of the device is known
 *   (device_type `other` without os and browser)
 * - mainChannel: the channel of most visits (not bots', not on_site); firstChannel: of the first of these;
 *   lastChannel: of the last that was not direct, or else of the last
 *
 * Ties fall to the first by alphabet, and of the same moment to the first (firstChannel) or last (lastChannel) message id.
 */
export const computed = z.discriminatedUnion(
  'name',
  [
    withNumberTest({ type: z.literal('computed'), name: z.enum(['eventCount', 'orderCount']) }),
    withNumberTest({ type: z.literal('computed'), name: z.literal('netRevenue'), currency }),
    withInstantTest({
      type: z.literal('computed'),
      name: z.enum(['firstSeenAt', 'lastSeenAt', 'firstOrderAt', 'lastOrderAt']),
    }),
    withTextTest({
      type: z.literal('computed'),
      name: z.enum(['mainDevice', 'mainChannel', 'firstChannel', 'lastChannel']),
    }),
  ],
  'is none of eventCount, orderCount, netRevenue, firstSeenAt, lastSeenAt, firstOrderAt, lastOrderAt, mainDevice, mainChannel, firstChannel, lastChannel',
);

/**
 * A measure over the events that the selector takes, in a window.
 *
 * With `pick`, only the first or last of the events of that name is looked at (as of now, by time, then row id): it counts
 * if `where` holds for it and it lies in the window.
 *
 * Values are integers of 1/10,000, floor(x * 10000 + 0.5), and do not exist beyond 1e9; so is `value` beside sum, min, max
 * and average. Sums are exact and 0 of nothing; average compares sum with value * count; min, max and average of nothing
 * are missing. distinct counts distinct texts and numbers.
 */
export const event = strict({
  type: z.literal('event'),
  ...selectorShape,
  pick: z.optional(z.enum(['first', 'last'], 'is neither first nor last')),
  window: z.optional(window),
  measure: z._default(measure, { of: 'count' }),
  ...measureTestShape,
}).check(
  z.superRefine((condition, context) => {
    const { op, value, measure } = condition;
    const add = (message: string) => context.addIssue({ code: 'custom', path: ['value'], message });
    if ((op === 'between') !== Array.isArray(value)) {
      add(op === 'between' ? 'is not a pair of numbers, which between wants' : `is a pair, and ${op} wants one number`);
      return;
    }
    const numbers = Array.isArray(value) ? value : [value];
    if ((numbers[0] as number) > (numbers[1] ?? Number.POSITIVE_INFINITY)) {
      add('is a range whose first number is above its second');
    }
    const isCount = measure.of === 'count' || measure.of === 'distinct';
    if (isCount && numbers.some((each) => each > MAX_COUNT || each < 0)) {
      add(`is a count outside 0 to ${MAX_COUNT}: narrow the window, or use the computed eventCount`);
    }
    if (!isCount && numbers.some((each) => Math.abs(each) > 1e9)) add('is beyond 1e9');
  }),
);

const steps = z
  .array(selector, 'is not a list')
  .check(z.minLength(2, 'has fewer than 2 steps'), z.maxLength(5, 'has more than 5 steps'));

/** Events of each step, each later than the one before and at most `within` after it; the window is of the first step. */
export const sequence = strict({ type: z.literal('sequence'), steps, within: duration, window: z.optional(window) });

/** Some event A in the window with A + within <= asOf, and no event of `by` in (A, A + within]. */
export const notFollowed = strict({
  type: z.literal('notFollowed'),
  event: selector,
  by: selector,
  within: duration,
  window: z.optional(window),
}).check(
  z.refine(
    (condition) =>
      condition.window?.last === undefined || durationMs(condition.window.last) > durationMs(condition.within),
    { message: 'is no longer than within, so that nobody can ever match', path: ['window', 'last'] },
  ),
);

const wholeDays = (max: number) =>
  z
    .number('is not a number')
    .check(z.int('is not a whole number'), z.minimum(1, 'is less than 1'), z.maximum(max, `is more than ${max}`));

/** On at least `days` distinct UTC days of the last `of`, today included. A day's events count from its midnight. */
export const frequency = strict({
  type: z.literal('frequency'),
  event: selector,
  days: wholeDays(730),
  of: wholeDays(730),
}).check(
  z.refine(({ days, of }) => days <= of, { message: 'is more than of, so that nobody can ever match', path: ['days'] }),
);

const score = z
  .number('is not a number')
  .check(z.int('is not a whole number'), z.minimum(1, 'is less than 1'), z.maximum(5, 'is more than 5'));
const scores = z.optional(
  strict({ from: z._default(score, 1), to: z._default(score, 5) }).check(
    z.refine(({ from, to }) => from <= to, 'has a from above its to'),
  ),
);
const limits = z
  .tuple([number, number, number, number], 'is not a list of four numbers')
  .check(z.refine((list) => list.every((each, at) => at === 0 || each > (list[at - 1] as number)), 'does not ascend'));

/**
 * Scores of 1 to 5, 5 best, each within from and to; without an order (orderCount 0) nothing holds.
 *
 * recency: whole UTC days since lastOrderAt, <= recencyDays[0] is 5, ... <= [3] is 2, else 1. frequency: orderCount,
 * >= frequency[3] is 5, ... >= [0] is 2, else 1. monetary: netRevenue of the currency, likewise.
 */
export const rfm = strict({
  type: z.literal('rfm'),
  currency,
  scale: z._default(
    strict({
      recencyDays: z._default(limits, [...defaultRfmScale.recencyDays]),
      frequency: z._default(limits, [...defaultRfmScale.frequency]),
      monetary: z._default(limits, [...defaultRfmScale.monetary]),
    }),
    {
      recencyDays: [...defaultRfmScale.recencyDays],
      frequency: [...defaultRfmScale.frequency],
      monetary: [...defaultRfmScale.monetary],
    },
  ),
  recency: scores,
  frequency: scores,
  monetary: scores,
});

const stage = z.enum(lifecycleStages, `is none of ${lifecycleStages.join(', ')}`);
const stageDays = (fallback: number) => z._default(wholeDays(365), fallback);

/**
 * The stage of a person's life as a customer. A is the set of UTC days, up to today, with an event that is not a bot's;
 * gap is today - the last of A. lapsed: gap > lapsed. Else atRisk: gap > active. Else returned: A has neighbours a < b
 * with b - a > lapsed and today - b <= returned. Else activated: the day of firstOrderAt is at most today and at most
 * `activated` days ago. Else new: the first of A is at most `new` days ago. Else active. Without a day in A, no stage.
 */
export const lifecycle = strict({
  type: z.literal('lifecycle'),
  in: z
    .array(stage, 'is not a list')
    .check(z.minLength(1, 'is an empty list'), z.maxLength(6, 'has more than 6 stages')),
  days: z._default(
    strict({
      new: stageDays(defaultLifecycleDays.new),
      activated: stageDays(defaultLifecycleDays.activated),
      active: stageDays(defaultLifecycleDays.active),
      lapsed: stageDays(defaultLifecycleDays.lapsed),
      returned: stageDays(defaultLifecycleDays.returned),
    }).check(z.refine(({ active, lapsed }) => active < lapsed, { message: 'is not below lapsed', path: ['active'] })),
    { ...defaultLifecycleDays },
  ),
});

/** Member of another segment, whose definition may change. */
export const segment = strict({ type: z.literal('segment'), id: segmentId });

/** A fixed part of all persons: the first 8 hex digits of md5(salt, newline, person's key), as a number, below percent. */
export const share = strict({
  type: z.literal('share'),
  percent: z.number('is not a number').check(
    z.minimum(0, 'is less than 0'),
    z.maximum(100, 'is more than 100'),
    z.refine((value) => Math.round(value * 100) / 100 === value, 'has more than 2 decimals'),
  ),
  salt: text.check(z.minLength(1, 'is empty'), z.maxLength(100, 'is longer than 100 characters')),
});

/** The latest answer to a purpose, by event time, then message id; unknown if there was none. */
export const consent = strict({
  type: z.literal('consent'),
  purpose: text.check(z.minLength(1, 'is empty'), z.maxLength(100, 'is longer than 100 characters')),
  is: z.enum(['granted', 'denied', 'unknown'], 'is none of granted, denied, unknown'),
});

/**
 * A membership `<segment id>:<value>` for each text value of `by`, of at most 100 characters, that at least `atLeast`
 * events in (asOf - last, asOf] have; at most `most` of them, by count descending, then value by code points.
 */
export const tagRule = strict({
  event: selector,
  by: z.enum(textFields, `is none of ${textFields.join(', ')}`),
  atLeast: z
    .number('is not a number')
    .check(
      z.int('is not a whole number'),
      z.minimum(1, 'is less than 1'),
      z.maximum(MAX_COUNT, `is more than ${MAX_COUNT}`),
    ),
  last: duration,
  most: z._default(
    z
      .number('is not a number')
      .check(z.int('is not a whole number'), z.minimum(1, 'is less than 1'), z.maximum(20, 'is more than 20')),
    20,
  ),
});
export type TagRule = z.infer<typeof tagRule>;
