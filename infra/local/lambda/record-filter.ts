import { compilePattern, type Matcher } from './event-pattern.ts';

/** Whether a record's data, in base64, is for the function. */
export type RecordFilter = (data: string) => boolean;

/** Filters that a mapping may have. */
const mostFilters = 5;

/**
 * Compiles the filters of a Kinesis event source mapping, each a JSON text of the form `{"data": {...}}`. A record is
 * for the function when its data is JSON and fits one of them. Throws an error that says which pattern is wrong and why.
 */
export function recordFilter(patterns: readonly string[]): RecordFilter {
  if (patterns.length > mostFilters)
    throw new Error(`there are ${patterns.length} filters; ${mostFilters} are allowed`);
  const compiled = patterns.map((text) => {
    try {
      const { data, ...others } = JSON.parse(text);
      const [other] = Object.keys(others);
      if (other !== undefined) throw new Error(`${other} is no key to filter Kinesis records by: only data is`);
      if (Array.isArray(data)) throw new Error('data must be an object');
      return { fits: compilePattern(data, 'data'), texts: neededTexts(data) };
    } catch (cause) {
      throw new Error(`the filter ${text} is wrong: ${(cause as Error).message}`, { cause });
    }
  });
  const fits: Matcher = (data) => compiled.some((one) => one.fits(data));
  const texts = compiled.some((one) => one.texts === undefined)
    ? undefined
    : compiled.flatMap((one) => one.texts ?? []);
  return (base64) => {
    const data = Buffer.from(base64, 'base64');
    if (texts && !mayHold(data, texts)) return false;
    try {
      return fits(JSON.parse(data.toString()));
    } catch {
      return false;
    }
  };
}

/**
 * Texts of which a fitting record's JSON holds one, quoted and as it is: found where a field must equal one of some
 * plain texts. Most records of a stream are passed over by this look at their bytes, without being parsed.
 */
function neededTexts(pattern: unknown): string[] | undefined {
  if (Array.isArray(pattern)) {
    const isPlain = (rule: unknown) => typeof rule === 'string' && /^[ !#-.0-[\]-~]*$/.test(rule);
    return pattern.every(isPlain) ? pattern.map((rule) => `"${rule}"`) : undefined;
  }
  const fields = Object.entries(pattern as object).filter(([name]) => name !== '$or');
  return fields.map(([, inner]) => neededTexts(inner)).find((texts) => texts !== undefined);
}

/** A plain text can only be written otherwise by `\u` escapes. */
const mayHold = (data: Buffer, texts: readonly string[]) =>
  texts.some((text) => data.includes(text)) || data.includes('\\u');
