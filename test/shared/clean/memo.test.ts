import { expect, test } from 'vitest';
import { memoized } from '../../../shared/clean/memo.ts';

/** A memo of at most three answers a generation that tells how often it computed. */
function counted() {
  const computed: string[] = [];
  const length = memoized((text: string) => {
    computed.push(text);
    return text.length;
  }, 3);
  return { computed, length };
}

test('computes an answer once', () => {
  const { computed, length } = counted();

  expect([length('a'), length('a'), length('a')]).toEqual([1, 1, 1]);
  expect(computed).toEqual(['a']);
});

test('forgets what was not asked for during a generation', () => {
  const { computed, length } = counted();

  for (const text of ['old', '1', '2', '3', '4', '5', '6', '7', 'old']) length(text);

  expect(computed.filter((text) => text === 'old')).toHaveLength(2);
});

test('keeps what is asked for again and again', () => {
  const { computed, length } = counted();

  for (const text of ['hot', '1', '2', 'hot', '3', '4', 'hot', '5', '6', 'hot']) length(text);

  expect(computed.filter((text) => text === 'hot')).toHaveLength(1);
});

test('does not keep long texts', () => {
  const { computed, length } = counted();
  const long = 'x'.repeat(1025);

  expect([length(long), length(long)]).toEqual([1025, 1025]);
  expect(computed).toHaveLength(2);
});
