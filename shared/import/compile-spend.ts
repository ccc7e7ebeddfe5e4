import type { SpendRule } from '../../schemas/import/map.ts';
import type { Value } from '../../schemas/import/value.ts';
import type { SpendItem } from '../../schemas/stream/control.ts';
import { currencyCode } from '../clean/currency.ts';
import { moneyOfDigits } from '../clean/money.ts';
import type { Row } from './columns.ts';
import { compileNumber, compileText, compileWritten, type Make } from './compile-value.ts';
import type { Compiler } from './compiler.ts';
import { digitsOf, type ExactNumber } from './exact-number.ts';
import { LineProblem, shown } from './line-problem.ts';

/** What a line says was spent, without where the line came from. */
export type Spend = Omit<SpendItem, 'importId' | 'row' | 'importedAt'>;

const MAX_TEXT = 500;

/** Makes a function of the rule for spend; it throws `LineProblem`. */
export function compileSpend(rule: SpendRule, compiler: Compiler): (row: Row) => Spend {
  const text = (field: 'channel' | 'source' | 'medium' | 'campaign' | 'currency') =>
    rule[field] === undefined ? undefined : compileText(rule[field], `spend.${field}`, compiler);
  const number = (field: 'cost' | 'impressions' | 'clicks') =>
    rule[field] === undefined ? undefined : compileNumber(rule[field], `spend.${field}`, compiler);
  const date = compileDay(rule.date, compiler);
  const [channel, source, medium, campaign, currency] = [
    text('channel'),
    text('source'),
    text('medium'),
    text('campaign'),
    text('currency'),
  ];
  const [cost, impressions, clicks] = [number('cost'), number('impressions'), number('clicks')];

  return (row) => {
    const read = <T>(make: Make<T> | undefined): T | undefined => make?.(row, [row]);
    const optional: Record<string, string | number> = {};
    for (const [name, make] of Object.entries({ source, medium, campaign })) {
      const value = short(read(make), `spend.${name}`);
      if (value !== undefined) optional[name] = value;
    }
    for (const [name, make] of Object.entries({ impressions, clicks })) {
      const value = wholeOf(read(make), `spend.${name}`);
      if (value !== undefined) optional[name] = value;
    }
    return {
      date: needed(read(date), 'spend.date'),
      channel: needed(short(read(channel), 'spend.channel'), 'spend.channel'),
      currency: codeOf(needed(read(currency), 'spend.currency')),
      cost: moneyOf(needed(read(cost), 'spend.cost')),
      ...optional,
    };
  };
}

/** A day is the one that is written, in whatever zone. */
function compileDay(value: Value, compiler: Compiler): Make<string> {
  const given = typeof value === 'string' ? { time: value } : value;
  if (typeof given === 'object' && 'time' in given) {
    const written = compileWritten(given, 'spend.date', compiler);
    return (row, lines) => {
      const time = written(row, lines);
      return time && new Date(time.wall).toISOString().slice(0, 10);
    };
  }
  const text = compileText(value, 'spend.date', compiler);
  return (row, lines) => {
    const day = text(row, lines);
    if (day === undefined || /^\d{4}-\d{2}-\d{2}$/.test(day)) return day;
    throw new LineProblem('not_a_time', 'spend.date', `expected a day as YYYY-MM-DD, found ${shown(day)}`);
  };
}

function needed<T>(value: T | undefined, path: string): T {
  if (value !== undefined && value !== '') return value;
  throw new LineProblem('missing_value', path, 'expected a value, found none');
}

function short(text: string | undefined, path: string): string | undefined {
  if (text === undefined || text.length <= MAX_TEXT) return text;
  throw new LineProblem('not_a_text', path, `expected at most ${MAX_TEXT} characters, found ${text.length}`);
}

function wholeOf(number: ExactNumber | undefined, path: string): number | undefined {
  if (number === undefined) return undefined;
  const value = Number(digitsOf(number));
  if (Number.isSafeInteger(value)) return value;
  throw new LineProblem('not_a_number', path, `expected a whole number, found ${digitsOf(number)}`);
}

function codeOf(text: string): string {
  const code = currencyCode(text);
  if (code !== undefined) return code;
  throw new LineProblem('unknown_currency', 'spend.currency', `expected a code such as EUR, found ${shown(text)}`);
}

function moneyOf(number: ExactNumber): number {
  const money = moneyOfDigits(digitsOf(number));
  if (money !== undefined) return money;
  throw new LineProblem('not_a_number', 'spend.cost', `expected an amount of money, found ${digitsOf(number)}`);
}
