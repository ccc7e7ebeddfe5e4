/**
 * Removes the entry of the least rank when a map has outgrown `bound`; ties fall to the greater key.
 * Tells what was removed. Where an entry's rank is fixed or only grows to a maximum, what remains does not depend on the order of arrival.
 */
export function keepTop<V>(
  map: Map<string, V>,
  bound: number,
  rank: (value: V) => number,
): readonly [key: string, value: V] | undefined {
  if (map.size <= bound) return undefined;
  let leastKey = '';
  let leastRank = Number.POSITIVE_INFINITY;
  for (const [key, value] of map) {
    const r = rank(value);
    if (r < leastRank || (r === leastRank && key > leastKey)) {
      leastKey = key;
      leastRank = r;
    }
  }
  const value = map.get(leastKey) as V;
  map.delete(leastKey);
  return [leastKey, value];
}

/** Keeps the latest time a key was seen, for the `bound` keys seen last. */
export function seeAt(times: Map<string, number>, key: string, time: number, bound: number): void {
  const known = times.get(key);
  if (known !== undefined && known >= time) return;
  times.set(key, time);
  if (known === undefined) keepTop(times, bound, (at) => at);
}
