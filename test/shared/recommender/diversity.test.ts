import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Described, diversify, likenessOf, traitsOf } from '../../../shared/recommender/diversity.ts';

interface Good {
  readonly name: string;
  readonly score: number;
  readonly category?: string;
}

const a: Good = { name: 'a', score: 1, category: 'Camping > Tents' };
const b: Good = { name: 'b', score: 0.9, category: 'Camping > Tents' };
const c: Good = { name: 'c', score: 0.5, category: 'Camping > Stoves' };
const d: Good = { name: 'd', score: 0.4, category: 'Shoes' };
const alike = (one: Described, other: Described) => likenessOf(traitsOf(one), traitsOf(other));
const names = (goods: readonly Good[]) => goods.map(({ name }) => name).join('');

const someGoods = fc
  .array(
    fc.record({
      name: fc.string(),
      score: fc.double({ min: 0, max: 1, noNaN: true }),
      category: fc.constantFrom('A', 'A > B', 'C'),
    }),
  )
  .map((goods) => goods.sort((one, other) => other.score - one.score));

describe('diversity', () => {
  // Likeness: a and b 0.75, either and c 0.75 · 2 / 4 = 0.375, d and others 0. At 0.4: a first; then b 0.54 - 0.3 = 0.24,
  // c 0.3 - 0.15 = 0.15, d 0.24 (after b); then c 0.15, d 0.24; at 0.5: b 0.45 - 0.375 = 0.075, c 0.25 - 0.1875 = 0.0625, d 0.2.
  it.each([
    [0, 'abcd'],
    [0.1, 'abcd'],
    [0.4, 'abdc'],
    [0.5, 'adbc'],
    [0.7, 'adcb'],
    [1, 'adcb'],
    [7, 'adcb'],
  ])('of %s orders as marginal relevance does', (diversity, expected) => {
    expect(names(diversify([a, b, c, d], 4, diversity, alike))).toBe(expected);
  });

  it('goes by scores in relation to the greatest', () => {
    const lower = [a, b, c, d].map((good) => ({ ...good, score: good.score / 1_000 }));
    expect(names(diversify(lower, 4, 0.5, alike))).toBe('adbc');
  });

  it('of 0 is the ranking itself', () => {
    fc.assert(
      fc.property(someGoods, fc.nat(20), (goods, n) => {
        expect(diversify(goods, n, 0, alike)).toEqual(goods.slice(0, n));
      }),
    );
  });

  it('chooses as many as there are, none twice, the best one first', () => {
    fc.assert(
      fc.property(someGoods, fc.nat(20), fc.double({ min: 0, max: 1, noNaN: true }), (goods, n, diversity) => {
        const chosen = diversify(goods, n, diversity, alike);
        expect(chosen).toHaveLength(Math.min(n, goods.length));
        expect(new Set(chosen).size).toBe(chosen.length);
        expect(chosen[0]).toBe(n > 0 ? goods[0] : undefined);
      }),
    );
  });

  it('leaves a ranking whose items are all unlike as it is', () => {
    fc.assert(
      fc.property(someGoods, fc.double({ min: 0, max: 0.99, noNaN: true }), (goods, diversity) => {
        const scores = (some: readonly Good[]) => some.map(({ score }) => score);
        expect(scores(diversify(goods, 9, diversity, () => 0))).toEqual(scores(goods.slice(0, 9)));
      }),
    );
  });
});

describe('likeness', () => {
  it.each([
    ['one category and brand', { category: 'A > B', brand: 'x' }, { category: 'A > B', brand: 'x' }, 1],
    ['one category', { category: 'A > B' }, { category: 'A > B' }, 0.75],
    ['one of two levels', { category: 'A > B' }, { category: 'A > C' }, 0.375],
    ['a level below', { category: 'A' }, { category: 'A > B' }, 0.5],
    ['levels of one name below others', { category: 'A > C' }, { category: 'B > C' }, 0],
    ['one brand', { category: 'A', brand: 'x' }, { category: 'B', brand: 'x' }, 0.25],
    ['no brand', { category: 'A', brand: '' }, { category: 'B', brand: '' }, 0],
    ['nothing known', {}, {}, 0],
  ])('of %s', (_, one, other, expected) => {
    expect(alike(one, other)).toBeCloseTo(expected, 12);
    expect(alike(other, one)).toBeCloseTo(expected, 12);
  });
});
