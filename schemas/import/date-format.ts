/** A part of a date as it is written. */
export type DateField =
  | 'year'
  | 'shortYear'
  | 'month'
  | 'monthName'
  | 'day'
  | 'hour'
  | 'hour12'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'halfDay'
  | 'offset';

/** How dates are written: by a pattern whose groups are `fields` in order, or as seconds or milliseconds since 1970. */
export type DateFormat =
  | { readonly kind: 'pattern'; readonly pattern: RegExp; readonly fields: readonly DateField[] }
  | { readonly kind: 'epochSeconds' | 'epochMilliseconds' };

/** A text that is no date format; the message follows the words "the format". */
export class DateFormatError extends Error {
  override readonly name = 'DateFormatError';
}

/** English abbreviations, in order. */
export const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const tokens: Readonly<Record<string, readonly [DateField, string]>> = {
  yyyy: ['year', '\\d{4}'],
  yy: ['shortYear', '\\d{2}'],
  MMM: ['monthName', '[A-Za-z]{3}'],
  MM: ['month', '\\d{2}'],
  M: ['month', '\\d{1,2}'],
  dd: ['day', '\\d{2}'],
  d: ['day', '\\d{1,2}'],
  HH: ['hour', '\\d{2}'],
  H: ['hour', '\\d{1,2}'],
  hh: ['hour12', '\\d{2}'],
  h: ['hour12', '\\d{1,2}'],
  mm: ['minute', '\\d{2}'],
  ss: ['second', '\\d{2}'],
  SSS: ['fraction', '\\d{1,9}'],
  a: ['halfDay', '[AaPp][Mm]'],
  XXX: ['offset', 'Z|[+-]\\d{2}(?::?\\d{2})?'],
};
/** The longest first, so that yyyy is not taken for yy twice. */
const tokenNames = Object.keys(tokens).sort((one, other) => other.length - one.length);

/** ISO 8601 as most exports write it: a day, perhaps with a time, perhaps with a zone. */
const iso: DateFormat = {
  kind: 'pattern',
  pattern:
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/,
  fields: ['year', 'month', 'day', 'hour', 'minute', 'second', 'fraction', 'offset'],
};

/**
 * Reads `iso`, `epochSeconds`, `epochMilliseconds`, or a format of `yyyy yy MMM MM M dd d HH H hh h mm ss SSS a XXX`;
 * other letters stand between apostrophes. Throws `DateFormatError`.
 */
export function readDateFormat(source: string): DateFormat {
  if (source === 'iso') return iso;
  if (source === 'epochSeconds' || source === 'epochMilliseconds') return { kind: source };
  const fields: DateField[] = [];
  let pattern = '';
  for (let at = 0; at < source.length; ) {
    const token = tokenNames.find((name) => source.startsWith(name, at));
    if (token !== undefined) {
      const [field, expression] = tokens[token] as readonly [DateField, string];
      if (fields.includes(field)) throw new DateFormatError(`says the ${field} twice`);
      fields.push(field);
      pattern += `(${expression})`;
      at += token.length;
    } else if (source.charAt(at) === "'") {
      const end = source.indexOf("'", at + 1);
      if (end < 0) throw new DateFormatError(`has an apostrophe without its other at character ${at + 1}`);
      pattern += escaped(source.slice(at + 1, end));
      at = end + 1;
    } else {
      const character = source.charAt(at);
      if (/[A-Za-z]/.test(character)) {
        const known = Object.keys(tokens).join(' ');
        throw new DateFormatError(`has ${character}, which is none of ${known}: put other letters between apostrophes`);
      }
      pattern += escaped(character);
      at += 1;
    }
  }
  return { kind: 'pattern', pattern: new RegExp(`^${pattern}$`), fields: whole(fields) };
}

/** A day has to be said, and a half day and its hours go together. */
function whole(fields: readonly DateField[]): readonly DateField[] {
  const has = (...names: DateField[]) => names.some((name) => fields.includes(name));
  if (!has('year', 'shortYear')) throw new DateFormatError('says no year (yyyy)');
  if (!has('month', 'monthName')) throw new DateFormatError('says no month (MM)');
  if (!has('day')) throw new DateFormatError('says no day (dd)');
  if (has('hour12') !== has('halfDay')) throw new DateFormatError('has one of hh and a without the other');
  return fields;
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
