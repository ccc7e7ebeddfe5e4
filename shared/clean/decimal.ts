import { currencyOfSign } from './currency.ts';

/**
 * Numbers in text, as shops write them. The rule:
 *
 * - a currency sign or code may stand before or after the number
 * - spaces (also narrow and no-break ones) and apostrophes group digits
 * - of a comma and a point together, the last is the decimal sign and the other groups digits by three
 * - a point alone is the decimal sign; several points group digits by three
 * - a comma alone before exactly three digits groups them (`1,299`), else it is the decimal sign (`19,90`);
 *   several commas group digits by three
 * - a minus, or parentheses around the number, make it negative
 *
 * Anything else is not a number.
 */
export interface DecimalText {
  /** Digits with an optional minus and a decimal point: `-1299.00`. */
  readonly digits: string;
  /** Currency that stood beside the number, where sign or code name exactly one. */
  readonly currency?: string;
}

const PLAIN = /^-?\d+(?:\.\d+)?$/;
const AROUND_NUMBER = /^([^\d.,()+-]*)([(+-]?)([^\d.,()+-]*)([\d.,'’\s]*\d[\d.,'’\s]*)(-?)(\)?)([^\d.,()+-]*)$/u;
const BY_THREE = /^\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*$/;
const MAX_LENGTH = 64;

export function readDecimal(text: string): DecimalText | undefined {
  if (PLAIN.test(text)) return text.length <= MAX_LENGTH ? { digits: text } : undefined;
  if (text.length > MAX_LENGTH) return undefined;
  const match = AROUND_NUMBER.exec(text.trim().replaceAll('−', '-'));
  if (match === null) return undefined;
  const [, before = '', sign = '', between = '', number = '', trailing = '', closing = '', after = ''] = match;
  if ((sign === '(') !== (closing === ')') || (trailing === '-' && sign !== '')) return undefined;
  const digits = plainDigits(number.replace(/['’\s]/g, ''));
  const beside = `${before}${between}${after}`.trim();
  const currency = beside === '' ? undefined : currencyOfSign(beside);
  if (digits === undefined || currency === null) return undefined;
  const isNegative = sign === '-' || sign === '(' || trailing === '-';
  const signed = isNegative ? `-${digits}` : digits;
  return currency === undefined || currency === '' ? { digits: signed } : { digits: signed, currency };
}

function plainDigits(number: string): string | undefined {
  const comma = number.lastIndexOf(',');
  const point = number.lastIndexOf('.');
  if (comma === -1 && point === -1) return number;
  if (comma !== -1 && point !== -1) {
    const at = Math.max(comma, point);
    const whole = number.slice(0, at);
    return BY_THREE.test(whole) ? joined(whole.replace(/[.,]/g, ''), number.slice(at + 1)) : undefined;
  }
  const at = Math.max(comma, point);
  const isSingle = number.indexOf(comma === -1 ? '.' : ',') === at;
  const groups = isSingle ? comma !== -1 && /^[1-9]\d{0,2},\d{3}$/.test(number) : BY_THREE.test(number);
  if (groups) return number.replace(/[.,]/g, '');
  return isSingle ? joined(number.slice(0, at), number.slice(at + 1)) : undefined;
}

const joined = (whole: string, fraction: string): string | undefined =>
  /^\d*$/.test(fraction) && whole + fraction !== ''
    ? `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`
    : undefined;

/** A number of a number or text; undefined when it is neither finite nor readable. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const decimal = readDecimal(value);
  return decimal === undefined || decimal.currency !== undefined ? undefined : Number(decimal.digits);
}
