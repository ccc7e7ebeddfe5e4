import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CatalogItem } from '../../../../schemas/catalog.ts';
import { contentNeighboursSelect } from '../../../../shared/recommender/training/content-sql.ts';
import { type ALake, aLake } from '../../../fixtures/a-lake.ts';
import { trinoGrammar } from '../../../schemas/views/trino-grammar.ts';
import { type Likeness, likenesses } from './content-lake.ts';
import { naiveLikenesses } from './naive-content.ts';

let lake: ALake;
beforeAll(async () => {
  lake = await aLake();
});
beforeEach(() => lake.clear());
afterAll(() => lake[Symbol.asyncDispose]());

const anItem = (itemId: string, fields: Partial<CatalogItem> = {}): CatalogItem => ({
  itemId,
  updatedAt: 0,
  ...fields,
});

/** Weights by hand of features that n of 4 items have: ln(1 + 4 / n). */
const [w1, w2, w3] = [1, 2, 3].map((n) => Math.log(1 + 4 / n)) as [number, number, number];
const norm = (...weights: number[]) => Math.sqrt(weights.reduce((sum, weight) => sum + weight ** 2, 0));
const score = (value: number) => Math.round(value * 1e6) / 1e6;

describe('by hand, of four items', () => {
  test('levels of a category: the closer the shared one, the more alike', async () => {
    const found = await likenesses(lake, [
      anItem('dome', { category: 'Camping > Tents > Dome' }),
      anItem('tent', { category: 'camping > tents' }),
      anItem('stove', { category: 'Camping > Stoves' }),
      anItem('book', { category: 'Books > Tents' }),
    ]);
    const dome = norm(w3, w2, w1);
    const [tent, stove] = [norm(w3, w2), norm(w3, w1)];
    expect(found).toEqual([
      ['dome', 'tent', score((w3 ** 2 + w2 ** 2) / dome / tent)],
      ['dome', 'stove', score(w3 ** 2 / dome / stove)],
      ['tent', 'dome', score((w3 ** 2 + w2 ** 2) / dome / tent)],
      ['tent', 'stove', score(w3 ** 2 / tent / stove)],
      ['stove', 'tent', score(w3 ** 2 / tent / stove)],
      ['stove', 'dome', score(w3 ** 2 / dome / stove)],
    ] satisfies Likeness[]);
  });

  test('brand, tags and words of the title are features of their own, whatever their case', async () => {
    const found = await likenesses(lake, [
      anItem('a', { brand: 'Clay', title: 'The Blue-Mug for 2, a b', tags: ['gift', 'Cosy'] }),
      anItem('b', { brand: 'CLAY', title: 'Clay' }),
      anItem('c', { title: 'MUG mug mug' }),
      anItem('d', { tags: ['cosy', 'cosy '.trim()] }),
    ]);
    // Of a: brand (2 items), blue (1), mug (2), gift (1), cosy (2).
    const a = norm(w2, w1, w2, w1, w2);
    expect(found).toEqual([
      ['a', 'c', score(w2 ** 2 / a / w2)],
      ['a', 'd', score(w2 ** 2 / a / w2)],
      ['a', 'b', score(w2 ** 2 / a / norm(w2, w1))],
      ['b', 'a', score(w2 ** 2 / a / norm(w2, w1))],
      ['c', 'a', score(w2 ** 2 / a / w2)],
      ['d', 'a', score(w2 ** 2 / a / w2)],
    ] satisfies Likeness[]);
  });

  test('a price band reaches from one power of two to the next, counts half, and brings nobody together', async () => {
    const found = await likenesses(lake, [
      anItem('a', { brand: 'Clay', price: 8, currency: 'EUR' }),
      anItem('b', { brand: 'Clay', price: 15.99, currency: 'EUR' }),
      anItem('c', { price: 8, currency: 'EUR' }),
      anItem('d', { brand: 'Clay', price: 8, currency: 'USD' }),
    ]);
    const [band, other] = [norm(w3, w3 / 2), norm(w3, w1 / 2)];
    expect(found).toEqual([
      ['a', 'b', 1],
      ['a', 'd', score(w3 ** 2 / band / other)],
      ['b', 'a', 1],
      ['b', 'd', score(w3 ** 2 / band / other)],
      ['d', 'a', score(w3 ** 2 / band / other)],
      ['d', 'b', score(w3 ** 2 / band / other)],
    ] satisfies Likeness[]);
  });

  test('a hidden item has neighbours, and is nobody else’s', async () => {
    const found = await likenesses(lake, [
      anItem('a', { brand: 'Clay' }),
      anItem('b', { brand: 'Clay', hidden: true }),
      anItem('c', { brand: 'Clay', stock: 0 }),
      anItem('d'),
    ]);
    expect(found.map(([item, neighbour]) => `${item}-${neighbour}`)).toEqual(['a-c', 'b-a', 'b-c', 'c-a']);
  });
});

test('keeps the hundred closest, and does not compare items that share what more than 250 have', async () => {
  const items = Array.from({ length: 251 }, (_, at) =>
    anItem(`p-${String(at).padStart(3, '0')}`, { brand: 'Clay', ...(at < 102 && { tags: ['gift'] }) }),
  );
  const found = await likenesses(lake, items);
  expect(found).toEqual(naiveLikenesses(items));
  expect(found).toHaveLength(102 * 100);
});

const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });
const word = fc.constantFrom(
  'Blue',
  'mug',
  'MUG',
  'the',
  'x',
  'tent',
  'Zelt',
  'für',
  'Чай',
  'née',
  '2',
  'und',
  "l'eau",
);
const fields = fc.record({
  title: some(fc.array(fc.tuple(word, fc.constantFrom(' ', '-', ', ', '/'))).map((parts) => parts.flat().join(''))),
  category: some(
    fc.array(fc.constantFrom('A', 'b', 'B', 'C & D'), { minLength: 1, maxLength: 4 }).map((l) => l.join(' > ')),
  ),
  brand: some(fc.constantFrom('Clay', 'CLAY', 'Sun', 'A')),
  tags: some(fc.uniqueArray(fc.constantFrom('gift', 'Gift', 'blue', 'A'))),
  price: some(
    fc.oneof(
      fc.constantFrom(0, 0.5, 1, 2, 4, 8, 1024),
      fc.double({ min: 0.01, max: 1e6, noNaN: true }).map((p) => Math.round(p * 100) / 100),
    ),
  ),
  currency: some(fc.constantFrom('EUR', 'USD')),
  hidden: some(fc.boolean()),
});

test('answers what comparing every item with every other one does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fields, { minLength: 1, maxLength: 12 }), async (all) => {
      const items = all.map((each, at) => {
        const known = Object.entries(each).filter(([, value]) => value !== undefined);
        return anItem(`p-${at}`, Object.fromEntries(known));
      });
      const scores = new Map(naiveLikenesses(items).map(([a, b, value]) => [`${a} ${b}`, value]));
      const found = await likenesses(lake, items);
      expect(found.map(([a, b]) => `${a} ${b}`).sort()).toEqual([...scores.keys()].sort());
      for (const [a, b, value] of found) expect(value).toBeCloseTo(scores.get(`${a} ${b}`) ?? -1, 5);
    }),
    { numRuns: 12 },
  );
});

test("refuses a run that is no name: it becomes part of the query's text", () => {
  expect(() => contentNeighboursSelect("r' OR '1' = '1")).toThrow(RangeError);
});

test('is written in the grammar of Trino', async () => {
  const read = await trinoGrammar();
  expect(read(contentNeighboursSelect('20260302t100000z-ab12'))).toMatchObject({ errors: [], refused: [] });
});
