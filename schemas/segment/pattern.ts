/** Code points from `low` to `high`, both included. */
export type Range = readonly [low: number, high: number];

/** A pattern as a tree. `set` is one character out of sorted ranges; `start` and `end` are those of the whole text. */
export type PatternNode =
  | { readonly kind: 'set'; readonly ranges: readonly Range[] }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly min: number; readonly max: number };

/** A pattern outside the language of `readPattern`; the message follows the word "pattern". */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** Characters of a pattern. */
export const MAX_PATTERN_LENGTH = 200;
/** Highest count in braces, and how many characters a pattern may spell out once its counts are. */
const MAX_COUNT = 100;
const MAX_SIZE = 1_000;
const LAST_CODE_POINT = 0x10ffff;

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
const classes: Readonly<Record<string, readonly Range[]>> = {
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
const anyButNewline = complement([[0x0a, 0x0a]]);

/**
 * Reads a regular expression: literals, `.`, escapes (`\d \w \s \D \W \S \t \n \r`, or a punctuation mark), classes, `^`,
 * `$`, `|`, groups and `? * + {m} {m,} {m,n}`; nothing that is repeated may hold a repetition or an alternative. Classes
 * are ASCII, `$` is the very end, case counts. Throws `PatternError`.
 */
export function readPattern(source: string): PatternNode {
  const characters = [...source];
  if (characters.length > MAX_PATTERN_LENGTH) throw new PatternError(`is longer than ${MAX_PATTERN_LENGTH} characters`);
  const reader = new Reader(characters);
  const pattern = reader.choice();
  if (!reader.isAtEnd) throw new PatternError(`has a ) without its ( at character ${reader.at + 1}`);
  if (sizeOf(pattern) > MAX_SIZE)
    throw new PatternError(`spells out more than ${MAX_SIZE} characters: lower its counts`);
  return pattern;
}

/** The pattern in words that RE2, Java and Joni read alike: every class and end of text spelled out. */
export function printPattern(node: PatternNode): string {
  switch (node.kind) {
    case 'set':
      return printSet(node.ranges);
    case 'start':
      return '\\A';
    case 'end':
      return '\\z';
    case 'sequence':
      return node.parts.map(printPattern).join('');
    case 'choice':
      return `(?:${node.parts.map(printPattern).join('|')})`;
    case 'repeat':
      return `(?:${printPattern(node.part)}){${node.min},${node.max === Number.POSITIVE_INFINITY ? '' : node.max}}`;
  }
}

class Reader {
  at = 0;
  readonly #characters: readonly string[];

  constructor(characters: readonly string[]) {
    this.#characters = characters;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#characters.length;
  }

  choice(): PatternNode {
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    return parts.length === 1 ? (parts[0] as PatternNode) : { kind: 'choice', parts };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (!this.isAtEnd && this.#next !== '|' && this.#next !== ')') parts.push(this.#repeated());
    return parts.length === 1 ? (parts[0] as PatternNode) : { kind: 'sequence', parts };
  }

  #repeated(): PatternNode {
    const start = this.at;
    const part = this.#atom();
    const counts = this.#counts();
    if (counts === undefined) return part;
    const place = `at character ${start + 1}`;
    if (part.kind === 'start' || part.kind === 'end') throw new PatternError(`repeats an anchor ${place}`);
    if (branches(part)) throw new PatternError(`repeats a group that holds a repetition or an alternative ${place}`);
    if ('?*+'.includes(this.#next ?? ' ')) throw new PatternError(`repeats a repetition at character ${this.at + 1}`);
    return { kind: 'repeat', part, ...counts };
  }

  #counts(): { min: number; max: number } | undefined {
    if (this.#take('?')) return { min: 0, max: 1 };
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#next !== '{') return undefined;
    const braces = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.#characters.slice(this.at).join(''));
    if (braces === null) throw new PatternError(`has a { that is no count at character ${this.at + 1}: write \\{`);
    this.at += braces[0].length;
    const min = Number(braces[1]);
    const max = braces[2] === undefined ? min : braces[3] === '' ? Number.POSITIVE_INFINITY : Number(braces[3]);
    if (min > MAX_COUNT || (max > MAX_COUNT && max !== Number.POSITIVE_INFINITY) || max < min || max === 0) {
      throw new PatternError(`has the count ${braces[0]}: counts ascend, up to ${MAX_COUNT}`);
    }
    return { min, max };
  }

  #atom(): PatternNode {
    const place = this.at + 1;
    const character = this.#characters[this.at++] as string;
    switch (character) {
      case '.':
        return { kind: 'set', ranges: anyButNewline };
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '(':
        return this.#group(place);
      case '[':
        return { kind: 'set', ranges: this.#class(place) };
      case '\\':
        return { kind: 'set', ranges: this.#escape() };
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']':
        throw new PatternError(
          `has a ${character} that belongs to nothing at character ${place}: write \\${character}`,
        );
      default:
        return { kind: 'set', ranges: [rangeOf(character)] };
    }
  }

  #group(place: number): PatternNode {
    if (this.#take('?') && !this.#take(':')) {
      throw new PatternError(`has a group of a kind that is not read at character ${place}: use ( ) or (?: )`);
    }
    const inner = this.choice();
    if (!this.#take(')')) throw new PatternError(`has a ( without its ) at character ${place}`);
    return inner;
  }

  #class(place: number): readonly Range[] {
    const isNegated = this.#take('^');
    const ranges: Range[] = [];
    while (!this.#take(']')) {
      if (this.isAtEnd) throw new PatternError(`has a [ without its ] at character ${place}`);
      const low = this.#classPart();
      if (this.#next !== '-' || this.#characters[this.at + 1] === ']') {
        ranges.push(...low);
        continue;
      }
      this.at += 1;
      if (this.isAtEnd) throw new PatternError(`has a [ without its ] at character ${place}`);
      const high = this.#classPart();
      const [from, to] = [single(low), single(high)];
      if (from === undefined || to === undefined || to < from) {
        throw new PatternError(`has a range that does not ascend, in the class at character ${place}`);
      }
      ranges.push([from, to]);
    }
    if (ranges.length === 0) throw new PatternError(`has an empty class at character ${place}`);
    return isNegated ? complement(ranges) : merged(ranges);
  }

  #classPart(): readonly Range[] {
    const character = this.#characters[this.at++] as string;
    if (character === '\\') return this.#escape();
    if (character === '[' || character === '&') {
      throw new PatternError(`has a ${character} in a class at character ${this.at}: write \\${character}`);
    }
    return [rangeOf(character)];
  }

  #escape(): readonly Range[] {
    const character = this.#characters[this.at++];
    if (character === undefined) throw new PatternError('ends with a \\');
    if (Object.hasOwn(classes, character)) return classes[character] as readonly Range[];
    if (/^[!-/:-@[-`{-~]$/.test(character)) return [rangeOf(character)];
    throw new PatternError(`has \\${character}, which is not read, at character ${this.at - 1}`);
  }

  get #next(): string | undefined {
    return this.#characters[this.at];
  }

  #take(character: string): boolean {
    if (this.#characters[this.at] !== character) return false;
    this.at += 1;
    return true;
  }
}

const rangeOf = (character: string): Range => {
  const code = character.codePointAt(0) as number;
  return [code, code];
};

const single = (ranges: readonly Range[]): number | undefined =>
  ranges.length === 1 && ranges[0]?.[0] === ranges[0]?.[1] ? ranges[0]?.[0] : undefined;

function merged(ranges: readonly Range[]): readonly Range[] {
  const out: [number, number][] = [];
  for (const [low, high] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else out.push([low, high]);
  }
  return out;
}

function complement(ranges: readonly Range[]): readonly Range[] {
  const out: Range[] = [];
  let from = 0;
  for (const [low, high] of merged(ranges)) {
    if (low > from) out.push([from, low - 1]);
    from = high + 1;
  }
  if (from <= LAST_CODE_POINT) out.push([from, LAST_CODE_POINT]);
  return out;
}

function branches(node: PatternNode): boolean {
  if (node.kind === 'repeat' || node.kind === 'choice') return true;
  return node.kind === 'sequence' && node.parts.some(branches);
}

function sizeOf(node: PatternNode): number {
  if (node.kind === 'sequence' || node.kind === 'choice')
    return node.parts.reduce((sum, part) => sum + sizeOf(part), 1);
  if (node.kind !== 'repeat') return 1;
  return sizeOf(node.part) * Math.max(node.min + 1, node.max === Number.POSITIVE_INFINITY ? 0 : node.max);
}

function printSet(ranges: readonly Range[]): string {
  const only = single(ranges);
  if (only !== undefined) return String.fromCodePoint(only).replace(/[\\^$.|?*+()[\]{}]/, '\\$&');
  if (ranges.at(-1)?.[1] !== LAST_CODE_POINT) return `[${printRanges(ranges)}]`;
  const others = complement(ranges);
  return others.length === 0 ? '[\\s\\S]' : `[^${printRanges(others)}]`;
}

function printRanges(ranges: readonly Range[]): string {
  const print = (code: number) => String.fromCodePoint(code).replace(/[\\^[\]-]/, '\\$&');
  return ranges.map(([low, high]) => print(low) + (high === low ? '' : `-${print(high)}`)).join('');
}
