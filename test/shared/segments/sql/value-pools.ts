import fc from 'fast-check';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The moment around which histories lie and as of which segments are asked for: a March 1 of a common year. */
export const NOW = Date.parse('2027-03-01T10:00:00.000Z');

/** Lengths of time in windows; histories have events just at and beside their ends. */
export const durations = [
  { minutes: 5 },
  { minutes: 90 },
  { hours: 1 },
  { hours: 12 },
  { hours: 36 },
  { days: 1 },
  { days: 3 },
  { days: 7 },
  { days: 30 },
  { days: 90 },
] as const;

export const durationMs = (duration: { days?: number; hours?: number; minutes?: number }): number =>
  (duration.days ?? 0) * DAY + (duration.hours ?? 0) * HOUR + (duration.minutes ?? 0) * MINUTE;

/** Moments as of which segments are asked for. */
export const moments = [NOW, NOW + 1, NOW - DAY, NOW + 2 * HOUR, Date.parse('2027-03-01T00:00:00.000Z'), NOW + 8 * DAY];

/** Texts that collide, nearly collide, or have special meaning in SQL, JSON or patterns. */
export const texts = [
  'gold',
  'Gold',
  'silver',
  'golden',
  "o'brien",
  '"quoted"',
  'a\\b',
  '100%_',
  'näïve',
  'nai\u0308ve',
  '😀 smile',
  'line\nbreak',
  '5',
  'true',
  'null',
  '[1]',
  '{}',
  '2027-03-01',
  '2027-02-28T10:00:00.000Z',
  '2027-02-30',
  '2024-02-29',
  '1999-12-31T23:59:59Z',
  '0000-01-01',
  '2027-02-22T10:00:00.001Z',
  '2027-03-01T24:00:00Z',
] as const;

/** Those that most values are, so that many are equal. */
export const commonTexts = ['gold', 'silver', '2027-03-01'] as const;
export const commonNumbers = [5, 5.5, 20] as const;

export const numbers = [
  0,
  1,
  2,
  3,
  5,
  5.5,
  -1,
  0.1 + 0.2,
  0.3,
  19.9,
  20,
  1e-5,
  0.00005,
  1e9,
  1e9 + 0.5,
  1e21,
  -19.9,
] as const;

export const lists = [
  [],
  ['gold'],
  ['gold', 'silver'],
  [5, '5'],
  ['gold', 5, null, true, { a: 1 }],
  [null],
  [['gold']],
] as const;

const objects = [
  {},
  { city: 'gold' },
  { city: 'silver', zip: 5 },
  { city: null },
  { city: { name: 'gold' } },
  { 0: 'gold', '-1': 5 },
  { city: 'Gold', since: '2027-03-01' },
] as const;

/** What properties and traits hold. */
export const jsonValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>(...commonTexts, ...commonNumbers) },
  { weight: 4, arbitrary: fc.constantFrom<unknown>(...texts) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(...numbers) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(...lists) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(...objects) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(true, false, null) },
);

/** Names of properties and traits, and ways into them. */
export const names = ['plan', 'score', 'nämé x', 'address', '0'] as const;
export const paths = [
  'plan',
  'score',
  'nämé x',
  'address.city',
  'address.city.name',
  'address.0',
  'address.-1',
  '0',
] as const;

export const eventNames = [
  'Product Viewed',
  'Product Added',
  'Order Completed',
  'Order Updated',
  'Order Cancelled',
  'Order Refunded',
  "Weird 'näme'; --",
  'Page Viewed',
  'Identify',
] as const;

export const currencies = ['EUR', 'USD', 'XXX'] as const;
export const purposes = ['email', 'ads "x"', '0', 'marketing'] as const;

/** A value as it stands in JSON, of any keys. */
export type Written = Record<string, unknown>;

/** Without what is undefined, as JSON has it. */
export const plain = (value: Written): Written => JSON.parse(JSON.stringify(value));

export const anyOf = <T>(values: readonly T[]) => fc.constantFrom(...values);
/** Mostly one of the common values. */
export const mostly = <T>(common: readonly T[], all: readonly T[]) =>
  fc.oneof({ weight: 2, arbitrary: anyOf(common) }, { weight: 1, arbitrary: anyOf(all) });
export const duration = mostly(durations.slice(-4), durations);
export const text = mostly(commonTexts, texts);
export const number = mostly(commonNumbers, numbers);
export const some = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: 1, maxLength: 3 });
export const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
