import type { Neighbours } from '../model.ts';

/**
 * Score and item in one double, so that an engine keeps the best of many with `max(x, n)` and breaks ties by the lower number:
 *
 *     floor((ln score + 64) · 2^22) · 2^24 + (2^24 - 1 - item)
 *
 * Scores from e^-64 to e^64 keep seven digits; there may be 2^24 items.
 */
export const MOST_ITEMS = 2 ** 24;
const STEPS = 2 ** 22;
const OFFSET = 64;

/** The packing of SQL's own double expressions: `logarithm` of the score, and the number of the item. */
export const packedSql = (logarithm: string, item: string): string =>
  `floor((${logarithm} + 6.4E1) * 4194304E0) * 16777216E0 + (16777215E0 - ${item})`;

/** What is added to a packed score to multiply the score by a factor, of which `logarithm` is SQL's double expression. */
export const packedFactorSql = (logarithm: string): string => `floor(${logarithm} * 4194304E0) * 16777216E0`;

export function packed(score: number, item: number): number {
  return Math.floor((Math.log(score) + OFFSET) * STEPS) * MOST_ITEMS + (MOST_ITEMS - 1 - item);
}

/** Neighbours of packed ones, the closest first as they are. */
export function unpacked(list: ArrayLike<number>): Neighbours {
  const items = new Uint32Array(list.length);
  const scores = new Float32Array(list.length);
  for (let at = 0; at < list.length; at++) {
    const value = list[at] as number;
    const steps = Math.floor(value / MOST_ITEMS);
    items[at] = MOST_ITEMS - 1 - (value - steps * MOST_ITEMS);
    scores[at] = Math.exp((steps + 0.5) / STEPS - OFFSET);
  }
  return { items, scores };
}
