import * as z from 'zod/mini';
import { durationMs, unitMs } from './duration.ts';
import { parseInstant } from './instant.ts';
import { patternCheck } from './pattern-check.ts';

/** An object of exactly these keys, whose error names the ones it does not know. */
export const strict = <S extends z.core.$ZodShape>(shape: S) =>
  z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'invalid_type') return 'is not an object';
      if (issue.code !== 'unrecognized_keys') return undefined;
      const known = Object.keys(shape).join(', ');
      return `has ${(issue.keys as string[]).join(', ')}, which is not known here: the keys are ${known}`;
    },
  });

/** Text that every store and query can hold; cleaning leaves no other in events. */
export const storable = z
  .string('is not a text')
  .check(
    z.refine(
      (value) => value.isWellFormed() && !value.includes('\0'),
      'has a NUL or half a character, which no event can have',
    ),
  );

export const text = storable.check(z.maxLength(500, 'is longer than 500 characters'));
const fullText = text.check(z.minLength(1, 'is empty'));
export const number = z.number('is not a number');
const scalar = z.union([text, number, z.boolean()], 'is not a text, a number, true or false');
const listOf = <T extends z.core.$ZodType>(part: T) =>
  z
    .array(part, 'is not a list')
    .check(z.minLength(1, 'is an empty list'), z.maxLength(500, 'has more than 500 values'));

const ascending = z
  .tuple([number, number], 'is not a pair of numbers')
  .check(z.refine(([low, high]) => low <= high, 'is a range whose first number is above its second'));

export const instant = z
  .string('is not a text')
  .check(
    z.refine(
      (value) => parseInstant(value) !== undefined,
      'is no real date: write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ, in UTC',
    ),
  );

const pattern = storable.check(z.minLength(1, 'is empty'), patternCheck());

export { durationMs };

const MAX_DAYS = 730;
const wholeUnits = z.optional(
  z.number('is not a number').check(z.int('is not a whole number'), z.minimum(1, 'is less than 1')),
);

/** A length of time in one unit, at most 730 days. A day has 24 hours: times are UTC. */
export const duration = strict({ days: wholeUnits, hours: wholeUnits, minutes: wholeUnits }).check(
  z.refine((value) => Object.keys(value).length === 1, 'is not one of days, hours and minutes'),
  z.refine((value) => durationMs(value) <= MAX_DAYS * unitMs.days, `is longer than ${MAX_DAYS} days`),
);
export type Duration = z.infer<typeof duration>;

const shapes = {
  /** Of the same type and equal. */
  equality: { op: z.enum(['equals', 'notEquals']), value: scalar },
  membership: { op: z.enum(['in', 'notIn']), value: listOf(scalar) },
  comparison: { op: z.enum(['less', 'lessOrEqual', 'greater', 'greaterOrEqual']), value: number },
  /** Both ends are included. */
  range: { op: z.literal('between'), value: ascending },
  presence: { op: z.enum(['exists', 'missing']) },
  /** Case counts. */
  text: { op: z.enum(['contains', 'startsWith', 'endsWith']), value: fullText },
  /** Finds the pattern anywhere in the text. */
  pattern: { op: z.literal('matches'), value: pattern },
  /** Of lists of texts and numbers; other elements are overlooked. */
  list: {
    op: z.enum(['hasAny', 'hasAll', 'hasNone']),
    value: listOf(z.union([text, number], 'is not a text or number')),
  },
  moment: { op: z.enum(['before', 'after']), value: instant },
  /** In (asOf - value, asOf]. */
  recency: { op: z.literal('withinLast'), value: duration },
  /** Some UTC day from today to `inDays` later has the month and day; February 29 is March 1 in common years. */
  anniversary: {
    op: z.literal('anniversary'),
    value: z._default(
      strict({
        inDays: z._default(
          z
            .number('is not a number')
            .check(
              z.int('is not a whole number'),
              z.minimum(0, 'is less than 0'),
              z.maximum(60, 'is more than 60 days'),
            ),
          0,
        ),
      }),
      { inDays: 0 },
    ),
  },
} as const;

const choose = 'is none of the tests that fit here';
const ops = (...options: readonly string[]) => `${choose}: ${options.join(', ')}`;

