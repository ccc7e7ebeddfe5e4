import { expect, test } from 'vitest';
import { UsageError } from '../../../../infra/local/errors.ts';
import { parseCommandLine, replayOf } from '../../../../infra/local/torture/command-line.ts';

test('takes a seed by chance, and prints the command that runs the same again', () => {
  const options = parseCommandLine(['--events', '2_000', '--kill-every', '50']);
  expect(options).toMatchObject({ events: 2_000, killEvery: 50, faults: 0.1, restarts: 2 });
  if (options === undefined) throw new Error('There are no options.');
  const [, again = ''] = replayOf(options).split(' -- ');
  expect(parseCommandLine(again.split(' '))).toEqual(options);
});

test.each([
  ['--events', '10'],
  ['--events', '1e3.5'],
  ['--faults', '0.9'],
  ['--restarts', '1'],
  ['--kill-every', '0.5'],
  ['--keep', ''],
  ['--speed', '1'],
])('refuses %s %s', (name, value) => {
  expect(() => parseCommandLine([`${name}=${value}`])).toThrow(UsageError);
});

test('help is no run', () => {
  expect(parseCommandLine(['--help'])).toBeUndefined();
});
