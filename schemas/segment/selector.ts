import * as z from 'zod/mini';
import { eventFields, fieldNames, numericFields, singleFields } from './fields.ts';
import { parseInstant } from './instant.ts';
import { duration, instant, number, opsOfKind, storable, strict, withTimelessTest } from './value-test.ts';

/** A way into an object by the names of its keys, such as `address.city`. Lists are not entered. */
export const path = z
  .string('is not a text')
  .check(
    z.maxLength(200, 'is longer than 200 characters'),
    z.regex(
      /^[^.\\"'`[\]\p{C}]+(?:\.[^.\\"'`[\]\p{C}]+){0,4}$/u,
      'is no path: write up to five names with points between, without quotes, brackets and backslashes',
    ),
  );

const propertyTests = withTimelessTest({
  field: z.optional(z.enum(fieldNames, fieldError(fieldNames))),
  property: z.optional(path),
});

/**
 * A test of an event: of a `field`, which cleaning standardises, or of a `property` as it was sent. Exactly one of both.
 * A money field compares in currency units.
 */
export const propertyTest = propertyTests.check(
  z.superRefine((test, context) => {
    if ((test.field === undefined) === (test.property === undefined)) {
      context.addIssue({ code: 'custom', message: 'names not exactly one of field and property' });
    }
    if (test.field === undefined) return;
    const kind = eventFields[test.field];
    if (opsOfKind[kind].has(test.op)) return;
    const message = `does not fit ${test.field}, which is ${kind}: choose from ${[...opsOfKind[kind]].join(', ')}`;
    context.addIssue({ code: 'custom', path: ['op'], message });
  }),
);
export type PropertyTest = z.infer<typeof propertyTest>;

const eventName = storable.check(z.minLength(1, 'is empty'), z.maxLength(200, 'is longer than 200 characters'));
const eventNames = z.union(
  [
    eventName,
    z
      .array(eventName, 'is not a list')
      .check(z.minLength(1, 'is an empty list'), z.maxLength(50, 'has more than 50 names')),
  ],
  'is not an event name or a list of up to 50',
);
const where = z.optional(z.array(propertyTest, 'is not a list').check(z.maxLength(20, 'has more than 20 tests')));

/** Which events: `event` names them as the lake's `event` column does, `*` stands for every one. Bots' never count. */
export const selectorShape = { event: eventNames, where };

export const selector = strict(selectorShape);
export type Selector = z.infer<typeof selector>;

/**
 * Which time: `{last}` is (asOf - last, asOf]; `{since, until?}` is [since, until). An event whose time lies after asOf
 * does not exist yet, in either.
 */
export const window = strict({
  last: z.optional(duration),
  since: z.optional(instant),
  until: z.optional(instant),
}).check(
  z.refine(
    ({ last, since }) => (last === undefined) !== (since === undefined),
    'names not exactly one of last and since',
  ),
  z.refine(({ last, until }) => last === undefined || until === undefined, 'has until without since'),
  z.refine(
    ({ since, until }) => since === undefined || until === undefined || momentOf(since) < momentOf(until),
    'has an until that is not after its since',
  ),
);
export type Window = z.infer<typeof window>;

const momentOf = (text: string): number => parseInstant(text) ?? Number.NaN;

/** Counts and days that a profile keeps rows for. */
export const MAX_COUNT = 800;

/** What is measured of the events. Values are those of a `field` or a `property`; sums and the like are of numbers. */
const measured = (of: 'sum' | 'min' | 'max' | 'average') => measureOf(z.literal(of), numericFields);
const measureOf = <O extends z.core.$ZodType>(of: O, fields: typeof singleFields) =>
  strict({ of, field: z.optional(z.enum(fields, fieldError(fields))), property: z.optional(path) }).check(
    z.refine(
      (measure) => (measure.field === undefined) !== (measure.property === undefined),
      'names not exactly one of field and property',
    ),
  );

export const measure = z.discriminatedUnion(
  'of',
  [
    strict({ of: z.literal('count') }),
    measured('sum'),
    measured('min'),
    measured('max'),
    measured('average'),
    measureOf(z.literal('distinct'), singleFields),
  ],
  'is none of count, sum, min, max, average, distinct',
);
export type Measure = z.infer<typeof measure>;

/** Compares a measure; the default is: at least 1. */
export const measureTestShape = {
  op: z._default(
    z.enum(
      ['equals', 'notEquals', 'less', 'lessOrEqual', 'greater', 'greaterOrEqual', 'between'],
      'is none of equals, notEquals, less, lessOrEqual, greater, greaterOrEqual, between',
    ),
    'greaterOrEqual',
  ),
  value: z._default(
    z.union([number, z.tuple([number, number])], 'is not a number, or for between a pair of numbers'),
    1,
  ),
};

function fieldError(fields: readonly string[]): string {
  return `is none of ${fields.join(', ')}`;
}
