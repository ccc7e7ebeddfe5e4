import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random, streamOf } from '../../../../infra/local/demo/random.ts';

const draws = (random: Random, count = 20_000) => Array.from({ length: count }, () => random.next());
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('Random', () => {
  it('draws the same from the same seed, and otherwise from another', () => {
    expect(draws(new Random('a'), 50)).toEqual(draws(new Random('a'), 50));
    expect(draws(new Random('a'), 50)).not.toEqual(draws(new Random('b'), 50));
    expect(draws(streamOf('1', 'life', 23), 5)).not.toEqual(draws(streamOf('1', 'life', 2, 3), 5));
  });

  it('is uniform in [0, 1) for any seed', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const values = draws(new Random(seed), 4000);
        expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...values)).toBeLessThan(1);
        for (let tenth = 0; tenth < 10; tenth += 1) {
          expect(values.filter((value) => Math.floor(value * 10) === tenth).length).toBeGreaterThan(300);
        }
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  it('keeps the means of its distributions', () => {
    const random = new Random('means');
    const many = (draw: () => number) => mean(Array.from({ length: 20_000 }, draw));
    expect(many(() => random.poisson(3.5))).toBeCloseTo(3.5, 1);
    expect(many(() => random.exponential(2))).toBeCloseTo(2, 1);
    expect(many(() => random.normal())).toBeCloseTo(0, 1);
    expect(many(() => random.weighted([1, 0, 3]))).toBeCloseTo(1.5, 1);
  });

  it('shuffles without losing an item, and makes version 4 UUIDs', () => {
    const random = new Random('x');
    expect(random.shuffled([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
