import { complement, LAST_CODE_POINT, type Range, single } from './code-points.ts';
import type { PatternNode } from './pattern.ts';

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
