import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ItemNeighbours } from '../../../shared/recommender/model.ts';
import { type Scored, Scorer } from '../../../shared/recommender/score.ts';
import vectors from '../../vectors/recommender-scores.json' with { type: 'json' };
import { plainScore } from './plain-score.ts';
import { type Case, someCase, someCaseOfBothSigns, someItems, someNeighbours, someParameters } from './small-models.ts';

interface Given {
  readonly history: readonly (readonly [number, number])[];
  readonly leftOut?: readonly number[];
  readonly most?: number;
  readonly interests?: Record<string, number>;
}

const none = someNeighbours([]);
const known: readonly ItemNeighbours[] = [
  {
    collaborative: someNeighbours([
      [1, 0.5],
      [2, 0.25],
    ]),
    content: someNeighbours([[3, 0.5]]),
  },
  {
    collaborative: someNeighbours([
      [0, 0.5],
      [3, 0.125],
    ]),
    content: none,
  },
];
const items = someItems([1, 0.5, 0.25, 0], [0, 0, 1, 0]);
const blend = { collaborative: 0.5, content: 0.25, popularity: 0.25 };

const scoreOf = (given: Case, scorer = new Scorer(given.items, given.parameters)): readonly Scored[] =>
  scorer.score(
    given.history,
    (item) => given.neighbours[item],
    (item) => given.leftOut.has(item),
    given.most,
  );
const itemsOf = (scored: readonly Scored[]) => scored.map(({ item }) => item);
const everything = { most: 1_000, leftOut: new Set<number>() };

