import * as z from 'zod/mini';
import { strict } from '../segment/value-test.ts';
import { DateFormatError, readDateFormat } from './date-format.ts';
import { readTemplate, TemplateError } from './template.ts';

export { strict };

/** A shape for the value given, or what is wrong with it. */
type Choice = z.core.$ZodShape | string;

/**
 * A schema that looks at the value before it decides on its shape, so that an error speaks of what the author meant and
 * not of every other thing that might have stood there.
 */
export const chosen = <T>(choose: (given: unknown) => Choice): z.ZodMiniType<T> =>
  z.unknown().check(
    z.superRefine((given, context) => {
      const choice = choose(given);
      if (typeof choice === 'string') {
        context.addIssue({ code: 'custom', message: choice });
        return;
      }
      const result = strict(choice).safeParse(given);
      for (const issue of result.error?.issues ?? []) {
        context.addIssue({ code: 'custom', path: [...issue.path], message: issue.message });
      }
    }),
  ) as unknown as z.ZodMiniType<T>;

export const text = z.string('is not a text').check(z.maxLength(2_000, 'is longer than 2,000 characters'));
export const fullText = text.check(z.minLength(1, 'is empty'));
export const number = z.number('is not a number');
export const columnName = z.string('is not the name of a column').check(z.minLength(1, 'names no column'));

/** A text that `read` takes; what it throws by `Refusal` is the message. */
const readable = (read: (source: string) => unknown, Refusal: new (...args: never[]) => Error, noun: string) =>
  text.check(
    z.superRefine((source, context) => {
      try {
        read(source);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        context.addIssue({ code: 'custom', message: `is no ${noun}: it ${error.message}` });
      }
    }),
  );

export const template = readable(readTemplate, TemplateError, 'text with columns');
export const dateFormat = readable(readDateFormat, DateFormatError, 'date format');

/** A name of the IANA database, `Europe/London` for example. */
export const timeZone = text.check(
  z.refine(isTimeZone, 'is no time zone: write a name such as Europe/London, America/New_York or UTC'),
);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}
