/** Code points from `low` to `high`, both included. */
export type Range = readonly [low: number, high: number];

export const LAST_CODE_POINT = 0x10ffff;

const digits: readonly Range[] = [[0x30, 0x39]];
const wordCharacters: readonly Range[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const spaces: readonly Range[] = [
  [0x09, 0x0a],
  [0x0c, 0x0d],
  [0x20, 0x20],
];
/** What an escaped letter stands for. Classes are ASCII. */
export const escapes: Readonly<Record<string, readonly Range[]>> = {
  d: digits,
  D: complement(digits),
  w: wordCharacters,
  W: complement(wordCharacters),
  s: spaces,
  S: complement(spaces),
  t: [[0x09, 0x09]],
  n: [[0x0a, 0x0a]],
  r: [[0x0d, 0x0d]],
};
export const anyButNewline = complement([[0x0a, 0x0a]]);

export const rangeOf = (character: string): Range => {
  const code = character.codePointAt(0) as number;
  return [code, code];
};

/** The one code point of the ranges, if it is only one. */
export const single = (ranges: readonly Range[]): number | undefined =>
  ranges.length === 1 && ranges[0]?.[0] === ranges[0]?.[1] ? ranges[0]?.[0] : undefined;

/** The same code points in ascending ranges that do not touch. */
export function merged(ranges: readonly Range[]): readonly Range[] {
  const out: [number, number][] = [];
  for (const [low, high] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else out.push([low, high]);
  }
  return out;
}

/** All other code points. */
export function complement(ranges: readonly Range[]): readonly Range[] {
  const out: Range[] = [];
  let from = 0;
  for (const [low, high] of merged(ranges)) {
    if (low > from) out.push([from, low - 1]);
    from = high + 1;
  }
  if (from <= LAST_CODE_POINT) out.push([from, LAST_CODE_POINT]);
  return out;
}
