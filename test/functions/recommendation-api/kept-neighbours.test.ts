import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeptNeighbours } from '../../../functions/recommendation-api/kept-neighbours.ts';
import type { ItemNeighbours, Neighbours } from '../../../shared/recommender/model.ts';

const listOf = (length: number, seed: number): Neighbours => ({
  items: Uint32Array.from({ length }, (_, at) => seed * 1_000 + at),
  scores: Float32Array.from({ length }, (_, at) => seed + 1 / (1 + at)),
});
const related = (item: number, people: number, content: number): ItemNeighbours => ({
  collaborative: listOf(people, item),
  content: listOf(content, item + 0.5),
});
/** Bytes of ten items with ten and ten neighbours. */
const ROOM = 10 * (20 * 8 + 8 + 64);

describe('kept neighbours', () => {
  test('are what was put in, whatever else is asked and kept, until a buffer was filled after them', () => {
    const step = fc.record({ item: fc.nat({ max: 40 }), people: fc.nat({ max: 12 }), content: fc.nat({ max: 12 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const kept = new KeptNeighbours(ROOM);
        const put = new Map<number, ItemNeighbours | null>();
        for (const { item, people, content } of steps) {
          const found = kept.get(item);
          if (found !== undefined) expect(found).toEqual(put.get(item));
          else {
            const neighbours = people + content === 0 ? null : related(item, people, content);
            put.set(item, neighbours);
            kept.set(item, neighbours);
            expect(kept.get(item)).toEqual(neighbours);
          }
        }
      }),
    );
  });

  test('stay while they are used, and go when they are not', () => {
    const kept = new KeptNeighbours(ROOM);
    kept.set(1, related(1, 10, 10));
    kept.set(2, related(2, 10, 10));
    for (let other = 3; other < 60; other += 1) {
      kept.set(other, related(other, 10, 10));
      expect(kept.get(1)).toEqual(related(1, 10, 10));
    }
    expect(kept.get(2)).toBeUndefined();
  });

  test('that were asked for hold while as much is kept as a buffer takes', () => {
    const kept = new KeptNeighbours(ROOM);
    kept.set(1, related(1, 10, 10));
    for (let before = 2; before < 14; before += 1) kept.set(before, related(before, 10, 10));
    const found = kept.get(1);
    for (let after = 20; after < 30; after += 1) kept.set(after, related(after, 10, 10));
    expect(found).toEqual(related(1, 10, 10));
  });

  test('of more than a buffer takes are not kept', () => {
    const kept = new KeptNeighbours(ROOM);
    kept.set(1, related(1, 300, 1));
    expect(kept.get(1)).toBeUndefined();
  });

  test('that are known to be none take room, too', () => {
    const kept = new KeptNeighbours(ROOM);
    for (let item = 0; item < 100; item += 1) kept.set(item, null);
    expect(kept.get(0)).toBeUndefined();
    expect(kept.get(99)).toBeNull();
  });
});
