import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PatternError, printPattern, readPattern } from '../../../schemas/segment/pattern.ts';
import { compilePattern } from '../../../shared/segments/pattern-matcher.ts';

const matches = (pattern: string, text: string) => compilePattern(readPattern(pattern))(text);

const piece = fc.constantFrom(
  'a',
  'b',
  'é',
  '🎿',
  '.',
  '\\d',
  '\\w',
  '\\s',
  '\\D',
  '[ab]',
  '[^a]',
  '[a-c\\d]',
  '\\.',
  '\\-',
  'ab',
);
const counted = fc
  .tuple(piece, fc.constantFrom('', '', '?', '*', '+', '{2}', '{1,2}', '{0,3}', '{2,}'))
  .map(([part, count]) => (count === '' ? part : `(?:${part})${count}`));
const sequence = fc.array(counted, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
const patterns = fc
  .tuple(fc.array(sequence, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '^'), fc.constantFrom('', '$'))
  .map(([options, start, end]) => `${start}(${options.join('|')})${end}`);
const texts = fc
  .array(fc.constantFrom('a', 'b', 'c', 'é', '🎿', '1', '.', '-', ' ', '\n'), { maxLength: 10 })
  .map((parts) => parts.join(''));

describe('a pattern', () => {
  it('finds what an engine of regular expressions finds', () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        const expected = new RegExp(pattern.replaceAll('\\-', '-'), 'u').test(text);
        expect(matches(pattern, text)).toBe(expected);
      }),
      { numRuns: 5_000 },
    );
  });

  it('means the same as printed for SQL', () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        const printed = printPattern(readPattern(pattern)).replace('\\A', '^').replace('\\z', '$');
        expect(new RegExp(printed, 'u').test(text)).toBe(matches(pattern, text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes time that grows with the text alone', () => {
    const holds = compilePattern(readPattern('a*a*a*a*b'));
    const started = process.cpuUsage();
    expect(holds('a'.repeat(200_000))).toBe(false);
    expect(process.cpuUsage(started).user).toBeLessThan(1_000_000);
  });

  it('forgets states when they become many, and goes on to find the same', () => {
    const holds = compilePattern(readPattern('[ab]{40}c'));
    let seed = 1;
    const text = Array.from({ length: 5_000 }, () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return 'ab '[seed % 3];
    });
    expect(holds(text.join(''))).toBe(false);
    expect(holds(`${text.join('')}${'ab'.repeat(20)}c`)).toBe(true);
  });

  it.each([
    ['(a+)+', 'repeats a group that holds a repetition or an alternative at character 1'],
    ['(a|b)*', 'repeats a group that holds a repetition or an alternative at character 1'],
    ['a**', 'repeats a repetition at character 3'],
    ['^*', 'repeats an anchor at character 1'],
    ['(a', 'has a ( without its ) at character 1'],
    ['a)', 'has a ) without its ( at character 2'],
    ['[a', 'has a [ without its ] at character 1'],
    ['[]', 'has an empty class at character 1'],
    ['[b-a]', 'has a range that does not ascend, in the class at character 1'],
    ['(?=a)', 'has a group of a kind that is not read at character 1: use ( ) or (?: )'],
    ['(a)\\1', 'has \\1, which is not read, at character 4'],
    ['\\p{L}', 'has \\p, which is not read, at character 1'],
    ['a{2', 'has a { that is no count at character 2: write \\{'],
    ['a{3,2}', 'has the count {3,2}: counts ascend, up to 100'],
    ['a{101}', 'has the count {101}: counts ascend, up to 100'],
    ['+a', 'has a + that belongs to nothing at character 1: write \\+'],
    ['a\\', 'ends with a \\'],
    ['a'.repeat(201), 'is longer than 200 characters'],
    ['a{100}'.repeat(11), 'spells out more than 1000 characters: lower its counts'],
  ])('refuses %s and says why', (pattern, message) => {
    expect(() => readPattern(pattern)).toThrow(new PatternError(message));
  });
});
