import type { Money } from '../../schemas/event/money.ts';
import { MONEY_SCALE } from '../../schemas/event/vocabulary.ts';
import { readDecimal } from './decimal.ts';

const PLAIN_DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * Money of an amount in currency units, exactly: by the decimal digits of the number or text, rounded half away from
 * zero to 1/10,000. Undefined when it is not an amount or lies beyond ±9×10¹¹.
 */
export function moneyOf(amount: number | string): Money | undefined {
  if (typeof amount === 'number') return moneyOfNumber(amount);
  const decimal = readDecimal(amount);
  return decimal === undefined ? undefined : moneyOfDigits(decimal.digits);
}

/** A number that a decimal with four places reads as needs no digits; anything else is rounded by its own digits. */
function moneyOfNumber(amount: number): Money | undefined {
  const rounded = Math.round(amount * MONEY_SCALE);
  if (!Number.isSafeInteger(rounded)) return undefined;
  return rounded / MONEY_SCALE === amount ? rounded + 0 : moneyOfDigits(String(amount));
}

/** Reads `-1299.00`; numbers below 10⁻⁶, which JavaScript writes with an exponent, are zero. */
export function moneyOfDigits(digits: string): Money | undefined {
  const match = PLAIN_DECIMAL.exec(digits);
  if (match === null) return /e-\d+$/.test(digits) ? 0 : undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const places = fraction.slice(0, 4).padEnd(4, '0');
  const roundUp = fraction.charCodeAt(4) >= 53 ? 1 : 0;
  const units = Number(whole + places) + roundUp;
  if (!Number.isSafeInteger(units)) return undefined;
  return sign === '-' && units !== 0 ? -units : units;
}

/** Currency units of an amount of money, for people to read. */
export const amountOf = (money: Money): number => money / MONEY_SCALE;

/** Money times a quantity, rounded half away from zero; undefined when it is too large to be exact. */
export function timesQuantity(price: Money, quantity: number): Money | undefined {
  const simple = price * quantity;
  if (Number.isInteger(quantity)) return Number.isSafeInteger(simple) ? simple + 0 : undefined;
  const parts = moneyOfNumber(quantity);
  if (parts === undefined) return undefined;
  const product = BigInt(price) * BigInt(parts);
  const half = BigInt(MONEY_SCALE / 2);
  const rounded = Number((product < 0n ? product - half : product + half) / BigInt(MONEY_SCALE));
  return Number.isSafeInteger(rounded) ? rounded : undefined;
}
