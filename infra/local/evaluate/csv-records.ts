import { createReadStream } from 'node:fs';

/** A line of values; more than one line of the file where a quoted value holds ends of lines. */
export interface CsvRecord {
  /** Line of the file, from 1, in which it begins. */
  readonly line: number;
  /** How many values it has. */
  readonly values: number;
}

/** Where a CSV file stops making sense for its quotes. */
export interface OpenQuote {
  /** Line of the file, from 1, in which the quote that is not closed was opened. */
  readonly line: number;
  /** Line of a quote that would close it, had an end of the value followed; undefined where the file ends first. */
  readonly closedAmiss: number | undefined;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Tells of each record of a CSV file in turn, but of no empty line. Returns the first quote that opens a value and doesn't
 * close it, after which there are no records; undefined when each does. Quotes are as in RFC 4180.
 */
export async function eachRecord(csv: string, take: (record: CsvRecord) => void): Promise<OpenQuote | undefined> {
  let line = 1;
  let opened = 0;
  let begun = 0;
  let values = 1;
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  for await (const chunk of createReadStream(csv) as AsyncIterable<Buffer>) {
    for (const byte of chunk) {
      const isEndOfLine = byte === LINE_FEED || byte === CARRIAGE_RETURN;
      const isEnd = byte === COMMA || isEndOfLine;
      if (begun === 0 && !isEndOfLine) begun = line;
      if (state === 'quoted') {
        if (byte === QUOTE) state = 'closed';
      } else if (state === 'closed' && byte === QUOTE) {
        state = 'quoted';
      } else if (state === 'closed' && !isEnd) {
        return { line: opened, closedAmiss: line };
      } else if (isEnd) {
        state = 'start';
        if (byte === COMMA) {
          values += 1;
        } else if (begun > 0) {
          take({ line: begun, values });
          begun = 0;
          values = 1;
        }
      } else if (byte === QUOTE && state === 'start') {
        state = 'quoted';
        opened = line;
      } else {
        state = 'plain';
      }
      if (byte === LINE_FEED) line += 1;
    }
  }
  if (state === 'quoted') return { line: opened, closedAmiss: undefined };
  if (begun > 0) take({ line: begun, values });
  return undefined;
}

/**
 * Line of the file in which a row begins: `row` is its number from 1, of `rows` under the header. Counted from the end,
 * because whoever read the rows may have taken a line above the header for a remark.
 */
export async function lineOfRow(csv: string, row: number, rows: number): Promise<number> {
  let records = 0;
  await eachRecord(csv, () => {
    records += 1;
  });
  let line = 0;
  let left = records - rows + row;
  await eachRecord(csv, (record) => {
    left -= 1;
    if (left === 0) ({ line } = record);
  });
  return line;
}

/** What is wrong with the form of a CSV file, as a sentence that names the line; undefined when nothing is. */
export async function formFault(csv: string): Promise<string | undefined> {
  let wanted: CsvRecord | undefined;
  let odd: CsvRecord | undefined;
  const open = await eachRecord(csv, (record) => {
    wanted ??= record;
    if (record.values !== wanted.values) odd ??= record;
  });
  if (open !== undefined) {
    const { line, closedAmiss } = open;
    const found =
      closedAmiss === undefined ? 'is never closed' : `is followed by more behind the next one, in line ${closedAmiss}`;
    return `line ${line}: a quote is opened here that ${found}. Close it, or write a quote within a value twice.`;
  }
  if (odd === undefined || wanted === undefined) return undefined;
  const { line, values } = odd;
  return `line ${line}: expected ${wanted.values} values as in line ${wanted.line}, found ${values}. Give a value for each, and quote one that holds a comma.`;
}
