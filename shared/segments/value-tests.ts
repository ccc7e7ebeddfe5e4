import type { Duration, ValueTest } from '../../schemas/segment/definition.ts';
import { durationMs } from '../../schemas/segment/duration.ts';
import { parseInstant } from '../../schemas/segment/instant.ts';
import { readPattern } from '../../schemas/segment/pattern.ts';
import { DAY_MS, dayOf } from '../profile/counters.ts';
import { compilePattern } from './pattern-matcher.ts';

/** A test whose verdict depends on when it is made. */
export type TimedTest = Extract<ValueTest, { op: 'withinLast' | 'anniversary' }>;

export const isTimed = (test: ValueTest): test is TimedTest => test.op === 'withinLast' || test.op === 'anniversary';

/** Makes a test a function of the value alone. Instants are texts, unless `toInstant` reads them otherwise. */
export function compileTest(test: ValueTest, toInstant = instantOf): (value: unknown) => boolean {
  if (isTimed(test)) throw new TypeError(`The test ${test.op} depends on when it is made.`);
  switch (test.op) {
    case 'equals':
      return (value) => value === test.value;
    case 'notEquals':
      return (value) => value !== test.value;
    case 'in':
    case 'notIn': {
      const values = new Set<unknown>(test.value);
      return test.op === 'in' ? (value) => values.has(value) : (value) => !values.has(value);
    }
    case 'exists':
      return (value) => value !== undefined && value !== null;
    case 'missing':
      return (value) => value === undefined || value === null;
    case 'hasAny':
    case 'hasNone': {
      const values = new Set<unknown>(test.value);
      const hasAny = (value: unknown) => Array.isArray(value) && value.some((each) => values.has(each));
      return test.op === 'hasAny' ? hasAny : (value) => !hasAny(value);
    }
    case 'hasAll':
      return (value) => Array.isArray(value) && test.value.every((each) => value.includes(each));
    case 'before':
    case 'after': {
      const bound = parseInstant(test.value) ?? Number.NaN;
      if (test.op === 'before') return (value) => toInstant(value) < bound;
      return (value) => toInstant(value) > bound;
    }
    case 'contains':
    case 'startsWith':
    case 'endsWith':
    case 'matches':
      return compileTextTest(test);
    default:
      return compileNumberTest(test);
  }
}

function compileTextTest(
  test: Extract<ValueTest, { op: 'contains' | 'startsWith' | 'endsWith' | 'matches' }>,
): (value: unknown) => boolean {
  const { op, value: part } = test;
  switch (op) {
    case 'contains':
      return (value) => typeof value === 'string' && value.includes(part);
    case 'startsWith':
      return (value) => typeof value === 'string' && value.startsWith(part);
    case 'endsWith':
      return (value) => typeof value === 'string' && value.endsWith(part);
    case 'matches': {
      const matches = compilePattern(readPattern(part));
      return (value) => typeof value === 'string' && matches(value);
    }
  }
}

type NumberTest = Extract<ValueTest, { op: 'less' | 'lessOrEqual' | 'greater' | 'greaterOrEqual' | 'between' }>;

function compileNumberTest(test: NumberTest): (value: unknown) => boolean {
  if (test.op === 'between') {
    const [low, high] = test.value;
    return (value) => typeof value === 'number' && value >= low && value <= high;
  }
  const bound = test.value;
  switch (test.op) {
    case 'less':
      return (value) => typeof value === 'number' && value < bound;
    case 'lessOrEqual':
      return (value) => typeof value === 'number' && value <= bound;
    case 'greater':
      return (value) => typeof value === 'number' && value > bound;
    case 'greaterOrEqual':
      return (value) => typeof value === 'number' && value >= bound;
  }
}

/** Milliseconds since 1970 of an instant as text; NaN, for which no comparison holds, for anything else. */
export const instantOf = (value: unknown): number =>
  typeof value === 'string' ? (parseInstant(value) ?? Number.NaN) : Number.NaN;

/** What a timed test says of an instant (NaN for none), and until when: Infinity for as long as the instant stands. */
export interface TimedVerdict {
  verdict: boolean;
  until: number;
}

/** Makes a timed test a function of the instant and of asOf, both in milliseconds since 1970. */
export function compileTimedTest(test: TimedTest): (instant: number, asOf: number) => TimedVerdict {
  return test.op === 'withinLast' ? withinLast(test.value) : anniversary(test.value.inDays);
}

const never: Readonly<TimedVerdict> = { verdict: false, until: Number.POSITIVE_INFINITY };

function withinLast(value: Duration): (instant: number, asOf: number) => TimedVerdict {
  const length = durationMs(value);
  return (instant, asOf) => {
    if (!(instant > asOf - length)) return never;
    return instant > asOf ? { verdict: false, until: instant } : { verdict: true, until: instant + length };
  };
}

function anniversary(inDays: number): (instant: number, asOf: number) => TimedVerdict {
  return (instant, asOf) => {
    if (Number.isNaN(instant)) return never;
    const today = dayOf(asOf);
    const next = nextOccurrence(new Date(instant), today);
    const verdict = next <= today + inDays;
    return { verdict, until: (verdict ? next + 1 : next - inDays) * DAY_MS };
  };
}

/** The first UTC day, from `today` on, with the date's month and day. */
function nextOccurrence(date: Date, today: number): number {
  const year = new Date(today * DAY_MS).getUTCFullYear();
  const [month, day] = [date.getUTCMonth(), date.getUTCDate()];
  // Date.UTC makes February 29 of a common year March 1.
  const inYear = (each: number) => dayOf(Date.UTC(each, month, day));
  return inYear(year) >= today ? inYear(year) : inYear(year + 1);
}
