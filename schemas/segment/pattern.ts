import { anyButNewline, complement, escapes, merged, type Range, rangeOf, single } from './code-points.ts';

export { printPattern } from './print-pattern.ts';

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
    if (Object.hasOwn(escapes, character)) return escapes[character] as readonly Range[];
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
