import type { Interaction } from './knn-peer.ts';

export interface Market {
  readonly people: number;
  readonly items: number;
  readonly interactions: number;
}

const TASTES = 400;

/**
 * Different pairs of person and item with a long tail on both sides: histories are log-normal of 8 to 800 items, and items
 * of each of 400 tastes are sought by a power law. Two in three items of a history come from a person's two tastes.
 */
export function aMarket({ people, items, interactions }: Market): Interaction[] {
  let state = 12_345;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const lengths = Array.from({ length: people }, () => Math.min(800, Math.max(8, Math.exp(2.75 + 0.9 * normal()))));
  const scale = interactions / lengths.reduce((sum, length) => sum + length, 0);
  const found: Interaction[] = [];
  for (const [person, length] of lengths.entries()) {
    const tastes = [random(), random()].map((value) => Math.floor(value * TASTES));
    const had = new Set<number>();
    for (let tries = 0; had.size < length * scale && tries < 20 * length; tries++) {
      const place = Math.floor(items * random() ** 2.2);
      const taste = tastes[tries % 2] ?? 0;
      const isOwn = random() < 2 / 3;
      had.add(isOwn ? Math.floor(place / TASTES) * TASTES + taste : place);
    }
    for (const item of had) if (item < items) found.push([person, item]);
  }
  return found;
}
