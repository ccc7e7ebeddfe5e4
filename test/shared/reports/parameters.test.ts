import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reports } from '../../../schemas/report/reports.ts';
import { givenAgain } from '../../../shared/reports/parameter-values.ts';
import { issuesOf, reportOf, valuesOf } from './read.ts';

const traffic = reportOf('traffic');
const funnel = reportOf('funnel');

describe('defaults', () => {
  test('are the last thirty days up to today, by UTC', () => {
    const { applied, from, until } = valuesOf(traffic);
    expect(applied).toEqual({ from: '2026-06-01', to: '2026-06-30', period: 'day', segment: null, channel: null });
    expect(from).toBe(Date.parse('2026-06-01T00:00:00Z'));
    expect(until).toBe(Date.parse('2026-07-01T00:00:00Z'));
  });

  test('end with the day that is named, which may be long ago', () => {
    expect(valuesOf(traffic, { to: ['2025-03-01'] }).applied).toMatchObject({ from: '2025-01-31', to: '2025-03-01' });
  });

  test('take the currency of the stage', () => {
    expect(valuesOf(reportOf('revenue'), {}, 'CHF').applied.currency).toBe('CHF');
  });

  test.each(reports.map((report) => [report.name, report] as const))('%s needs nothing to be given', (_, report) => {
    expect(issuesOf(report, {})).toEqual([]);
  });
});

test.each<[Record<string, string[]>, string, RegExp]>([
  [{ from: ['2026-02-30'] }, 'from', /is "2026-02-30", which is no day: give YYYY-MM-DD/],
  [{ from: ['1999-01-01'] }, 'from', /is "1999-01-01", which is no day/],
  [{ to: ['tomorrow'] }, 'to', /is "tomorrow"/],
  [{ to: [''] }, 'to', /is ""/],
  [{ from: ['2026-06-02'], to: ['2026-06-01'] }, 'from', /is 2026-06-02, which is after to, 2026-06-01/],
  [{ from: ['2024-01-01'], to: ['2026-06-30'] }, 'from', /912 days up to 2026-06-30: ask for at most 731/],
  [{ from: ['2026-06-01', '2026-06-02'] }, 'from', /is given 2 times: give it once/],
  [{ channel: ['television'] }, 'channel', /is "television": give one of paid, email, social/],
  [{ channel: ['on_site'] }, 'channel', /is "on_site"/],
  [{ period: ['year'] }, 'period', /is "year": give one of day, week, month/],
  [{ segment: ['No Such'] }, 'segment', /is "No Such", which is no id of a segment: GET \/v1\/segments lists them/],
  [{ colour: ['red'] }, 'colour', /is no parameter of the report traffic, which takes from, to, period, segment/],
])('says of %j what is wrong with %s', (given, path, message) => {
  expect(issuesOf(traffic, given)).toEqual([{ path, message: expect.stringMatching(message) }]);
});

test.each<[string, Record<string, string[]>, string, RegExp]>([
  ['revenue', { currency: ['eur'] }, 'currency', /is "eur", which is no ISO 4217 code/],
  ['pages', { limit: ['0'] }, 'limit', /is "0": give a whole number from 1 to 1000/],
  ['pages', { limit: ['1e2'] }, 'limit', /whole number/],
  ['products', { category: [''] }, 'category', /is empty: give a text, or leave it out/],
  ['products', { category: ['x'.repeat(257)] }, 'category', /has 257 characters: give at most 256/],
  ['products', { brand: ['a\0b'] }, 'brand', /holds a character that no text can hold/],
  ['products', { brand: ['\ud800'] }, 'brand', /holds a character that no text can hold/],
  ['funnel', { steps: ['Product Viewed'] }, 'steps', /has 1 name: give 2 to 8/],
  ['funnel', { steps: ['a,b,c,d,e,f,g,h,i'] }, 'steps', /has 9 names/],
  ['funnel', { steps: ['a,,b'] }, 'steps', /holds an empty name/],
])('says of %s with %j what is wrong with %s', (name, given, path, message) => {
  expect(issuesOf(reportOf(name), given)).toEqual([{ path, message: expect.stringMatching(message) }]);
});

test('tells all that is wrong at once', () => {
  const issues = issuesOf(traffic, { from: ['x'], channel: ['y'], colour: ['z'] });
  expect(issues.map(({ path }) => path).sort()).toEqual(['channel', 'colour', 'from']);
});

test('reads names from one text with commas, or from a repeated parameter with commas in them', () => {
  expect(valuesOf(funnel, { steps: ['Product Viewed, Order Completed'] }).applied.steps).toEqual([
    'Product Viewed',
    'Order Completed',
  ]);
  expect(valuesOf(funnel, { steps: ['Red, green', 'Blue'] }).applied.steps).toEqual(['Red, green', 'Blue']);
});

test('reads what was applied as the same again', () => {
  const given = fc.record(
    {
      from: fc.constantFrom(['2026-01-01'], ['2025-12-31']),
      to: fc.constantFrom(['2026-06-30'], ['2026-02-28']),
      steps: fc.array(fc.stringMatching(/^[A-Z][a-z ,]{0,8}[a-z]$/), { minLength: 2, maxLength: 8 }),
      hours: fc.integer({ min: 1, max: 2160 }).map((hours) => [String(hours)]),
      segment: fc.constantFrom(['vip'], ['tags:Tents & more']),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(given, (some) => {
      const first = valuesOf(funnel, some);
      expect(valuesOf(funnel, givenAgain(JSON.stringify(first.applied)))).toEqual(first);
    }),
  );
});
