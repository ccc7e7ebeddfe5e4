/** Parameters that every list has. */
import * as z from 'zod/mini';

/** Entries a page: a whole number from 1 to `most`. */
export function limit(most: number, fallback: number, what: string) {
  const wholeNumber = `is not a whole number from 1 to ${most}`;
  return z
    ._default(
      z.coerce.number(wholeNumber).check(z.int(wholeNumber), z.minimum(1, wholeNumber), z.maximum(most, wholeNumber)),
      fallback,
    )
    .check(z.describe(`${what} a page, 1 to ${most}.`));
}

/** Where the page begins. `longest` is what the list's own cursors never reach. */
export const cursor = (longest: number) =>
  z
    .optional(z.string().check(z.maxLength(longest, `is longer than ${longest} characters`)))
    .check(z.describe('nextCursor of the page before.'));
