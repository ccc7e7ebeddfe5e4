import { readDateFormat } from '../../schemas/import/date-format.ts';
import { type Placeholder, readTemplate } from '../../schemas/import/template.ts';
import type { Value, Values } from '../../schemas/import/value.ts';
import type { Row } from './columns.ts';
import { compileTest } from './compile-test.ts';
import type { Compiler } from './compiler.ts';
import {
  absolute,
  add,
  digitsOf,
  type ExactNumber,
  exactly,
  multiply,
  plainNumber,
  readNumber,
  zero,
} from './exact-number.ts';
import { LineProblem, shown } from './line-problem.ts';
import { readWritten, TimeZone, type WrittenTime } from './zoned-time.ts';

/** Makes a value of a line and of the group that it belongs to; undefined when it is missing. Throws `LineProblem`. */
export type Make<T> = (row: Row, lines: readonly Row[]) => T | undefined;

/** How a text is read where nothing says it: as itself, as a number, or as a time in UTC. */
export type ReadAs = 'text' | 'number' | 'time';

/** The value as a function. Numbers are exact until they leave it. */
export function compileValue(value: Value, path: string, compiler: Compiler, as: ReadAs = 'text'): Make<unknown> {
  if (as === 'number') {
    const make = compileNumber(value, path, compiler);
    return (row, lines) => outside(make(row, lines));
  }
  if (typeof value === 'number' || typeof value === 'boolean') return () => value;
  if (typeof value === 'string') {
    return as === 'time' ? compileTime({ time: value }, path, compiler) : compileTemplate(value, path, compiler);
  }
  if ('time' in value) return compileTime(value, `${path}.time`, compiler);
  if ('boolean' in value) return compileBoolean(value.boolean, `${path}.boolean`, compiler);
  if ('json' in value) return compileJson(value.json, `${path}.json`, compiler);
  if ('object' in value) return compileFields(value.object, `${path}.object`, compiler);
  if ('each' in value) {
    const make = compileFields(value.each, `${path}.each`, compiler);
    const of = selected(value, path, compiler);
    return (_row, lines) => of(lines).map((line) => make(line, lines));
  }
  const chosen = compileChoice(value, path, compiler, (inner, at) => compileValue(inner, at, compiler, as));
  if (chosen !== undefined) return chosen;
  const number = compileNumber(value, path, compiler);
  return (row, lines) => outside(number(row, lines));
}

/** The fields of an object that are not missing. */
export function compileFields(values: Values, path: string, compiler: Compiler): Make<Record<string, unknown>> {
  const fields = Object.entries(values).map(
    ([name, value]) => [name, compileValue(value, `${path}.${name}`, compiler)] as const,
  );
  return (row, lines) => {
    const object: Record<string, unknown> = {};
    for (const [name, make] of fields) {
      const value = make(row, lines);
      if (value !== undefined) object[name] = value;
    }
    return object;
  };
}

/** An id or a name: whatever makes it, it is a text. */
export function compileText(value: Value, path: string, compiler: Compiler): Make<string> {
  const make = compileValue(value, path, compiler);
  return (row, lines) => {
    const made = make(row, lines);
    if (made === undefined || typeof made === 'string') return made;
    if (typeof made !== 'object') return String(made);
    throw new LineProblem('not_a_text', path, `expected a text, found ${shown(made)}`);
  };
}

/** The value as an exact number. Throws `LineProblem` of the reason `not_a_number`. */
export function compileNumber(value: Value, path: string, compiler: Compiler): Make<ExactNumber> {
  if (typeof value === 'number') return () => exactly(value);
  if (typeof value === 'string') return compileDigits(value, path, compiler);
  if (typeof value === 'object') {
    if ('number' in value) return compileDigits(value.number, `${path}.number`, compiler);
    if ('absolute' in value) {
      const make = compileNumber(value.absolute, `${path}.absolute`, compiler);
      return (row, lines) => mapped(make(row, lines), absolute);
    }
    if ('multiply' in value) {
      const parts = value.multiply.map((part, at) => compileNumber(part, `${path}.multiply.${at}`, compiler));
      return (row, lines) => {
        let product: ExactNumber | undefined = exactly(1);
        for (const part of parts) product = both(product, part(row, lines), multiply);
        return product;
      };
    }
    if ('sum' in value) {
      const make = compileNumber(value.sum, `${path}.sum`, compiler);
      const of = selected(value, path, compiler);
      return (_row, lines) => of(lines).reduce((sum, line) => add(sum, make(line, lines) ?? zero), zero);
    }
    if ('count' in value) {
      const of = selected(value, path, compiler);
      return (_row, lines) => exactly(of(lines).length);
    }
    const chosen = compileChoice(value, path, compiler, (inner, at) => compileNumber(inner, at, compiler));
    if (chosen !== undefined) return chosen;
  }
  const make = compileValue(value, path, compiler);
  return (row, lines) => mapped(make(row, lines), (given) => numberOf(given, path, compiler));
}

/** What chooses among values: `first`, `if` and `lookup`. */
function compileChoice<T>(
  value: Exclude<Value, string | number | boolean>,
  path: string,
  compiler: Compiler,
  compile: (value: Value, path: string) => Make<T>,
): Make<T> | undefined {
  if ('first' in value) {
    const parts = value.first.map((part, at) => compile(part, `${path}.first.${at}`));
    return (row, lines) => {
      for (const part of parts) {
        const found = part(row, lines);
        if (found !== undefined) return found;
      }
      return undefined;
    };
  }
  if ('if' in value) {
    const test = compileTest(value.if, `${path}.if`, compiler);
    const use = compile(value.use, `${path}.use`);
    const other = value.else === undefined ? undefined : compile(value.else, `${path}.else`);
    return (row, lines) => (test(row) ? use(row, lines) : other?.(row, lines));
  }
  if ('lookup' in value) {
    const text = compileTemplate(value.lookup, `${path}.lookup`, compiler);
    const table = new Map(Object.entries(value.in).map(([key, entry]) => [key, compile(entry, `${path}.in.${key}`)]));
    const other = value.else === undefined ? undefined : compile(value.else, `${path}.else`);
    return (row, lines) => {
      const key = text(row, lines);
      const found = key === undefined ? other : (table.get(key) ?? other);
      if (found !== undefined || key === undefined) return found?.(row, lines);
      throw new LineProblem('unknown_value', `${path}.in`, `expected one of its entries, found ${shown(key)}`);
    };
  }
  return undefined;
}

