import { currencyCodes } from '../../schemas/event/currencies.ts';
import { LONGEST_RANGE_DAYS } from '../../schemas/report/parameters.ts';
import type { AppliedParameters, AppliedValue, Report, ReportParameter } from '../../schemas/report/report.ts';
import { quote, timestamp } from '../segments/sql/quote.ts';

/** Parameters as a caller sent them: each name with every value that it came with. */
export type GivenParameters = Readonly<Record<string, readonly string[]>>;

export interface ParameterValues {
  /** What the report was made with, defaults filled in; null for a filter that was left out. */
  readonly applied: AppliedParameters;
  /** SQL literals by the names that a report's SQL has for them. */
  readonly literals: Readonly<Record<string, string>>;
  /** Midnight of the first day of the range, in milliseconds since 1970. */
  readonly from?: number;
  /** The midnight after its last day. */
  readonly until?: number;
}

/** A parameter that is wrong: what was given, and how to mend it. */
export interface ParameterIssue {
  readonly path: string;
  readonly message: string;
}

export type ReadParameters =
  | { readonly ok: true; readonly values: ParameterValues }
  | { readonly ok: false; readonly issues: readonly ParameterIssue[] };

export interface ReadOptions {
  /** Now, in milliseconds since 1970. */
  readonly now: number;
  readonly reportingCurrency: string;
}

const DAY_MS = 86_400_000;
const LONGEST_TEXT = 256;
const SHOWN = 60;

/** Parameters of a report as a caller gave them, checked, with defaults. What is wrong is told, all of it at once. */
export function readParameters(report: Report, given: GivenParameters, options: ReadOptions): ReadParameters {
  const issues: ParameterIssue[] = unknownNames(report, given);
  const applied: Record<string, AppliedValue> = {};
  const lastDay = lastDayOf(given.to, options.now);
  for (const parameter of report.parameters) {
    const value = readOne(parameter, given[parameter.name] ?? [], { ...options, lastDay });
    if (value instanceof Wrong) issues.push({ path: parameter.name, message: value.message });
    else applied[parameter.name] = value;
  }
  if (issues.length === 0) issues.push(...rangeIssues(applied));
  if (issues.length > 0) return { ok: false, issues };
  return { ok: true, values: { applied, literals: literalsOf(report, applied), ...midnights(applied) } };
}

interface LastDay {
  /** Midnight at which the last day of the range begins: that of `to`, or of today. */
  readonly lastDay: number;
}

const lastDayOf = ([to, ...more]: readonly string[] = [], now: number): number =>
  to !== undefined && more.length === 0 && isDay(to) ? Date.parse(to) : Math.floor(now / DAY_MS) * DAY_MS;

