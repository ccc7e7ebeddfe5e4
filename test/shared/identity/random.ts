/** A stream of numbers from 0 to below `bound` that depends on the seed alone (mulberry32). */
export function numbersFrom(seed: number): (bound: number) => number {
  let state = seed | 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % bound;
  };
}

/** The values in an order that depends on the seed alone. */
export function shuffled<Value>(values: readonly Value[], seed: number): Value[] {
  const next = numbersFrom(seed);
  const rest = [...values];
  return values.map(() => rest.splice(next(rest.length), 1)[0] as Value);
}
