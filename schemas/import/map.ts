import * as z from 'zod/mini';
import { messageTypes } from '../event/vocabulary.ts';
import { columnName, dateFormat, strict, text, timeZone } from './parts.ts';
import { rowTest } from './row-test.ts';
import { value, values } from './value.ts';

const optional = z.optional;
const list = <T extends z.ZodMiniType>(part: T, least: number, most: number) =>
  z
    .array(part, 'is not a list')
    .check(z.minLength(least, `has fewer than ${least}`), z.maxLength(most, `has more than ${most}`));

/** One character that CSV can hold; not a quote, a backslash or a line's end. */
const delimiter = text.check(
  z.refine((given) => /^[^"\\\r\n]$/u.test(given) && given.length === 1, 'is no single character'),
);
const quote = text.check(z.refine((given) => /^[\x21-\x7e]$/.test(given), 'is no single character of ASCII'));

/** How the file is written. */
const format = strict({
  /** @default by the file's name */
  type: optional(z.enum(['csv', 'tsv', 'ndjson'], 'is none of csv, tsv, ndjson')),
  /** Between cells of CSV. @default a comma */
  delimiter: optional(delimiter),
  /** Around cells with delimiters or lines in them; doubled within. @default a double quote */
  quote: optional(quote),
  /** Names of the columns of a file whose first line is data. @default the first line names them */
  columns: optional(list(columnName, 1, 2_000)),
  /** @default utf-8 */
  encoding: optional(z.enum(['utf-8', 'latin1'], 'is none of utf-8, latin1')),
  /** Cells that mean nothing, beside those without a character. */
  empty: optional(list(text, 1, 20)),
  /** Between whole numbers and fractions. @default a point */
  decimal: optional(z.enum(['.', ','], 'is neither "." nor ","')),
});

const messageFields = {
  userId: optional(value),
  anonymousId: optional(value),
  groupId: optional(value),
  previousId: optional(value),
  /** Read as a time by the map's `dateFormat` and `timeZone`. */
  timestamp: optional(value),
  name: optional(value),
  properties: optional(values),
  traits: optional(values),
  context: optional(values),
};

/** An event that a group of lines makes when its first line passes `when`. */
const event = strict({
  when: optional(rowTest),
  /** @default track */
  type: optional(z.enum(messageTypes, `is none of ${messageTypes.join(', ')}`)),
  /** Name of a track event. */
  event: optional(value),
  ...messageFields,
});

/** A row of marketing spend. */
const spend = strict({
  date: value,
  channel: value,
  source: optional(value),
  medium: optional(value),
  campaign: optional(value),
  currency: value,
  cost: value,
  impressions: optional(value),
  clicks: optional(value),
});

export const rejectRule = strict({
  /** Under which such lines are counted and listed. */
  reason: text.check(z.regex(/^[a-z][a-z0-9_]{0,63}$/, 'is no reason of small letters, digits and underscores')),
  when: rowTest,
});

/** How a file becomes events, or marketing spend: `schemas/import/README.md` explains each part by example. */
export const importMap = strict({
  /** For people. */
  description: optional(text),
  /** @default events */
  target: optional(z.enum(['events', 'spend'], 'is neither events nor spend')),
  format: optional(format),
  /** Of times that name no zone of their own. @default UTC */
  timeZone: optional(timeZone),
  /** One, or several of which the first that fits is taken. @default iso */
  dateFormat: optional(z.union([dateFormat, list(dateFormat, 1, 10)], 'is neither a date format nor a list of some')),
  /** Lines that make nothing: the first rule that a line passes gives the reason. */
  reject: optional(list(rejectRule, 0, 50)),
  /** Columns by which consecutive lines belong together. @default each line stands for itself */
  groupBy: optional(list(columnName, 1, 10)),
  /** What becomes of lines of a group that was closed before. @default reject with groupBy, otherwise event */
  repeats: optional(z.enum(['reject', 'event'], 'is neither reject nor event')),
  /** Fields that all events share. */
  common: optional(strict(messageFields)),
  events: optional(list(event, 1, 20)),
  spend: optional(spend),
}).check(
  z.superRefine((map, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (map.target === 'spend') {
      if (map.spend === undefined) issue('spend', 'is missing: it says how a line becomes spend');
      for (const name of ['events', 'common', 'groupBy', 'repeats'] as const) {
        if (map[name] !== undefined) issue(name, 'has no meaning for the target spend: leave it out');
      }
      return;
    }
    if (map.events === undefined) issue('events', 'is missing: it says how lines become events');
    if (map.spend !== undefined) issue('spend', 'has no meaning for the target events: leave it out');
    for (const [at, { timestamp }] of (map.events ?? []).entries()) {
      if (timestamp !== undefined || map.common?.timestamp !== undefined) continue;
      context.addIssue({
        code: 'custom',
        path: ['events', at, 'timestamp'],
        message: 'is missing: say when it happened, here or in common',
      });
    }
  }),
);

export type ImportMap = z.infer<typeof importMap>;
export type EventRule = z.infer<typeof event>;
export type SpendRule = z.infer<typeof spend>;
export type FileFormat = z.infer<typeof format>;
