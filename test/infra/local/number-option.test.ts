import { expect, test } from 'vitest';
import { numberOption, wholeOption } from '../../../infra/local/number-option.ts';

test.each([
  ['100', 100],
  ['10_000', 10_000],
  ['1e6', 1_000_000],
])('%s is a whole number', (text, expected) => {
  expect(wholeOption('events', text, 100, 1_000_000)).toBe(expected);
});

test.each(['', '_', '99', '1000001', '100.5', '0x100', '-100', ' 100', 'many'])(
  '%j is told, with what is taken',
  (text) => {
    expect(() => wholeOption('events', text, 100, 1_000_000)).toThrow(
      `--events takes a whole number from 100 to 1,000,000, not '${text}'.`,
    );
  },
);

test('a share has a point, and bounds', () => {
  expect([numberOption('faults', '0.25', 0, 0.5), numberOption('faults', '1e-7', 0, 0.5)]).toEqual([0.25, 1e-7]);
  for (const text of ['', '.', '0.51', '0,25'])
    expect(() => numberOption('faults', text, 0, 0.5)).toThrow('to 0.5, not');
});
