import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Form, untuned } from '../../../../shared/recommender/training/form.ts';
import {
  allNeighboursSelect,
  isAddedOnce,
  neighboursSelect,
  weightsSelect,
} from '../../../../shared/recommender/training/neighbours-sql.ts';
import { packed, unpacked } from '../../../../shared/recommender/training/pack.ts';
import { beginTraining, nextAsk } from '../../../../shared/recommender/training/plan.ts';
import cases from '../../../vectors/recommender-pairs.json' with { type: 'json' };
import { type ATraining, aJob, aTraining, type Given } from './a-training.ts';

let training: ATraining;
beforeAll(async () => {
  training = await aTraining();
});
afterAll(() => training[Symbol.asyncDispose]());

/** Scores of all pairs under a form, as the plan's SQL gives them, by item or of all items at once. */
async function scores(rows: readonly Given[], form: Form, isOnce = false): Promise<Record<string, number>> {
  await training.give(rows);
  await training.prepare();
  const ids = await training.select("SELECT item_index, item_id FROM training_items WHERE run = 'r1'");
  const nameOf = new Map(ids.map(([index, id]) => [Number(index), id]));
  await training.unload('training_weights', weightsSelect('r1', isOnce ? { ...form, b: form.c } : form));
  const sql = isOnce ? allNeighboursSelect('r1', 100, form) : neighboursSelect('r1', 0, 1, 100, form);
  const found: Record<string, number> = {};
  for (const [item, , list = ''] of await training.select(sql)) {
    const neighbours = unpacked(JSON.parse(list ?? '[]') as number[]);
    for (const [at, neighbour] of neighbours.items.entries()) {
      found[`${nameOf.get(Number(item))} ${nameOf.get(neighbour)}`] = neighbours.scores[at] ?? 0;
    }
  }
  return found;
}

/** As close as numbers of 32 bits are. */
function expectClose(found: Record<string, number>, expected: Record<string, number>) {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [pair, score] of Object.entries(expected)) {
    expect(Math.abs((found[pair] ?? 0) - score), `${pair}: ${found[pair]}, expected ${score}`).toBeLessThanOrEqual(
      1e-6 * Math.max(1, Math.abs(score)),
    );
  }
}

test.each(cases.map((one) => [one.name, one] as const))('pairs by hand: %s', async (_, { rows, form, expected }) => {
  const whole = { ...untuned, ...form };
  for (const isOnce of isAddedOnce(1, whole) ? [false, true] : [false]) {
    const found = await scores(rows as unknown as Given[], whole, isOnce);
    expectClose(found, expected as unknown as Record<string, number>);
  }
});

/** The formula as it is written, one pair of a history after the other. */
function naive(rows: readonly Given[], form: Form): Record<string, number> {
  const histories = new Map<string, Map<string, { weight: number; last: number }>>();
  for (const [user, item, second, weight = 1] of rows) {
    const history = histories.get(user) ?? histories.set(user, new Map()).get(user);
    const known = history?.get(item) ?? { weight: 0, last: 0 };
    history?.set(item, { weight: known.weight + weight, last: Math.max(known.last, second ?? 0) });
  }
  const people = new Map<string, number>();
  for (const history of histories.values())
    for (const item of history.keys()) people.set(item, (people.get(item) ?? 0) + 1);
  const sums: Record<string, number> = {};
  for (const history of histories.values()) {
    const ordered = [...history].sort(([, one], [, other]) => other.last - one.last);
    for (const [i, [item, one]] of ordered.entries()) {
      for (const [j, [neighbour, other]] of ordered.entries()) {
        if (item === neighbour) continue;
        const order = Math.abs(i - j) ** -form.nearness * (j > i ? form.backward : 1);
        const weight = Math.log2(1 + one.weight) * Math.log2(1 + other.weight) * order;
        const share =
          history.size ** -form.a * (people.get(item) ?? 0) ** -form.b * (people.get(neighbour) ?? 0) ** -form.c;
        const pair = `${item} ${neighbour}`;
        sums[pair] = (sums[pair] ?? 0) + weight * share;
      }
    }
  }
  return sums;
}

