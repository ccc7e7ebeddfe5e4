/** Active codes of ISO 4217, with metals and funds left out. */
const CODES =
  'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG';

const codes: ReadonlySet<string> = new Set(CODES.split(' '));

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
