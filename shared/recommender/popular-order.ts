import type { ItemIndex, ModelItems } from './model.ts';

/** Items of a version by how popular they are just now. */
export interface PopularOrder {
  /** By item, 0 to 1; 1 is the most popular one, and all are 0 when nothing was ever touched. */
  readonly value: Float64Array;
  /** The most popular item first, those of one value by index. */
  readonly order: Uint32Array;
  /** By item, its place in `order`: the one order in which ties are broken. */
  readonly place: Uint32Array;
}

/**
 * value(i) = p(i) · (1 + t(i)) / max over j of p(j) · (1 + t(j)), with popularity p and trend t.
 *
 * A rising item counts for up to twice its popularity. The trend multiplies, so that an item that sold twice after it had sold
 * once doesn't pass one that sells daily. Decayed counts are "most popular" with time decay as in Garcin et al., Offline and
 * online evaluation of news recommender systems, RecSys 2014.
 */
export function popularOrder({ popularity, trend }: Pick<ModelItems, 'popularity' | 'trend'>): PopularOrder {
  const count = popularity.length;
  const value = new Float64Array(count);
  let greatest = 0;
  for (let item = 0; item < count; item++) {
    const worth = Math.max(0, popularity[item] as number) * (1 + Math.max(0, trend[item] as number));
    value[item] = worth;
    if (worth > greatest) greatest = worth;
  }
  if (greatest > 0) for (let item = 0; item < count; item++) value[item] = (value[item] as number) / greatest;
  const order = Uint32Array.from(value, (_, item: ItemIndex) => item);
  order.sort((one, other) => (value[other] as number) - (value[one] as number));
  const place = new Uint32Array(count);
  for (let at = 0; at < count; at++) place[order[at] as number] = at;
  return { value, order, place };
}
