import { expect, test } from 'vitest';
import { UsageError } from '../../../../infra/local/errors.ts';
import { parseCommandLine } from '../../../../infra/local/restore-drill/command-line.ts';

test('has a store of its own unless another is named', () => {
  expect(parseCommandLine([])).toEqual({ people: 120, seed: 'restore' });
  expect(parseCommandLine(['--people', '7', '--seed', 'x'])).toEqual({ people: 7, seed: 'x' });
  expect(parseCommandLine(['--help'])).toBeUndefined();
});

test.each([['--people', '0'], ['--people', 'many'], ['--peeple', '5'], ['stray']])('refuses %s %s', (...args) => {
  expect(() => parseCommandLine(args)).toThrow(UsageError);
});
