import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { condition } from '../../../schemas/segment/definition.ts';

const places: readonly [where: string, make: (text: string) => unknown][] = [
  ['a value', (value) => ({ type: 'trait', name: 'plan', op: 'equals', value })],
  ['a list', (value) => ({ type: 'trait', name: 'plan', op: 'in', value: ['pro', value] })],
  ['a pattern', (value) => ({ type: 'trait', name: 'plan', op: 'matches', value })],
  ['a path', (name) => ({ type: 'trait', name, op: 'exists' })],
  ['an event name', (event) => ({ type: 'event', event })],
  ['a salt', (salt) => ({ type: 'share', percent: 10, salt })],
  ['a purpose', (purpose) => ({ type: 'consent', purpose, is: 'granted' })],
];

test.each(places)('%s cannot hold what no query can: NUL, or half a character', (_, make) => {
  for (const text of ['a\0b', 'a\ud83d', '\ude00b']) {
    expect(z.safeParse(condition, make(text)).success).toBe(false);
  }
  expect(z.safeParse(condition, make('ab😀')).success).toBe(true);
});
