/** A decimal number, exact: `units` divided by 10 to the power of `scale`. */
export interface ExactNumber {
  readonly units: bigint;
  readonly scale: number;
}

/** Between whole numbers and fractions. */
export type DecimalSign = '.' | ',';

/** Digits, perhaps grouped by threes, and an exponent as spreadsheets write it. */
const withPoint = /^([+-]?)(\d{1,3}(?:[,'’ \u00a0\u202f]\d{3})+|\d+)?(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/;
const withComma = /^([+-]?)(\d{1,3}(?:[.'’ \u00a0\u202f]\d{3})+|\d+)?(?:,(\d*))?(?:[eE]([+-]?\d{1,2}))?$/;
const MAX_LENGTH = 60;

/** Reads a number as a file writes it; undefined for anything else. */
export function readNumber(text: string, decimal: DecimalSign = '.'): ExactNumber | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const match = (decimal === '.' ? withPoint : withComma).exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole.replace(/\D/g, '') + fraction;
  if (digits === '') return undefined;
  const units = BigInt(digits) * (sign === '-' ? -1n : 1n);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

export const exactly = (number: number): ExactNumber => readNumber(String(number)) ?? zero;
export const zero: ExactNumber = { units: 0n, scale: 0 };

export function add(one: ExactNumber, other: ExactNumber): ExactNumber {
  const scale = Math.max(one.scale, other.scale);
  return { units: unitsAt(one, scale) + unitsAt(other, scale), scale };
}

export const multiply = (one: ExactNumber, other: ExactNumber): ExactNumber => ({
  units: one.units * other.units,
  scale: one.scale + other.scale,
});

export const absolute = ({ units, scale }: ExactNumber): ExactNumber => ({ units: units < 0n ? -units : units, scale });

/** Below 0, 0 or above 0. */
export function compare(one: ExactNumber, other: ExactNumber): number {
  const { units } = add(one, { ...other, units: -other.units });
  return units < 0n ? -1 : units > 0n ? 1 : 0;
}

/** Digits without zeros that say nothing: `-12.5`. */
export function digitsOf({ units, scale }: ExactNumber): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? '' : digits.slice(-scale).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The number, or its digits where a double has too few: cleaning reads both. */
export function plainNumber(exact: ExactNumber): number | string {
  const digits = digitsOf(exact);
  const number = Number(digits);
  return String(number) === digits || compare(exactly(number), exact) === 0 ? number : digits;
}

const unitsAt = ({ units, scale }: ExactNumber, wanted: number): bigint => units * 10n ** BigInt(wanted - scale);
