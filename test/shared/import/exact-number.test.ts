import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  add,
  compare,
  digitsOf,
  exactly,
  multiply,
  plainNumber,
  readNumber,
} from '../../../shared/import/exact-number.ts';

const digits = (text: string, decimal?: '.' | ',') => {
  const number = readNumber(text, decimal);
  return number && digitsOf(number);
};

test.each<[string, '.' | ',', string | undefined]>([
  ['12.50', '.', '12.5'],
  ['-0.005', '.', '-0.005'],
  ['+7', '.', '7'],
  ['1,299.00', '.', '1299'],
  ["1'299'000", '.', '1299000'],
  ['1e-05', '.', '0.00001'],
  ['1.5E3', '.', '1500'],
  ['.5', '.', '0.5'],
  ['17850.0', '.', '17850'],
  ['1.299,50', ',', '1299.5'],
  ['1 299,5', ',', '1299.5'],
  ['1,29', '.', undefined],
  ['1.299.000', '.', undefined],
  ['12.5', ',', undefined],
  ['six', '.', undefined],
  ['', '.', undefined],
  ['.', '.', undefined],
  ['1e999', '.', undefined],
  ['0x10', '.', undefined],
  ['1'.repeat(61), '.', undefined],
])('reads %s with the decimal sign %s as %s', (text, decimal, expected) => {
  expect(digits(text, decimal)).toBe(expected);
});

const money = fc.integer({ min: -1e9, max: 1e9 }).map((units) => ({ units, text: (units / 1e4).toFixed(4) }));

test('sums and products are those of whole numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(money, fc.integer({ min: -1000, max: 1000 })), { maxLength: 50 }), (lines) => {
      const exact = lines.map(([price, quantity]) =>
        multiply(readNumber(price.text) ?? exactly(Number.NaN), exactly(quantity)),
      );
      const sum = exact.reduce(add, exactly(0));
      const expected = lines.reduce((total, [price, quantity]) => total + BigInt(price.units) * BigInt(quantity), 0n);
      expect(compare(sum, { units: expected, scale: 4 })).toBe(0);
    }),
  );
});

test('leaves as a number what a double holds, and as digits what it does not', () => {
  expect(plainNumber(readNumber('0.1') ?? exactly(0))).toBe(0.1);
  expect(plainNumber(readNumber('900719925474099.1234') ?? exactly(0))).toBe('900719925474099.1234');
});
