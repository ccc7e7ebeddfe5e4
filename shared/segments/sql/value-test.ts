import { durationMs } from '../../../schemas/segment/duration.ts';
import { parseInstant } from '../../../schemas/segment/instant.ts';
import { printPattern, readPattern } from '../../../schemas/segment/pattern.ts';
import type { ValueTest } from '../../../schemas/segment/value-test.ts';
import { DAY_MS, dayOf } from '../../profile/counters.ts';
import { type Operand, oneOf } from './operand.ts';
import { numeral, quote, timestamp } from './quote.ts';

const never = 'false';
const signs = { less: '<', lessOrEqual: '<=', greater: '>', greaterOrEqual: '>=' } as const;

/** A test of a value as a condition. It may be NULL where it does not hold. `asOf` is in milliseconds since 1970. */
export function valueTest(operand: Operand, test: ValueTest, asOf: number): string {
  const { text, number } = operand;
  switch (test.op) {
    case 'equals':
      return oneOf(operand, [test.value]);
    case 'notEquals':
      return opposite(oneOf(operand, [test.value]));
    case 'in':
      return oneOf(operand, test.value);
    case 'notIn':
      return opposite(oneOf(operand, test.value));
    case 'less':
    case 'lessOrEqual':
    case 'greater':
    case 'greaterOrEqual':
      return number === undefined ? never : `${number} ${signs[test.op]} ${numeral(test.value)}`;
    case 'between':
      return number === undefined ? never : `${number} BETWEEN ${test.value.map(numeral).join(' AND ')}`;
    case 'exists':
      return operand.exists;
    case 'missing':
      return opposite(operand.exists);
    case 'contains':
      return text === undefined ? never : `strpos(${text}, ${quote(test.value)}) > 0`;
    case 'startsWith':
      return text === undefined ? never : `starts_with(${text}, ${quote(test.value)})`;
    case 'endsWith':
      return text === undefined ? never : `substr(${text}, -${[...test.value].length}) = ${quote(test.value)}`;
    case 'matches':
      return text === undefined ? never : `regexp_like(${text}, ${quote(printPattern(readPattern(test.value)))})`;
    case 'hasAny':
      return operand.hasAny?.(test.value) ?? never;
    case 'hasAll':
      return test.value.map((value) => operand.hasAny?.([value]) ?? never).join(' AND ');
    case 'hasNone':
      return opposite(operand.hasAny?.(test.value) ?? never);
    default: {
      const instant = operand.instant ?? (text === undefined ? undefined : instantOf(text));
      return instant === undefined ? never : instantTest(instant, test, asOf);
    }
  }
}

/** True exactly where a condition does not hold, be it false or NULL. */
export const opposite = (condition: string): string => `NOT coalesce(${condition}, false)`;

type InstantTest = Extract<ValueTest, { op: 'before' | 'after' | 'withinLast' | 'anniversary' }>;

/** A test of an expression of type timestamp. */
function instantTest(instant: string, test: InstantTest, asOf: number): string {
  switch (test.op) {
    case 'before':
      return `${instant} < ${timestamp(momentOf(test.value))}`;
    case 'after':
      return `${instant} > ${timestamp(momentOf(test.value))}`;
    case 'withinLast': {
      const since = timestamp(asOf - durationMs(test.value));
      return `(${instant} > ${since} AND ${instant} <= ${timestamp(asOf)})`;
    }
    case 'anniversary': {
      const days = anniversaries(dayOf(asOf), test.value.inDays).map(quote);
      return `date_format(${instant}, '%m-%d') IN (${days.join(', ')})`;
    }
  }
}

const momentOf = (instant: string): number => parseInstant(instant) as number;

const INSTANT = '\\A[0-9]{4}-[0-9]{2}-[0-9]{2}(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{3})?Z)?\\z';

/** The instant that a text says, NULL for any other text. There is no year 0. */
function instantOf(text: string): string {
  const isInstant = `regexp_like(${text}, ${quote(INSTANT)}) AND NOT starts_with(${text}, '0000')`;
  const plain = `replace(replace(${text}, 'T', ' '), 'Z', '')`;
  return `CASE WHEN ${isInstant} THEN TRY_CAST(${plain} AS timestamp) END`;
}

/** `MM-DD` of today and the days after it; February 29 is March 1 in common years. */
function anniversaries(today: number, inDays: number): string[] {
  const days = Array.from({ length: inDays + 1 }, (_, ahead) => new Date((today + ahead) * DAY_MS).toISOString());
  return days.flatMap((day) => {
    const monthDay = day.slice(5, 10);
    const isCommonYear = new Date(Date.UTC(Number(day.slice(0, 4)), 1, 29)).getUTCMonth() !== 1;
    return monthDay === '03-01' && isCommonYear ? ['02-29', monthDay] : [monthDay];
  });
}
