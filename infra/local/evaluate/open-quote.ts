import { createReadStream } from 'node:fs';

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

/** The first quote of a CSV file that opens a value and doesn't close it; undefined when each does. Quotes are as in RFC 4180. */
export async function findOpenQuote(csv: string): Promise<OpenQuote | undefined> {
  let line = 1;
  let opened = 0;
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  for await (const chunk of createReadStream(csv) as AsyncIterable<Buffer>) {
    for (const byte of chunk) {
      const isEnd = byte === COMMA || byte === LINE_FEED || byte === CARRIAGE_RETURN;
      if (state === 'quoted') {
        if (byte === QUOTE) state = 'closed';
      } else if (state === 'closed' && byte === QUOTE) {
        state = 'quoted';
      } else if (state === 'closed' && !isEnd) {
        return { line: opened, closedAmiss: line };
      } else if (isEnd) {
        state = 'start';
      } else if (byte === QUOTE && state === 'start') {
        state = 'quoted';
        opened = line;
      } else {
        state = 'plain';
      }
      if (byte === LINE_FEED) line += 1;
    }
  }
  return state === 'quoted' ? { line: opened, closedAmiss: undefined } : undefined;
}