class Wrong {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

function unknownNames({ name, parameters }: Report, given: GivenParameters): ParameterIssue[] {
  const known = parameters.map((parameter) => parameter.name);
  return Object.keys(given)
    .filter((path) => !known.includes(path))
    .map((path) => {
      const takes = known.length === 0 ? 'takes none' : `takes ${known.join(', ')}`;
      return { path: shown(path, false), message: `is no parameter of the report ${name}, which ${takes}` };
    });
}

function readOne(
  parameter: ReportParameter,
  given: readonly string[],
  options: ReadOptions & LastDay,
): AppliedValue | Wrong {
  if (parameter.type === 'names') return readNames(parameter, given);
  const [text, ...more] = given;
  if (more.length > 0) return new Wrong(`is given ${given.length} times: give it once`);
  if (text === undefined) return fallback(parameter, options);
  const unprintable = unprintableIn(text);
  if (unprintable) return new Wrong(unprintable);
  switch (parameter.type) {
    case 'day':
      return isDay(text) ? text : new Wrong(`is ${shown(text)}, which is no day: give YYYY-MM-DD, such as 2026-01-31`);
    case 'whole':
      return isWhole(text, parameter.least, parameter.most)
        ? Number(text)
        : new Wrong(`is ${shown(text)}: give a whole number from ${parameter.least} to ${parameter.most}`);
    case 'choice':
      return parameter.values.includes(text)
        ? text
        : new Wrong(`is ${shown(text)}: give one of ${parameter.values.join(', ')}`);
    case 'currency':
      return currencyCodes.includes(text)
        ? text
        : new Wrong(`is ${shown(text)}, which is no ISO 4217 code: give three capital letters, such as EUR`);
    case 'segment':
      return isSegment(text)
        ? text
        : new Wrong(`is ${shown(text)}, which is no id of a segment: GET /v1/segments lists them`);
    case 'text':
      return text === '' ? new Wrong('is empty: give a text, or leave it out') : text;
  }
}

function fallback(
  parameter: Exclude<ReportParameter, { type: 'names' }>,
  { lastDay, reportingCurrency }: ReadOptions & LastDay,
) {
  if (parameter.type === 'day') return dayOf(lastDay - parameter.daysAgo * DAY_MS);
  if (parameter.type === 'currency') return reportingCurrency;
  if (parameter.type === 'text' && parameter.required) return new Wrong('is missing: this report needs it');
  return ('default' in parameter ? parameter.default : undefined) ?? null;
}

/** One value is cut at its commas; several are names as they are, so that a name may hold a comma. */
function readNames(
  { least, most, default: fallback }: Extract<ReportParameter, { type: 'names' }>,
  given: readonly string[],
): AppliedValue | Wrong {
  if (given.length === 0) return fallback;
  const [first = ''] = given;
  const names = (given.length === 1 ? first.split(',') : given).map((name) => name.trim());
  const wrong = names.map(unprintableIn).find((each) => each !== undefined);
  if (wrong) return new Wrong(wrong);
  if (names.includes('')) return new Wrong(`holds an empty name: give ${least} to ${most} names, separated by commas`);
  if (names.length < least || names.length > most) {
    return new Wrong(`has ${names.length} ${names.length === 1 ? 'name' : 'names'}: give ${least} to ${most}`);
  }
  return names;
}

function rangeIssues({ from, to }: AppliedParameters): ParameterIssue[] {
  if (typeof from !== 'string' || typeof to !== 'string') return [];
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days < 1) return [{ path: 'from', message: `is ${from}, which is after to, ${to}: exchange them` }];
  if (days <= LONGEST_RANGE_DAYS) return [];
  const message = `is ${from}, ${days} days up to ${to}: ask for at most ${LONGEST_RANGE_DAYS} days at a time`;
  return [{ path: 'from', message }];
}

function midnights({ from, to }: AppliedParameters) {
  if (typeof from !== 'string' || typeof to !== 'string') return {};
  return { from: Date.parse(from), until: Date.parse(to) + DAY_MS };
}

function literalsOf({ parameters }: Report, applied: AppliedParameters): Record<string, string> {
  const literals: Record<string, string> = {};
  for (const parameter of parameters) {
    const { name } = parameter;
    const value = applied[name] ?? null;
    if (parameter.type === 'day') literals[`${name}_day`] = quote(String(value));
    else if (parameter.type === 'names') {
      for (let at = 0; at < parameter.most; at += 1) {
        literals[`${name}_${at + 1}`] = quote((value as readonly string[])[at] ?? '');
      }
    } else if (parameter.type === 'whole') literals[name] = String(value);
    else literals[name] = quote(String(value ?? ''));
  }
  const { from, until } = midnights(applied);
  if (from === undefined) return literals;
  return { ...literals, from: timestamp(from), until: timestamp(until) };
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Days that exist, from 2000 on: the lake takes no time before. */
function isDay(text: string): boolean {
  if (!/^2\d{3}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && dayOf(time) === text;
}

const isWhole = (text: string, least: number, most: number): boolean =>
  /^-?\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most;

const isSegment = (text: string): boolean => /^[a-z0-9][a-z0-9-]{0,63}(:.{1,100})?$/su.test(text);

function unprintableIn(text: string): string | undefined {
  if (text.length > LONGEST_TEXT) return `has ${text.length} characters: give at most ${LONGEST_TEXT}`;
  if (text.includes('\0') || !text.isWellFormed()) return 'holds a character that no text can hold: leave it out';
  return undefined;
}

function shown(text: string, quoted = true): string {
  const cut = text.length > SHOWN ? `${text.slice(0, SHOWN).toWellFormed()}…` : text;
  return quoted ? JSON.stringify(cut) : cut;
}

/** Applied parameters, as JSON, in the form in which a caller gives them. */
export function givenAgain(applied: string): GivenParameters {
  const entries = Object.entries(JSON.parse(applied) as Record<string, AppliedValue>);
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === null ? [] : [[name, asGiven(value)]])));
}

const asGiven = (value: Exclude<AppliedValue, null>): readonly string[] =>
  typeof value === 'object' ? value : [String(value)];
