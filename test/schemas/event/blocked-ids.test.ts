import { expect, test } from 'vitest';
import { blockedIds, isBlockedId } from '../../../schemas/event/blocked-ids.ts';
import vectors from '../../vectors/identity-blocked-ids.json' with { type: 'json' };

test.each(vectors as [string, string, boolean][])('%s', (_name, value, expected) => {
  expect(isBlockedId(value)).toBe(expected);
});

test('every listed value is blocked in any case', () => {
  for (const value of blockedIds) {
    expect([value, value.toUpperCase(), `"${value}"`].map(isBlockedId)).toEqual([true, true, true]);
  }
});

test('a long text is no placeholder, whatever it is made of', () => {
  expect(isBlockedId('0'.repeat(256))).toBe(false);
});