const textOps = [
  'equals',
  'notEquals',
  'in',
  'notIn',
  'exists',
  'missing',
  'contains',
  'startsWith',
  'endsWith',
  'matches',
];
const numberOps = ['equals', 'notEquals', 'in', 'notIn', 'less', 'lessOrEqual', 'greater', 'greaterOrEqual', 'between'];
const listOps = ['hasAny', 'hasAll', 'hasNone'];
const momentOps = ['before', 'after'];
const instantOps = [...momentOps, 'withinLast', 'anniversary'];

/** Tests whose verdict does not depend on when they are made, each in the shape given. */
const timelessTests = <S extends z.core.$ZodShape>(shape: S) =>
  [
    strict({ ...shape, ...shapes.equality }),
    strict({ ...shape, ...shapes.membership }),
    strict({ ...shape, ...shapes.comparison }),
    strict({ ...shape, ...shapes.range }),
    strict({ ...shape, ...shapes.presence }),
    strict({ ...shape, ...shapes.text }),
    strict({ ...shape, ...shapes.pattern }),
    strict({ ...shape, ...shapes.list }),
    strict({ ...shape, ...shapes.moment }),
  ] as const;

/** The shape given, with any test of a value in `op` and `value`. */
export const withAnyTest = <S extends z.core.$ZodShape>(shape: S) =>
  z.discriminatedUnion(
    'op',
    [...timelessTests(shape), strict({ ...shape, ...shapes.recency }), strict({ ...shape, ...shapes.anniversary })],
    ops(...new Set([...textOps, ...numberOps, ...listOps, ...instantOps])),
  );

/** As `withAnyTest`, but for tests that depend on when they are made: an event is tested once, when it arrives. */
export const withTimelessTest = <S extends z.core.$ZodShape>(shape: S) =>
  z.discriminatedUnion(
    'op',
    timelessTests(shape),
    ops(...new Set([...textOps, ...numberOps, ...listOps, ...momentOps])),
  );

/** The shape given, with a test of a text. */
export const withTextTest = <S extends z.core.$ZodShape>(shape: S) =>
  z.discriminatedUnion(
    'op',
    [
      strict({ ...shape, op: shapes.equality.op, value: text }),
      strict({ ...shape, op: shapes.membership.op, value: listOf(text) }),
      strict({ ...shape, ...shapes.presence }),
      strict({ ...shape, ...shapes.text }),
      strict({ ...shape, ...shapes.pattern }),
    ],
    ops(...textOps),
  );

/** The shape given, with a test of a number that is always there. */
export const withNumberTest = <S extends z.core.$ZodShape>(shape: S) =>
  z.discriminatedUnion(
    'op',
    [
      strict({ ...shape, op: shapes.equality.op, value: number }),
      strict({ ...shape, op: shapes.membership.op, value: listOf(number) }),
      strict({ ...shape, ...shapes.comparison }),
      strict({ ...shape, ...shapes.range }),
    ],
    ops(...numberOps),
  );

/** The shape given, with a test of an instant. */
export const withInstantTest = <S extends z.core.$ZodShape>(shape: S) =>
  z.discriminatedUnion(
    'op',
    [
      strict({ ...shape, ...shapes.moment }),
      strict({ ...shape, ...shapes.recency }),
      strict({ ...shape, ...shapes.anniversary }),
      strict({ ...shape, ...shapes.presence }),
    ],
    ops(...instantOps, 'exists', 'missing'),
  );

const anyTest = withAnyTest({});

/**
 * A test of one value. A value of another type than the test wants counts as missing; every test of a missing value is
 * false, except notEquals, notIn, hasNone and missing, which are exactly the opposite of equals, in, hasAny and exists.
 * `null` is missing. Numbers compare as doubles, and no text is taken for a number.
 */
export type ValueTest = z.infer<typeof anyTest>;

/** Tests that fit each kind of event field. */
export const opsOfKind: Readonly<Record<'text' | 'number' | 'money' | 'texts', ReadonlySet<string>>> = {
  text: new Set([...textOps, ...momentOps]),
  number: new Set([...numberOps, 'exists', 'missing']),
  money: new Set([...numberOps, 'exists', 'missing']),
  texts: new Set([...listOps, 'exists', 'missing']),
};
