import type { ItemNeighbours, ModelHead, ModelItems, Neighbours } from '../../shared/recommender/model.ts';
import { aHead } from '../fixtures/models.ts';

/** A shop for benchmarks, the same in every process: what is popular is viewed more often. */
export interface Shop {
  readonly head: ModelHead;
  readonly items: ModelItems;
  neighbours(item: number): ItemNeighbours;
  /** Ids of what a person looked at, the first ones earlier. */
  views(person: number): readonly string[];
}

const VIEWS = 40;

export function aShop(count: number, related: number): Shop {
  const ids = Array.from({ length: count }, (_, n) => `item-${n}`);
  const head = aHead({ items: count });
  const { parameters } = head;
  const listOf = createLists(count);
  return {
    head: { ...head, parameters: { ...parameters, history: { items: 50, orderDecay: 0.9 } } },
    items: {
      ids,
      popularity: Float32Array.from(ids, (_, n) => 1 / (1 + n / 100)),
      trend: Float32Array.from(ids, (_, n) => (n % 7) / 10),
    },
    neighbours: (item) => ({
      collaborative: listOf(item * 2 + 31, related),
      content: listOf(item * 2 + 57, related / 4),
    }),
    views: (person) => {
      const next = chance(person + 1);
      return Array.from({ length: VIEWS }, () => `item-${Math.floor(count * next() ** 3)}`);
    },
  };
}

/** Lists of different items, whichever, the closest first. */
function createLists(count: number): (seed: number, length: number) => Neighbours {
  const listedBy = new Uint32Array(count);
  let list = 0;
  return (seed, length) => {
    const next = chance(seed);
    const items = new Uint32Array(length);
    list += 1;
    for (let place = 0; place < length; ) {
      const item = Math.floor(count * next());
      if (listedBy[item] === list) continue;
      listedBy[item] = list;
      items[place++] = item;
    }
    return { items, scores: Float32Array.from(items, (_, place) => 1 / (1 + place)) };
  };
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
