import * as z from 'zod/mini';
import { patternCheck } from '../segment/pattern-check.ts';
import { chosen, columnName, fullText, number, text } from './parts.ts';

/** A test of one cell of a line. An empty cell passes only `empty`, `notEquals` and `notIn`. */
export type CellTest =
  | { readonly column: string; readonly op: 'equals' | 'notEquals'; readonly value: string | number }
  | { readonly column: string; readonly op: 'in' | 'notIn'; readonly value: readonly (string | number)[] }
  | { readonly column: string; readonly op: 'startsWith' | 'endsWith' | 'contains' | 'matches'; readonly value: string }
  | {
      readonly column: string;
      readonly op: 'less' | 'lessOrEqual' | 'greater' | 'greaterOrEqual';
      readonly value: number;
    }
  | { readonly column: string; readonly op: 'empty' | 'notEmpty' };

/** A test of a line. */
export type RowTest =
  | CellTest
  | { readonly all: readonly RowTest[] }
  | { readonly any: readonly RowTest[] }
  | { readonly not: RowTest };

const textOrNumber = z.union([text, number], 'is not a text or a number');
const pattern = fullText.check(patternCheck());

const values = {
  equals: textOrNumber,
  notEquals: textOrNumber,
  in: listOf(textOrNumber),
  notIn: listOf(textOrNumber),
  startsWith: fullText,
  endsWith: fullText,
  contains: fullText,
  matches: pattern,
  less: number,
  lessOrEqual: number,
  greater: number,
  greaterOrEqual: number,
} as const;
const ops = [...Object.keys(values), 'empty', 'notEmpty'];

function listOf<T extends z.ZodMiniType>(part: T) {
  return z
    .array(part, 'is not a list')
    .check(z.minLength(1, 'is an empty list'), z.maxLength(500, 'has more than 500 values'));
}

/** Tests within tests. */
const MAX_DEPTH = 5;

/** A test of a line, by what it holds: `all`, `any`, `not`, or a column with an op. */
export const rowTest: z.ZodMiniType<RowTest> = testOf(MAX_DEPTH);

function testOf(depth: number): z.ZodMiniType<RowTest> {
  return chosen<RowTest>((given) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      return 'is no test: write {"column": "Country", "op": "equals", "value": "France"}, or all, any or not';
    }
    if ('all' in given || 'any' in given || 'not' in given) {
      if (depth === 0) return `is nested deeper than ${MAX_DEPTH} levels`;
      const inner = testOf(depth - 1);
      const list = z
        .array(inner, 'is not a list')
        .check(z.minLength(1, 'is an empty list'), z.maxLength(50, 'has more than 50 tests'));
      return 'all' in given ? { all: list } : 'any' in given ? { any: list } : { not: inner };
    }
    const { op } = given as { op?: unknown };
    const shape = { column: columnName, op: z.literal(ops, `is none of ${ops.join(', ')}`) };
    if (typeof op !== 'string' || !Object.hasOwn(values, op)) return shape;
    return { ...shape, value: values[op as keyof typeof values] };
  });
}
