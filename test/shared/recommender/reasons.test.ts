import { describe, expect, it } from 'vitest';
import { type ReasonFacts, reasonOf } from '../../../shared/recommender/reasons.ts';
import type { Scored } from '../../../shared/recommender/score.ts';

const together: Pick<Scored, 'parts' | 'how'> = {
  parts: { collaborative: 0.3, content: 0.1, popularity: 0.35 },
  how: 'collaborative',
};
const alike: Pick<Scored, 'parts' | 'how'> = { ...together, how: 'content' };
const loved: Pick<Scored, 'parts' | 'how'> = {
  parts: { collaborative: 0.1, content: 0.1, popularity: 0.3 },
  how: 'collaborative',
};
const popular: Pick<Scored, 'parts' | 'how'> = {
  parts: { collaborative: 0, content: 0, popularity: 1 },
  how: undefined,
};

describe('a reason', () => {
  it.each<[string, Pick<Scored, 'parts' | 'how'>, ReasonFacts, string]>([
    ['what was viewed together', together, { because: 'Tent', trend: 0 }, 'viewed with Tent'],
    ['what was bought together', together, { because: 'Tent', isBought: true, trend: 1 }, 'bought with Tent'],
    ['likeness', alike, { because: 'Tent', isBought: true, trend: 0 }, 'like Tent'],
    ['popularity that contributed more', loved, { because: 'Tent', trend: 0 }, 'popular'],
    ['popularity in a category', popular, { category: 'Camping', trend: 1 }, 'popular in Camping'],
    ['a trend', popular, { trend: 0.5 }, 'trending'],
    ['popularity', popular, { trend: 0.49 }, 'popular'],
    ['popularity, where the cause has no name', together, { trend: 0 }, 'popular'],
  ])('names %s', (_, scored, facts, expected) => {
    expect(reasonOf(scored, facts)).toBe(expected);
  });
});
