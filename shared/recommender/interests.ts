import type { ItemIndex } from './model.ts';

/** How much an item fits what a person is known to like, 0 to 1; 1 is their greatest interest. */
export type Interests = (item: ItemIndex) => number;

/** What popularity still counts outside of all interests: the bestsellers of the shop come before the dust of a category. */
const OUTSIDE = 0.02;

/**
 * Writes to `into` popularity within interests: P'(j) = P(j) · (o + (1 - o) · interest(j)), brought to 0..1 by its maximum;
 * o = 0.02. Interests that no item meets leave popularity as it is.
 *
 * Popularity in a person's segment of the catalogue is the demographic form of the cold start in Bobadilla et al.,
 * Recommender systems survey, Knowledge-Based Systems 2013; the formula is ours.
 */
export function popularWithin(popularity: Float64Array, interests: Interests, into: Float64Array): Float64Array {
  let greatest = 0;
  for (let item = 0; item < popularity.length; item++) {
    const interest = Math.min(1, Math.max(0, interests(item)));
    const value = (popularity[item] as number) * (OUTSIDE + (1 - OUTSIDE) * interest);
    into[item] = value;
    if (value > greatest) greatest = value;
  }
  if (greatest > 0) for (let item = 0; item < into.length; item++) into[item] = (into[item] as number) / greatest;
  return into;
}
