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

/** Longer than any blocked value: a UUID of zeros in quotes is 38. */
const LONGEST = 64;
const QUOTED = /^(["'`])(.*)\1$/s;
const ZEROS_AND_DASHES = /^[0-]+$/;

/** Whether a value is a placeholder and no id. Case, quotes and surrounding spaces don't matter. */
export function isBlockedId(id: string): boolean {
  if (id.length > LONGEST) return false;
  const text = id.trim().toLowerCase();
  const bare = QUOTED.exec(text)?.[2]?.trim() ?? text;
  return blockedIds.has(bare) || ZEROS_AND_DASHES.test(bare);
}
