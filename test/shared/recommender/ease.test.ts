import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ease, gramOf } from '../../../shared/recommender/ease.ts';
import { invertSymmetric } from '../../../shared/recommender/symmetric-inverse.ts';

/** Gauss-Jordan with pivots, as in a textbook. */
function plainInverse(matrix: Float64Array, n: number): number[][] {
  const rows = Array.from({ length: n }, (_, row) => [
    ...matrix.subarray(row * n, (row + 1) * n),
    ...Array.from({ length: n }, (_, column) => (row === column ? 1 : 0)),
  ]);
  for (let pivot = 0; pivot < n; pivot++) {
    const best = rows.findIndex(
      (row, at) =>
        at >= pivot &&
        Math.abs(row[pivot] ?? 0) === Math.max(...rows.slice(pivot).map((each) => Math.abs(each[pivot] ?? 0))),
    );
    [rows[pivot], rows[best]] = [rows[best] ?? [], rows[pivot] ?? []];
    const by = rows[pivot]?.[pivot] ?? 1;
    rows[pivot] = (rows[pivot] ?? []).map((value) => value / by);
    for (const [at, row] of rows.entries()) {
      const factor = row[pivot] ?? 0;
      if (at !== pivot && factor !== 0)
        rows[at] = row.map((value, column) => value - factor * (rows[pivot]?.[column] ?? 0));
    }
  }
  return rows.map((row) => row.slice(n));
}

const someHistories = (items: number) =>
  fc.array(fc.uniqueArray(fc.nat(items - 1), { maxLength: 12 }), { maxLength: 30 });

describe('the inverse of a symmetric matrix', () => {
  it.each([1, 2, 3, 4, 5, 63, 64, 65, 130])('of %s rows is what a textbook finds', (n) => {
    fc.assert(
      fc.property(someHistories(n), fc.integer({ min: 1, max: 50 }), (histories, lambda) => {
        const gram = gramOf(histories, n);
        for (let item = 0; item < n; item++) gram[item * n + item] = (gram[item * n + item] ?? 0) + lambda;
        const expected = plainInverse(gram, n).flat();

        invertSymmetric(gram, n);

        const furthest = gram.reduce(
          (most, value, at) => Math.max(most, Math.abs(value - (expected[at] ?? Number.NaN))),
          0,
        );
        expect(furthest).toBeLessThan(1e-9);
      }),
      { numRuns: n > 60 ? 4 : 50 },
    );
  });

  it('reads the lower triangle only', () => {
    const matrix = Float64Array.of(4, Number.NaN, 2, 3);
    invertSymmetric(matrix, 2);
    expect([...matrix]).toEqual([3 / 8, -1 / 4, -1 / 4, 1 / 2].map((value) => expect.closeTo(value, 12)));
  });

  it('refuses a matrix that is not positive definite', () => {
    expect(() => invertSymmetric(Float64Array.of(1, 2, 2, 1), 2)).toThrow(/isn't positive definite at row 1/);
    expect(() => invertSymmetric(Float64Array.of(Number.NaN), 1)).toThrow(RangeError);
  });
});

describe('common people', () => {
  it('are counted for each pair of items, once a person', () => {
    expect([
      ...gramOf(
        [
          [0, 1],
          [1, 0, 1],
          [1, 2],
        ],
        3,
      ),
    ]).toEqual([2, 2, 0, 2, 3, 1, 0, 1, 1]);
  });

  it('are not counted for more items than fit', () => {
    expect(() => gramOf([], 10_001)).toThrow('10001 items are too many for EASE: 10000 at most.');
  });
});

describe('EASE', () => {
  // G + I = [[3, 1], [1, 2]], P = [[2, -1], [-1, 3]] / 5: B(0, 1) = 1/3, B(1, 0) = 1/2.
  it('weighs as computed by hand', () => {
    const [first, second] = ease(Float64Array.of(2, 1, 1, 1), 2, { lambda: 1, neighbours: 5 });

    expect(first).toEqual({ items: Uint32Array.of(1), scores: Float32Array.of(1 / 3) });
    expect(second).toEqual({ items: Uint32Array.of(0), scores: Float32Array.of(1 / 2) });
  });

  // 0 and 2 are each had with 1, and never together: what speaks for 1 speaks against the other.
  it('keeps what an item speaks against, below 0', () => {
    const neighbours = ease(
      gramOf(
        [
          [0, 1],
          [0, 1],
          [1, 2],
          [1, 2],
        ],
        3,
      ),
      3,
      { lambda: 1, neighbours: 5 },
    );
    expect(neighbours.map(({ items }) => [...items])).toEqual([
      [1, 2],
      [0, 2],
      [1, 0],
    ]);
    expect(neighbours.map(({ scores }) => [...scores].map(Math.sign))).toEqual([
      [1, -1],
      [1, 1],
      [1, -1],
    ]);
  });

  it('keeps the weights of each item that are furthest from 0, the greatest first', () => {
    const options = { lambda: 2, neighbours: 12 };
    fc.assert(
      fc.property(someHistories(12), fc.nat(11), (histories, most) => {
        const all = ease(gramOf(histories, 12), 12, options);
        const few = ease(gramOf(histories, 12), 12, { ...options, neighbours: most });
        for (const [item, { items, scores }] of all.entries()) {
          const pairs = Array.from(items, (other, at): [number, number] => [other, scores[at] ?? 0]);
          const furthest = [...pairs]
            .sort(([one, a], [other, b]) => Math.abs(b) - Math.abs(a) || one - other)
            .slice(0, most)
            .map(([other]) => other);
          expect(few[item]?.items).toEqual(items.filter((other) => furthest.includes(other)));
          expect(few[item]?.scores).toEqual(scores.filter((_, at) => furthest.includes(items[at] ?? -1)));
          expect([...scores]).toEqual([...scores].sort((one, other) => other - one));
          expect(scores).not.toContain(0);
          expect(items).not.toContain(item);
        }
      }),
    );
  });

  it('weighs each pair as its formula says', () => {
    fc.assert(
      fc.property(someHistories(8), fc.integer({ min: 1, max: 20 }), (histories, lambda) => {
        const gram = gramOf(histories, 8);
        const regular = gram.map((value, at) => value + (at % 9 === 0 ? lambda : 0));
        const inverse = plainInverse(regular, 8);
        for (const [item, { items, scores }] of ease(gram, 8, { lambda, neighbours: 8 }).entries()) {
          for (const [place, other] of items.entries()) {
            expect(scores[place]).toBeCloseTo(-(inverse[item]?.[other] ?? 0) / (inverse[other]?.[other] ?? 0), 6);
          }
          const weights = inverse.map((row, other) =>
            other === item ? 0 : -(inverse[item]?.[other] ?? 0) / (row[other] ?? 0),
          );
          expect(items.length).toBeGreaterThanOrEqual(weights.filter((weight) => Math.abs(weight) > 1e-9).length);
        }
      }),
    );
  });
});
