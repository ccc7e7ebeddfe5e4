import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BestItems } from '../../../shared/recommender/best-items.ts';

it('keeps the best of many items, in the order of their scores, then of their places', () => {
  const scores = fc.array(fc.nat(9), { maxLength: 60 });
  const places = fc.shuffledSubarray(
    Array.from({ length: 60 }, (_, place) => place),
    { minLength: 60 },
  );
  fc.assert(
    fc.property(places, fc.array(fc.tuple(scores, fc.nat(70))), (places, rounds) => {
      const best = new BestItems(Uint32Array.from(places));
      for (const [scores, most] of rounds) {
        best.clear(most);
        for (const [item, score] of scores.entries()) if (best.takes(item, score)) best.add(item, score);
        const expected = scores
          .map((score, item) => ({ item, score, place: places[item] ?? 0 }))
          .sort((one, other) => other.score - one.score || one.place - other.place)
          .slice(0, most);
        expect(best.take()).toEqual(expected.map(({ item }) => item));
      }
    }),
  );
});
