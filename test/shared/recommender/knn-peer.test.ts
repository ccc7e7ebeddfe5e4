import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Scorer } from '../../../shared/recommender/score.ts';
import { type Interaction, ItemKnn } from '../../bench/knn-peer.ts';
import { someItems, someNeighbours, someParameters } from './small-models.ts';

const size = { people: 8, items: 10, neighbours: 10 };
const someInteractions = fc.array(fc.tuple(fc.nat(7), fc.nat(9)), { maxLength: 40 });

it('the peer of benches weighs by plain cosine, and recommends what a person has not', () => {
  // 0 is of three people, 1 of two, 2 of one: cos(0, 1) = 2 / √6, cos(0, 2) = 1 / √3, cos(1, 2) = 1 / √2.
  const interactions: Interaction[] = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
    [1, 2],
    [1, 2],
    [2, 0],
  ];

  const knn = new ItemKnn(interactions, { people: 3, items: 3, neighbours: 2 });

  expect(knn.neighbours[0]).toEqual([
    [1, 2 / Math.sqrt(6)],
    [2, 1 / Math.sqrt(3)],
  ]);
  expect(knn.neighbours[2]).toEqual([
    [1, 1 / Math.sqrt(2)],
    [0, 1 / Math.sqrt(3)],
  ]);
  expect(knn.recommend(2, 5)).toEqual([1, 2]);
  expect(knn.recommend(1, 5)).toEqual([]);
});

it('our scores of its neighbours are its own, as far as neighbours lead', () => {
  fc.assert(
    fc.property(someInteractions, fc.nat(7), (interactions, person) => {
      const knn = new ItemKnn(interactions, size);
      const own = [...new Set(interactions.filter(([other]) => other === person).map(([, item]) => item))];
      const scorer = new Scorer(
        someItems(new Array(10).fill(0)),
        someParameters({ collaborative: 1, content: 0, popularity: 0 }),
      );

      const scored = scorer.score(
        own.map((item) => ({ item, weight: 1 })),
        (item) => ({ collaborative: someNeighbours(knn.neighbours[item] ?? []), content: someNeighbours([]) }),
        (item) => own.includes(item),
        10,
      );

      const related = scored.filter(({ parts }) => parts.collaborative > 0).map(({ item }) => item);
      expect(new Set(related)).toEqual(new Set(knn.recommend(person, 10)));
    }),
  );
});
