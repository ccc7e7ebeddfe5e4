/**
 * Values that senders put where an id is missing. They identify nobody: whoever shared one would become one person.
 *
 * In lower case; also in quotes. Beside them, whatever is made of zeros and dashes only, which covers `0`, `000` and the
 * UUID of zeros.
 */
export const blockedIds: ReadonlySet<string> = new Set([
  '',
  '-1',
  '[]',
  '[object object]',
  '{}',
  '(none)',
  '(not set)',
  'anonymous',
  'anonymous_id',
  'anonymousid',
  'distinct_id',
  'distinctid',
  'false',
  'guest',
  'infinity',
  '-infinity',
  'invalid',
  'n/a',
  'nan',
  'nil',
  'none',
  'not set',
  'not_authenticated',
  'not_set',
  'null',
  'true',
  'undefined',
  'unknown',
  'user_id',
  'userid',
  'void',
]);

/** Characters of the longest listed value, in quotes. */
const LONGEST_WORD = 20;
/** Longer than a UUID of zeros in quotes. */
const LONGEST = 64;
const QUOTED = /^(["'`])(.*)\1$/s;
const ZEROS_AND_DASHES = /^(["'`]?)[0-]+\1$/;

/** Whether a value is a placeholder and no id. Case, quotes and surrounding spaces don't matter. */
export function isBlockedId(id: string): boolean {
  const text = id.trim();
  if (text.length > LONGEST) return false;
  return ZEROS_AND_DASHES.test(text) || (text.length <= LONGEST_WORD && isListed(text.toLowerCase()));
}

const isListed = (text: string): boolean => blockedIds.has(QUOTED.exec(text)?.[2]?.trim() ?? text);