test('the SQL is the formula, for any histories, weights, order and exponents', async () => {
  const exponent = fc.double({ min: -0.5, max: 2, noNaN: true });
  const form = fc.record({
    a: exponent,
    b: exponent,
    c: exponent,
    nearness: fc.double({ min: 0, max: 2, noNaN: true }),
    backward: fc.double({ min: 0.01, max: 1, noNaN: true }),
    orderDecay: fc.constant(1),
  });
  const row = fc.tuple(
    fc.constantFrom('u', 'v', 'w', 'x'),
    fc.constantFrom('p', 'q', 'r', 's', 't'),
    fc.integer({ min: 1, max: 9 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 2, maxLength: 25 }), form, async (given, one) => {
      const rows = given.map(([user, item, weight], second): Given => [user, item, second + 1, weight]);
      expectClose(await scores(rows, one), naive(rows, one));
      const alike = { ...one, nearness: 0, backward: 1 };
      expectClose(await scores(rows, alike, true), naive(rows, alike));
    }),
    { numRuns: 6, endOnFailure: true },
  );
});

test('trains the same whatever the order of the rows', async () => {
  const rows: Given[] = Array.from({ length: 300 }, (_, at) => [`u${(at * 7) % 31}`, `p${(at * at) % 23}`]);
  await training.give(rows);
  const { trained } = await training.train();
  const once = await training.neighbours();
  await training.give([...rows].reverse());
  expect((await training.train()).trained).toEqual(trained);
  expect(await training.neighbours()).toEqual(once);
});

test('tunes on what is held back, says how good it is, and finds what belongs together', async () => {
  // Two tastes, of which each person has one: items of the other are never right.
  const rows = Array.from({ length: 60 }, (_, person) =>
    Array.from(
      { length: 8 },
      (_, at): Given => [`u${person}`, `${person % 2 ? 'tea' : 'oil'}-${(person * 5 + at * 3) % 17}`],
    ),
  ).flat();
  await training.give(rows);
  const { trained } = await training.train({ budgetMs: 60_000 });
  expect(trained.validated).toBe(30);
  expect(trained.quality.ndcg).toBeGreaterThanOrEqual(trained.baseline.cosine.ndcg);
  expect(trained.quality.ndcg).toBeGreaterThan(trained.baseline.popularity.ndcg);
  const [neighbours = new Map<string, number>()] = (await training.neighbours()).values();
  expect(new Set([...neighbours.keys()].map((id) => id.slice(0, 3))).size).toBe(1);
});

test('the metrics of a ranking are those of the literature', async () => {
  // Everybody has a, b and c; popularity puts them first for the one from whom they are held back.
  const rows: Given[] = Array.from({ length: 40 }, (_, person) =>
    ['a', 'b', 'c', `d${person}`].map((item): Given => [`u${person}`, item]),
  ).flat();
  await training.give(rows);
  const { trained } = await training.train({ budgetMs: 60_000 });
  const { recall, hitRate, map, ndcg } = trained.baseline.popularity;
  // One item of four is held back: one of the three is the only one left of them, and ranked first; one of its own is never found.
  expect(recall).toBeCloseTo(hitRate, 10);
  expect(ndcg).toBeCloseTo(recall, 10);
  expect(map).toBeCloseTo(recall, 10);
  expect(recall).toBeGreaterThan(0.5);
});

test('learns nothing from nothing', async () => {
  await training.give([['u', 'p', null, -1]]);
  const { trained, asks } = await training.train({ budgetMs: 1000 });
  expect(trained).toMatchObject({ items: 0, people: 0, interactions: 0 });
  expect(asks).toHaveLength(3);
});

test('refuses a run that could be no folder', () => {
  expect(() => beginTraining({ ...aJob, run: "r1' OR" })).toThrow(RangeError);
  expect(nextAsk(beginTraining(aJob))?.kind).toBe('unload');
});

test('a packed score keeps seven digits, and of equal ones the lower number is first', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-20, max: 1e20, noNaN: true }), fc.nat(2 ** 24 - 1), (score, item) => {
      const {
        items,
        scores: [found = 0],
      } = unpacked([packed(score, item)]);
      expect([...items]).toEqual([item]);
      expect(found / score).toBeCloseTo(1, 6);
    }),
  );
  expect(packed(0.5, 3)).toBeGreaterThan(packed(0.5, 4));
});
