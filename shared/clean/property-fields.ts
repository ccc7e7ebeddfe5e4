import { currencyCode } from './currency.ts';
import { numberOf, readDecimal } from './decimal.ts';
import { amountOf, moneyOf, moneyOfDigits } from './money.ts';
import { type Draft, type JsonObject, noteChange, noteFlag } from './step.ts';

type Kind = 'text' | 'money' | 'number' | 'integer' | 'position' | 'currency' | 'query';

interface Field {
  readonly target: string;
  readonly kind: Kind;
  /** Of several names for one field, the lowest rank counts. */
  readonly rank: number;
}

export type FieldTable = ReadonlyMap<string, Field>;

/** A table of `[field, kind, names]`; the first name is the documented one. */
export function fieldTable(rows: readonly (readonly [target: string, kind: Kind, names: string])[]): FieldTable {
  return new Map(
    rows.flatMap(([target, kind, names]) =>
      names.split(' ').map((name, rank): [string, Field] => [name, { target, kind, rank }]),
    ),
  );
}

/** Reads the fields of the table from an object, whatever variant of their names it uses. */
export function collect<Target extends object>(
  draft: Draft,
  object: JsonObject,
  path: string,
  table: FieldTable,
): Partial<Target> {
  const target: Record<string, unknown> = {};
  let ranks: Record<string, number> | undefined;
  for (const key in object) {
    const field = table.get(key);
    if (field === undefined) continue;
    if (target[field.target] !== undefined && (ranks?.[field.target] ?? 0) <= field.rank) continue;
    const value = readField(draft, object[key], field.kind, path, key);
    if (value === undefined) continue;
    target[field.target] = value;
    if (ranks !== undefined || field.rank > 0) {
      ranks ??= {};
      ranks[field.target] = field.rank;
    }
  }
  return target as Partial<Target>;
}

function readField(draft: Draft, value: unknown, kind: Kind, path: string, key: string): unknown {
  if (value === undefined || value === null || value === '') return undefined;
  switch (kind) {
    case 'text':
      return typeof value === 'string' ? value : textOfNumber(draft, value, path, key);
    case 'money':
      return readMoney(draft, value, path, key);
    case 'number':
      return readNumber(draft, value, path, key);
    case 'integer':
    case 'position':
      return readInteger(draft, value, kind, path, key);
    case 'currency':
      return readCurrency(draft, value, path, key);
    case 'query':
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
}

function textOfNumber(draft: Draft, value: unknown, path: string, key: string): string | undefined {
  if (typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const text = String(value);
  noteChange(draft.changes, `${path}.${key}`, 'number_to_text', value, text);
  return text;
}

/** Text that is no number may be anything, so it is not noted. */
function readMoney(draft: Draft, value: unknown, path: string, key: string): number | undefined {
  if (typeof value === 'number') {
    const money = moneyOf(value);
    if (money === undefined) noteChange(draft.changes, `${path}.${key}`, 'unreadable_number');
    else if (amountOf(money) !== value)
      noteChange(draft.changes, `${path}.${key}`, 'round_money', value, amountOf(money));
    return money;
  }
  const decimal = typeof value === 'string' ? readDecimal(value) : undefined;
  const money = decimal === undefined ? undefined : moneyOfDigits(decimal.digits);
  if (money === undefined) {
    noteChange(draft.changes, `${path}.${key}`, 'unreadable_number');
    return undefined;
  }
  if (decimal?.currency !== undefined) draft.currencyBeside ??= decimal.currency;
  noteChange(draft.changes, `${path}.${key}`, 'parse_number', value, amountOf(money));
  return money;
}

function readNumber(draft: Draft, value: unknown, path: string, key: string): number | undefined {
  const number = numberOf(value);
  if (number === undefined) noteChange(draft.changes, `${path}.${key}`, 'unreadable_number');
  else if (number !== value) noteChange(draft.changes, `${path}.${key}`, 'parse_number', value, number);
  return number;
}

/** A promotion's position may be text (`home_banner_top`): it is left in the properties, and nothing is noted. */
function readInteger(draft: Draft, value: unknown, kind: Kind, path: string, key: string): number | undefined {
  const number = numberOf(value);
  if (number === undefined || !Number.isSafeInteger(number)) {
    if (kind !== 'position') noteChange(draft.changes, `${path}.${key}`, 'unreadable_number');
    return undefined;
  }
  if (number !== value) noteChange(draft.changes, `${path}.${key}`, 'parse_number', value, number);
  return number + 0;
}

function readCurrency(draft: Draft, value: unknown, path: string, key: string): string | undefined {
  if (typeof value !== 'string') return undefined;
  const code = currencyCode(value);
  if (code === undefined) noteFlag(draft.flags, 'currency_unknown');
  else if (code !== value) noteChange(draft.changes, `${path}.${key}`, 'currency_code', value, code);
  return code ?? value;
}
