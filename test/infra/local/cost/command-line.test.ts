import { expect, test } from 'vitest';
import { parseCommandLine } from '../../../../infra/local/cost/command-line.ts';

test('takes the events of the profile unless it is told how many', () => {
  expect(parseCommandLine(['--profile', 'medium'])?.traffic.events).toBe(30_000_000);
  expect(parseCommandLine(['--profile', 'medium', '--events', '1_000_000'])?.traffic.events).toBe(1_000_000);
});

test('help asks for nothing else', () => {
  expect(parseCommandLine(['--help'])).toBeUndefined();
});

test.each([
  [['--profile', 'huge'], "--profile takes small, medium, large, not 'huge'."],
  [['--events', 'many'], "--events takes a whole number from 1,000 to 1,000,000,000,000, not 'many'."],
  [['--stage', 'nowhere'], "--stage takes local, dev, prod, steady, not 'nowhere'."],
  [['--cpu-factor', '0'], "--cpu-factor takes a number from 0.1 to 20, not '0'."],
  [['--sample', '1'], "--sample takes a whole number from 100 to 200,000, not '1'."],
])('%j is refused with the mend', (args, message) => {
  expect(() => parseCommandLine(args)).toThrow(message);
});

test('segments are all unless some are named, or none', () => {
  expect(parseCommandLine([])?.segments).toBeUndefined();
  expect(parseCommandLine(['--segments', 'none'])?.segments).toEqual([]);
  expect(parseCommandLine(['--segments', 'lifecycle-new, activity-high'])?.segments).toEqual([
    'lifecycle-new',
    'activity-high',
  ]);
});
