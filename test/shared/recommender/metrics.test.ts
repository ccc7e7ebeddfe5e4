import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Measurement, type Ranked, tiesAgainstUs } from '../../../shared/recommender/metrics.ts';
import type { Quality } from '../../../shared/recommender/model.ts';
import vectors from '../../vectors/recommender-metrics.json' with { type: 'json' };

interface Given {
  readonly k: number;
  readonly people: number;
  readonly peopleOf: readonly number[];
  /** Per person: the ranked items, or `[item, score]`, and what is relevant. */
  readonly lists: readonly (readonly [readonly (number | readonly [number, number])[], readonly number[]])[];
}

const rankedOf = (each: number | readonly [number, number]): Ranked =>
  typeof each === 'number' ? { item: each } : { item: each[0], score: each[1] };

describe('quality', () => {
  it.each(vectors as unknown as [string, Given, Partial<Quality>][])('%s', (_, given, expected) => {
    const measurement = new Measurement(given.k, given);
    for (const [list, relevant] of given.lists) measurement.add(list.map(rankedOf), new Set(relevant));

    const quality = measurement.quality();

    for (const [name, value] of Object.entries(expected))
      expect.soft([name, quality[name as keyof Quality]]).toEqual([name, expect.closeTo(value, 6)]);
  });

  it('is never better for ties than for any order of them', () => {
    const list = fc.uniqueArray(fc.record({ item: fc.nat(20), score: fc.nat(3) }), { selector: ({ item }) => item });
    fc.assert(
      fc.property(list, fc.uniqueArray(fc.nat(20)), fc.nat(10), (unsorted, some, k) => {
        const relevant = new Set(some);
        const sorted = [...unsorted].sort((one, other) => other.score - one.score);
        const of = (ranked: readonly Ranked[]) => {
          const measurement = new Measurement(k + 1, { people: 1, peopleOf: [] });
          measurement.add(ranked, relevant);
          return measurement.quality();
        };
        const [ours, other] = [of(sorted), of(sorted.map(({ item }) => ({ item })))];
        for (const name of ['recall', 'ndcg', 'hitRate', 'map'] as const)
          expect(ours[name]).toBeLessThanOrEqual(other[name]);
      }),
    );
  });

  it('is between 0 and 1', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(20)),
        fc.uniqueArray(fc.nat(20)),
        fc.integer({ min: 1, max: 10 }),
        (items, relevant, k) => {
          const measurement = new Measurement(k, { people: 1, peopleOf: new Array(21).fill(1) });
          measurement.add(
            items.map((item) => ({ item })),
            new Set(relevant),
          );
          const { novelty, ...shares } = measurement.quality();
          for (const share of Object.values(shares)) {
            expect(share).toBeGreaterThanOrEqual(0);
            expect(share).toBeLessThanOrEqual(1 + 1e-12);
          }
          expect(novelty).toBe(0);
        },
      ),
    );
  });
});

describe('ties', () => {
  it('put relevant items last, and leave items of other scores and without one in their places', () => {
    const list: Ranked[] = [
      { item: 1, score: 2 },
      { item: 2, score: 1 },
      { item: 3, score: 1 },
      { item: 4 },
      { item: 5 },
    ];
    expect(tiesAgainstUs(list, new Set([1, 2, 4])).map(({ item }) => item)).toEqual([1, 3, 2, 4, 5]);
  });
});