function selected(value: { where?: Parameters<typeof compileTest>[0] }, path: string, compiler: Compiler) {
  if (value.where === undefined) return (lines: readonly Row[]) => lines;
  const test = compileTest(value.where, `${path}.where`, compiler);
  return (lines: readonly Row[]) => lines.filter(test);
}

/** The text, missing when one of its cells is. */
export function compileTemplate(source: string, path: string, compiler: Compiler): Make<string> {
  const parts = readTemplate(source).map((part) =>
    typeof part === 'string' ? () => part : compilePlaceholder(part, path, compiler),
  );
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return (row) => {
    let text = '';
    for (const part of parts) {
      const next = part(row);
      if (next === undefined) return undefined;
      text += next;
    }
    return text;
  };
}

function compilePlaceholder({ column, filter }: Placeholder, path: string, compiler: Compiler) {
  const cell = compiler.reader(column, path);
  const textOf = (row: Row): string | undefined => {
    const value = cell(row);
    if (typeof value === 'string' || value === undefined) return value;
    if (typeof value !== 'object') return String(value);
    throw new LineProblem('not_a_text', path, `expected a text or a number in ${column}, found ${shown(value)}`);
  };
  if (filter === undefined) return textOf;
  return (row: Row) => mapped(textOf(row), (text) => filtered(text, filter, path, compiler));
}

function filtered(text: string, filter: NonNullable<Placeholder['filter']>, path: string, compiler: Compiler): string {
  if (filter === 'lower') return text.toLowerCase();
  if (filter === 'upper') return text.toUpperCase();
  const number = readNumber(text, compiler.decimal);
  const digits = number && digitsOf(number);
  if (digits !== undefined && !digits.includes('.')) return digits;
  throw new LineProblem('not_a_number', path, `expected a whole number, found ${shown(text)}`);
}

function compileDigits(source: string, path: string, compiler: Compiler): Make<ExactNumber> {
  const text = compileTemplate(source, path, compiler);
  return (row, lines) => mapped(text(row, lines), (given) => numberOf(given, path, compiler));
}

function numberOf(given: unknown, path: string, { decimal }: Compiler): ExactNumber {
  const number =
    typeof given === 'number' ? exactly(given) : typeof given === 'string' ? readNumber(given, decimal) : undefined;
  if (number === undefined) throw new LineProblem('not_a_number', path, `expected a number, found ${shown(given)}`);
  return number;
}

interface TimeValue {
  readonly time: string;
  readonly format?: string;
  readonly timeZone?: string;
}

/** The time as it is written, before any zone is applied. */
export function compileWritten(value: TimeValue, path: string, compiler: Compiler): Make<WrittenTime> {
  const text = compileTemplate(value.time, path, compiler);
  const formats = value.format === undefined ? compiler.formats : [readDateFormat(value.format)];
  return (row, lines) =>
    mapped(text(row, lines), (given) => {
      const written = readWritten(given, formats);
      if (written === undefined) throw new LineProblem('not_a_time', path, `expected a time, found ${shown(given)}`);
      return written;
    });
}

function compileTime(value: TimeValue, path: string, compiler: Compiler): Make<string> {
  const written = compileWritten(value, path, compiler);
  const zone = value.timeZone === undefined ? compiler.zone : new TimeZone(value.timeZone);
  return (row, lines) => mapped(written(row, lines), (given) => new Date(zone.toUtc(given)).toISOString());
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'y', '1'].map((text) => [text, true] as const),
  ...['false', 'no', 'n', '0'].map((text) => [text, false] as const),
]);

function compileBoolean(source: string, path: string, compiler: Compiler): Make<boolean> {
  const text = compileTemplate(source, path, compiler);
  return (row, lines) =>
    mapped(text(row, lines), (given) => {
      const truth = truths.get(given.toLowerCase());
      if (truth !== undefined) return truth;
      throw new LineProblem(
        'not_true_or_false',
        path,
        `expected true or false, yes or no, 1 or 0, found ${shown(given)}`,
      );
    });
}

/** A cell alone is taken as it is, if it is no text. */
function compileJson(source: string, path: string, compiler: Compiler): Make<unknown> {
  const [only, ...rest] = readTemplate(source);
  const cell = typeof only === 'object' && rest.length === 0 ? compiler.reader(only.column, path) : undefined;
  const text = cell ?? compileTemplate(source, path, compiler);
  return (row, lines) => {
    const given = text(row, lines);
    if (typeof given !== 'string') return given;
    try {
      return JSON.parse(given);
    } catch {
      throw new LineProblem('not_json', path, `expected JSON, found ${shown(given)}`);
    }
  };
}

const mapped = <T, U>(value: T | undefined, map: (value: T) => U): U | undefined =>
  value === undefined ? undefined : map(value);

const both = <T>(one: T | undefined, other: T | undefined, join: (one: T, other: T) => T): T | undefined =>
  one === undefined || other === undefined ? undefined : join(one, other);

const outside = (number: ExactNumber | undefined): number | string | undefined => mapped(number, plainNumber);
