/**
 * A text as a literal of Trino's SQL: the only way by which what users typed enters a query. Inside of single quotes
 * Trino knows one special character, the quote itself; backslashes, comments, newlines and `?` are text there.
 * Throws for a text that UTF-8 cannot carry, or with NUL.
 */
export function quote(text: string): string {
  if (!text.isWellFormed() || text.includes('\0')) {
    throw new TypeError(`A text in a query must be well-formed Unicode without NUL; got ${JSON.stringify(text)}.`);
  }
  return `'${text.replaceAll("'", "''")}'`;
}

/** A number as a literal that compares as a double: `5`, `19.9E0`. Throws for what is not finite. */
export function numeral(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`A number in a query must be finite; got ${value}.`);
  if (Number.isSafeInteger(value)) return String(value + 0);
  const text = String(value);
  return text.includes('e') ? text.replace('e', 'E').replace('E+', 'E') : `${text}E0`;
}

/** A moment (milliseconds since 1970) as a literal: `TIMESTAMP '2026-03-02 10:00:00.000'`. */
export function timestamp(time: number): string {
  const iso = new Date(time).toISOString();
  return `TIMESTAMP ${quote(`${iso.slice(0, 10)} ${iso.slice(11, 23)}`)}`;
}

const FIRST_DAY = -719_162;
const LAST_DAY = 2_932_896;

/** A UTC day, counted from 1970-01-01, as a literal: `DATE '2026-03-02'`; of years 1 to 9999, the nearest there is. */
export function date(day: number): string {
  const nearest = Math.min(Math.max(day, FIRST_DAY), LAST_DAY);
  return `DATE ${quote(new Date(nearest * 86_400_000).toISOString().slice(0, 10))}`;
}

/** A path of keys into a JSON text, as a literal: `'$["address"]["city"]'`. Any text may be a key. */
export function jsonPath(keys: readonly string[]): string {
  const steps = keys.map((key) => `["${key.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"]`);
  return quote(`$${steps.join('')}`);
}
