import { currencyCodes } from '../../schemas/event/currencies.ts';

const codes: ReadonlySet<string> = new Set(currencyCodes);

/** Signs and names that mean exactly one currency. */
const SIGNS: ReadonlyMap<string, string> = new Map([
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['US$', 'USD'],
  ['A$', 'AUD'],
  ['AU$', 'AUD'],
  ['C$', 'CAD'],
  ['CA$', 'CAD'],
  ['NZ$', 'NZD'],
  ['HK$', 'HKD'],
  ['S$', 'SGD'],
  ['NT$', 'TWD'],
  ['R$', 'BRL'],
  ['MX$', 'MXN'],
  ['₹', 'INR'],
  ['₩', 'KRW'],
  ['₽', 'RUB'],
  ['₺', 'TRY'],
  ['₴', 'UAH'],
  ['₫', 'VND'],
  ['₪', 'ILS'],
  ['₱', 'PHP'],
  ['₦', 'NGN'],
  ['฿', 'THB'],
  ['ZŁ', 'PLN'],
  ['KČ', 'CZK'],
  ['FT', 'HUF'],
  ['RMB', 'CNY'],
]);

/** Signs that several currencies share: they may stand beside a number, and tell nothing. */
const SHARED_SIGNS: ReadonlySet<string> = new Set(['$', '¥', 'KR', 'KR.', 'RS', 'RS.', 'FR', 'FR.']);

/** The ISO 4217 code of a code in any case, a sign or a name; undefined when there is none. */
export function currencyCode(text: string): string | undefined {
  if (codes.has(text)) return text;
  const upper = text.trim().toUpperCase();
  return codes.has(upper) ? upper : SIGNS.get(upper);
}

/** The currency that stands beside a number: its code, '' when the sign is shared by several, null when it is no currency. */
export function currencyOfSign(text: string): string | null {
  const upper = text.toUpperCase();
  return currencyCode(upper) ?? (SHARED_SIGNS.has(upper) ? '' : null);
}