describe('a scorer', () => {
  it.each(vectors as unknown as [string, Given, unknown[]][])('%s', (_, given, expected) => {
    const scorer = new Scorer(items, someParameters(blend, { items: 2, orderDecay: 0.5 }));
    const { interests } = given;

    const scored = scorer.score(
      given.history.map(([item, weight]) => ({ item, weight })),
      (item) => known[item],
      (item) => given.leftOut?.includes(item) ?? false,
      given.most ?? 10,
      interests && ((item) => interests[item] ?? 0),
    );

    expect(scored.map(({ item, score, because, how }) => [item, score, because ?? null, how ?? null])).toEqual(
      expected,
    );
  });

  it.each([
    ['whatever the model, and the same when used again', someCase],
    ['where items speak against others, too', someCaseOfBothSigns],
  ])('scores as the formula says, %s', (_, cases) => {
    fc.assert(
      fc.property(fc.array(cases, { minLength: 1, maxLength: 3 }), ([first, ...others]) => {
        const model = first as Case;
        const scorer = new Scorer(model.items, model.parameters);
        const requests = [
          model,
          ...others.map((other) => ({
            ...model,
            history: other.history.filter(({ item }) => item < model.items.ids.length),
            most: other.most,
          })),
        ];
        for (const request of requests) {
          const expected = plainScore(request);
          const scored = scoreOf(request, scorer);
          expect(scored).toEqual(scoreOf(request));
          expect(scored.map(({ score }) => score)).toEqual(expected.map(({ score }) => expect.closeTo(score, 10)));
          // Equal scores may differ in their last bit: places are compared by what they are worth.
          const everyScore = new Map(plainScore({ ...request, ...everything }).map(({ item, score }) => [item, score]));
          for (const { item, score, parts } of scored) {
            expect(score).toBeCloseTo(everyScore.get(item) ?? Number.NaN, 10);
            expect(parts.collaborative + parts.content + parts.popularity).toBe(score);
          }
        }
      }),
    );
  });

  it('gives as many items as are asked for wherever the model has them, none twice, none that is left out', () => {
    fc.assert(
      fc.property(someCase, (given) => {
        const scored = itemsOf(scoreOf(given));
        expect(scored).toHaveLength(Math.min(given.most, given.items.ids.length - given.leftOut.size));
        expect(new Set(scored).size).toBe(scored.length);
        expect(scored.filter((item) => given.leftOut.has(item))).toEqual([]);
      }),
    );
  });

  it('keeps the order of the others when one more item is left out', () => {
    fc.assert(
      fc.property(someCase, fc.nat(24), (given, extra) => {
        const all = itemsOf(scoreOf({ ...given, most: 1_000 }));
        const fewer = itemsOf(scoreOf({ ...given, most: 1_000, leftOut: new Set([...given.leftOut, extra]) }));
        expect(fewer).toEqual(all.filter((item) => item !== extra));
      }),
    );
  });

  it('gives the first of what it would give more of', () => {
    fc.assert(
      fc.property(someCase, (given) => {
        expect(scoreOf(given)).toEqual(scoreOf({ ...given, most: 1_000 }).slice(0, given.most));
      }),
    );
  });

  it('scores a history of equal weights alike in any order, when order counts for nothing', () => {
    const shuffled = someCase.chain((given) =>
      fc.tuple(fc.constant(given), fc.shuffledSubarray([...given.history], { minLength: given.history.length })),
    );
    fc.assert(
      fc.property(shuffled, fc.double({ min: 0.01, max: 100, noNaN: true }), ([given, other], weight) => {
        const alike = {
          ...given,
          most: 1_000,
          parameters: { ...given.parameters, history: { items: 100, orderDecay: 1 } },
        };
        const scoresOf = (history: Case['history']) =>
          scoreOf({ ...alike, history: history.map(({ item }) => ({ item, weight })) }).map(({ item, score }) => [
            item,
            score,
          ]);
        expect(scoresOf(other)).toEqual(scoresOf(given.history));
      }),
    );
  });

  it('names the item of the history that contributed most, and how', () => {
    fc.assert(
      fc.property(someCase, (given) => {
        const { history: rule } = given.parameters;
        const alone = (place: number) => {
          const { item, weight } = given.history[place] ?? { item: 0, weight: 0 };
          return { item, weight: weight * rule.orderDecay ** place };
        };
        const whole = scoreOf(given);
        for (const { item, parts, because, how } of whole) {
          if (parts.collaborative + parts.content === 0) {
            expect([because, how]).toEqual([undefined, undefined]);
            continue;
          }
          const causes = given.history.slice(0, rule.items).map((_, place) => alone(place));
          const of = (kind: 'collaborative' | 'content', cause: { item: number; weight: number }) => {
            const list = given.neighbours[cause.item]?.[kind];
            return (list?.scores[list.items.indexOf(item)] ?? 0) * cause.weight;
          };
          const unit = (kind: 'collaborative' | 'content') =>
            parts[kind] / (causes.reduce((sum, cause) => sum + of(kind, cause), 0) || 1);
          const worths = causes.map(
            (cause) =>
              [of('collaborative', cause) * unit('collaborative'), of('content', cause) * unit('content')] as const,
          );
          const greatest = Math.max(...worths.map(([one, other]) => one + other));
          const fitting = causes.flatMap((cause, at) => {
            const [together, alike] = worths[at] ?? [0, 0];
            return cause.item === because && together + alike > greatest - 1e-9 ? [together - alike] : [];
          });
          expect(fitting.length).toBeGreaterThan(0);
          expect(fitting.some((lead) => Math.abs(lead) < 1e-9 || (how === 'collaborative') === lead > 0)).toBe(true);
        }
      }),
    );
  });

  it('passes over neighbours that the model has no item for', () => {
    const scorer = new Scorer(items, someParameters(blend));
    const foreign = {
      collaborative: someNeighbours([
        [9, 1],
        [1, 0.5],
      ]),
      content: none,
    };

    const scored = scorer.score(
      [{ item: 0, weight: 1 }],
      () => foreign,
      () => false,
      10,
    );

    expect(itemsOf(scored)).toEqual([1, 0, 2, 3]);
    expect(scored[0]?.parts.collaborative).toBe(0.5);
  });

  it('breaks ties by popularity, then by index', () => {
    const scorer = new Scorer(
      someItems([0.1, 0.3, 0.3, 0.2]),
      someParameters({ collaborative: 1, content: 0, popularity: 0 }),
    );
    const all = {
      collaborative: someNeighbours([
        [3, 0.5],
        [2, 0.5],
        [0, 0.5],
        [1, 0.5],
      ]),
      content: none,
    };

    const scored = scorer.score(
      [{ item: 0, weight: 1 }],
      () => all,
      () => false,
      3,
    );

    expect(itemsOf(scored)).toEqual([1, 2, 3]);
  });

  it('keeps popularity within interests while a history is known, too', () => {
    const scorer = new Scorer(items, someParameters(blend));

    const scored = scorer.score(
      [{ item: 0, weight: 1 }],
      (item) => known[item],
      () => false,
      10,
      (item) => (item === 2 ? 1 : 0),
    );

    const parts = new Map(scored.map(({ item, parts }) => [item, parts]));
    expect(parts.get(2)).toEqual({ collaborative: 0.25, content: 0, popularity: 0.25 });
    expect(parts.get(0)?.popularity).toBeCloseTo(0.25 * 0.04, 10);
  });

  it('answers from an empty model with nothing', () => {
    const scorer = new Scorer(someItems([]), someParameters(blend));
    expect(
      scorer.score(
        [{ item: 0, weight: 1 }],
        () => undefined,
        () => false,
        5,
      ),
    ).toEqual([]);
  });
});
