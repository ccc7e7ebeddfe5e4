import fc from 'fast-check';
import type {
  Blend,
  ItemNeighbours,
  ModelItems,
  ModelParameters,
  Neighbours,
} from '../../../shared/recommender/model.ts';
import type { HistoryItem } from '../../../shared/recommender/score.ts';

/** `[item, score]`, the closest first. */
export const someNeighbours = (pairs: readonly (readonly [number, number])[]): Neighbours => ({
  items: Uint32Array.from(pairs, ([item]) => item),
  scores: Float32Array.from(pairs, ([, score]) => score),
});

export const someItems = (popularity: readonly number[], trend: readonly number[] = []): ModelItems => ({
  ids: popularity.map((_, item) => `item-${item}`),
  popularity: Float32Array.from(popularity),
  trend: Float32Array.from(popularity, (_, item) => trend[item] ?? 0),
});

export const someParameters = (blend: Blend, history = { items: 100, orderDecay: 1 }): ModelParameters => ({
  exponents: { a: 0, b: 0.5, c: 0.5 },
  blend,
  history,
  neighbours: 400,
});

/** A small model, a history and what is left out; numbers are such that sums of them are exact. */
export interface Case {
  readonly items: ModelItems;
  readonly neighbours: readonly (ItemNeighbours | undefined)[];
  readonly parameters: ModelParameters;
  readonly history: readonly HistoryItem[];
  readonly leftOut: ReadonlySet<number>;
  readonly most: number;
}

const part = fc.integer({ min: 0, max: 64 }).map((share) => share / 64);

/** `scores` of neighbours are in units of 1/64; below 0 for what an item speaks against. */
const casesOf = (scores: fc.Arbitrary<number>): fc.Arbitrary<Case> =>
  fc.integer({ min: 1, max: 25 }).chain((count) => {
    const item = fc.nat(count - 1);
    const list = fc
      .uniqueArray(fc.tuple(item, scores), { selector: ([other]) => other, maxLength: 10 })
      .map((pairs) =>
        pairs.sort((one, other) => other[1] - one[1]).map(([other, score]) => [other, score / 64] as const),
      )
      .map(someNeighbours);
    const both: fc.Arbitrary<ItemNeighbours> = fc.record({ collaborative: list, content: list });
    const exactly = { minLength: count, maxLength: count };
    return fc.record({
      items: fc
        .tuple(fc.array(part, exactly), fc.array(part, exactly))
        .map(([popularity, trend]) => someItems(popularity, trend)),
      neighbours: fc.array(fc.option(both, { nil: undefined, freq: 5 }), exactly),
      parameters: fc
        .record({
          blend: fc.record({ collaborative: part, content: part, popularity: part }),
          items: fc.integer({ min: 1, max: 8 }),
          orderDecay: fc.constantFrom(0, 0.5, 0.75, 1),
        })
        .map(({ blend, ...history }) => someParameters(blend, history)),
      history: fc.array(fc.record({ item, weight: fc.nat(4) }), { maxLength: 10 }),
      leftOut: fc.uniqueArray(item).map((some) => new Set(some)),
      most: fc.nat(30),
    });
  });

const above = fc.integer({ min: 1, max: 64 });

export const someCase = casesOf(above);

/** Some of whose items speak against others. */
export const someCaseOfBothSigns = casesOf(fc.oneof(above, fc.integer({ min: -32, max: -1 })));
