import * as z from 'zod/mini';
import { chosen, dateFormat, fullText, number, template, text, timeZone } from './parts.ts';
import { type RowTest, rowTest } from './row-test.ts';

export type Values = { readonly [name: string]: Value };

/**
 * What a field of an event is made of. A text is a template: `{Country}` is a cell of the line, and a text whose cell is
 * empty is missing. Of a group of lines the first speaks, except within `sum`, `count` and `each`, which see every line.
 */
export type Value =
  | string
  | number
  | boolean
  /** The text read as a number. */
  | { readonly number: string }
  /** The text read as true or false. */
  | { readonly boolean: string }
  /** The text read as a time; in UTC. */
  | { readonly time: string; readonly format?: string; readonly timeZone?: string }
  /** The cell as it is, of NDJSON; the text parsed as JSON, of CSV. */
  | { readonly json: string }
  /** The first that is not missing. */
  | { readonly first: readonly Value[] }
  | { readonly if: RowTest; readonly use: Value; readonly else?: Value }
  /** What the table has for the text. */
  | { readonly lookup: string; readonly in: Readonly<Record<string, string | number | boolean>>; readonly else?: Value }
  /** The product of numbers, exact. */
  | { readonly multiply: readonly Value[] }
  /** The number without its sign. */
  | { readonly absolute: Value }
  /** The sum of a number over the lines, exact. */
  | { readonly sum: Value; readonly where?: RowTest }
  /** The number of lines. */
  | { readonly count: 'lines'; readonly where?: RowTest }
  /** A list with an object for each line. */
  | { readonly each: Values; readonly where?: RowTest }
  | { readonly object: Values };

const kinds = [
  'number',
  'boolean',
  'time',
  'json',
  'first',
  'if',
  'lookup',
  'multiply',
  'absolute',
  'sum',
  'count',
  'each',
  'object',
] as const;
type Kind = (typeof kinds)[number];

/** Values within values. */
const MAX_DEPTH = 8;

const where = z.optional(rowTest);
const scalar = z.union([text, number, z.boolean()], 'is not a text, a number, true or false');
const table = z.record(z.string(), scalar, 'is not an object');

const shapeOf = (kind: Kind, depth: number): z.core.$ZodShape => {
  const inner = valueAt(depth - 1);
  const list = z
    .array(inner, 'is not a list')
    .check(z.minLength(2, 'has fewer than 2 values'), z.maxLength(20, 'has more than 20 values'));
  switch (kind) {
    case 'number':
      return { number: template };
    case 'boolean':
      return { boolean: template };
    case 'time':
      return { time: template, format: z.optional(dateFormat), timeZone: z.optional(timeZone) };
    case 'json':
      return { json: template };
    case 'first':
      return { first: list };
    case 'if':
      return { if: rowTest, use: inner, else: z.optional(inner) };
    case 'lookup':
      return { lookup: template, in: table, else: z.optional(inner) };
    case 'multiply':
      return { multiply: list };
    case 'absolute':
      return { absolute: inner };
    case 'sum':
      return { sum: inner, where };
    case 'count':
      return { count: z.literal('lines', 'is not "lines"'), where };
    case 'each':
      return { each: fields(inner), where };
    case 'object':
      return { object: fields(inner) };
  }
};

const fields = (value: z.ZodMiniType<Value>) =>
  z
    .record(fullText, value, 'is not an object of names and values')
    .check(z.refine((given) => Object.keys(given).length <= 100, 'has more than 100 fields'));

function valueAt(depth: number): z.ZodMiniType<Value> {
  const structured = chosen<Value>((given) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      return 'is neither a text, a number, true or false, nor an object such as {"number": "{Quantity}"}';
    }
    const kind = kinds.find((each) => each in given);
    if (kind === undefined) {
      const named = Object.keys(given).join(', ') || 'nothing';
      return `has ${named}, which is no way to make a value: the ways are ${kinds.join(', ')}`;
    }
    return depth === 0 ? `is nested deeper than ${MAX_DEPTH} levels` : shapeOf(kind, depth);
  });
  const plain: Readonly<Record<string, z.ZodMiniType>> = { string: template, number, boolean: z.boolean() };
  return z.unknown().check(
    z.superRefine((given, context) => {
      const result = (plain[typeof given] ?? structured).safeParse(given);
      for (const issue of result.error?.issues ?? []) {
        context.addIssue({ code: 'custom', path: [...issue.path], message: issue.message });
      }
    }),
  ) as unknown as z.ZodMiniType<Value>;
}

export const value = valueAt(MAX_DEPTH);
export const values = fields(value) as unknown as z.ZodMiniType<Values>;
