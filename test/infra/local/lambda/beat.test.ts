import { expect, test } from 'vitest';
import { beatOf } from '../../../../infra/local/lambda/beat.ts';

const at = (iso: string) => Date.parse(iso);

/** The next moments from a Saturday on. */
function nextOf(expression: string, count = 2, timeZone = 'UTC'): string[] {
  const start = at('2026-02-28T10:20:30Z');
  const beat = beatOf(expression, timeZone, start);
  const moments: number[] = [];
  for (let after: number | undefined = start; moments.length < count; moments.push(after)) {
    after = beat(after);
    if (after === undefined) break;
  }
  return moments.map((moment) => new Date(moment).toISOString().replace('.000', ''));
}

test.each([
  ['rate(1 minute)', ['2026-02-28T10:21:30Z', '2026-02-28T10:22:30Z']],
  ['rate(5 minutes)', ['2026-02-28T10:25:30Z', '2026-02-28T10:30:30Z']],
  ['rate(1 hour)', ['2026-02-28T11:20:30Z', '2026-02-28T12:20:30Z']],
  ['rate(7 days)', ['2026-03-07T10:20:30Z', '2026-03-14T10:20:30Z']],
  ['cron(15 10 * * ? *)', ['2026-03-01T10:15:00Z', '2026-03-02T10:15:00Z']],
  ['cron(0/15 * * * ? *)', ['2026-02-28T10:30:00Z', '2026-02-28T10:45:00Z']],
  ['cron(21/30 * * * ? *)', ['2026-02-28T10:21:00Z', '2026-02-28T10:51:00Z']],
  ['cron(0 8 ? * 2 *)', ['2026-03-02T08:00:00Z', '2026-03-09T08:00:00Z']],
  ['cron(0 8 ? * SUN *)', ['2026-03-01T08:00:00Z', '2026-03-08T08:00:00Z']],
  ['cron(0 8 ? * 1 *)', ['2026-03-01T08:00:00Z', '2026-03-08T08:00:00Z']],
  ['cron(0 8 1 * ? *)', ['2026-03-01T08:00:00Z', '2026-04-01T08:00:00Z']],
  ['cron(0 8 L * ? *)', ['2026-03-31T08:00:00Z', '2026-04-30T08:00:00Z']],
  ['cron(0 8 ? JAN 2#1 2027-2028)', ['2027-01-04T08:00:00Z', '2028-01-03T08:00:00Z']],
  ['cron(0 8 1 1 ? 2025)', []],
])('%s', (expression, expected) => {
  expect(nextOf(expression)).toEqual(expected);
});

test('reads a cron expression in its time zone', () => {
  expect(nextOf('cron(0 9 * * ? *)', 1, 'America/New_York')).toEqual(['2026-02-28T14:00:00Z']);
});

test('keeps the beat of a rate whenever it is asked', () => {
  const beat = beatOf('rate(1 minute)', 'UTC', at('2026-02-28T10:20:30Z'));
  expect(beat(at('2026-02-28T10:59:29Z'))).toBe(at('2026-02-28T10:59:30Z'));
  expect(beat(at('2026-02-28T10:59:30Z'))).toBe(at('2026-02-28T11:00:30Z'));
});

test.each([
  ['rate(1 minutes)', 'is not of the form rate(1 minute)'],
  ['rate(5 minute)', 'is not of the form'],
  ['rate(0 minutes)', 'is not of the form'],
  ['rate(5 seconds)', 'is not of the form'],
  ['at(2026-01-01T00:00:00)', 'is neither rate(...) nor cron(...)'],
  ['cron(0 8 * * ?)', 'has 5 fields where six are needed'],
  ['cron(0 8 * * * *)', "needs a '?' for the day of the month or for the day of the week"],
  ['cron(61 8 * * ? *)', ''],
])('refuses %s', (expression, reason) => {
  expect(() => beatOf(expression, 'UTC', 0)).toThrow(reason);
});
