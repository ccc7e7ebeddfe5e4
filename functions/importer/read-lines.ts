import { pipeline, Readable } from 'node:stream';
import { type CsvError, type Options, parse } from 'csv-parse';
import type { FileFormat } from '../../schemas/import/map.ts';
import type { ReadLine } from '../../shared/import/part.ts';
import { FileProblem } from './read-source.ts';

/** A file's format with nothing left open. */
export type LineFormat = {
  readonly [Field in 'type' | 'delimiter' | 'quote' | 'encoding']: NonNullable<FileFormat[Field]>;
};

/** Characters or bytes of a line at most. */
const MAX_LINE = 1_000_000;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const LINE_FEED = 0x0a;
const REPLACED = '\ufffd';

type Chunks = AsyncIterable<Buffer>;

/**
 * Reads lines from unpacked bytes that begin at byte `offset` of the file, where a line begins. Empty lines are none.
 * Throws `FileProblem` and what `chunks` throws.
 */
export async function* readLines(chunks: Chunks, format: LineFormat, offset: number): AsyncGenerator<ReadLine> {
  const { bytes, start } = offset === 0 ? await withoutMark(chunks) : { bytes: chunks, start: offset };
  yield* format.type === 'ndjson' ? jsonLines(bytes, format, start) : csvLines(bytes, format, start);
}

async function withoutMark(chunks: Chunks): Promise<{ bytes: Chunks; start: number }> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < BYTE_ORDER_MARK.length) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const start = head.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  const bytes = (async function* () {
    try {
      if (head.length > start) yield head.subarray(start);
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.(undefined);
    }
  })();
  return { bytes, start };
}

interface Parsed {
  readonly record: string[];
  readonly info: { readonly bytes: number };
}

/** A quote in the midst of a cell is a character like others. */
async function* csvLines(chunks: Chunks, format: LineFormat, start: number): AsyncGenerator<ReadLine> {
  const { type, delimiter, quote, encoding } = format;
  let isOpen = false;
  let read = start;
  const options: Options = {
    delimiter: type === 'tsv' ? '\t' : delimiter,
    quote,
    escape: quote,
    encoding: encoding === 'latin1' ? 'latin1' : 'utf8',
    record_delimiter: ['\r\n', '\n'],
    info: true,
    columns: false,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE,
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined): undefined => {
      if (error?.code !== 'CSV_QUOTE_NOT_CLOSED') throw error;
      isOpen = true;
    },
  };
  const counted = async function* () {
    for await (const chunk of chunks) {
      read += chunk.length;
      yield chunk;
    }
  };
  let lines = 0;
  try {
    for await (const { record, info } of piped(counted(), parse(options))) {
      lines += 1;
      const end = start + info.bytes;
      if (encoding === 'utf-8' && record.some((cell) => cell.includes(REPLACED))) yield badlyEncoded(end, record);
      else yield { end, row: record };
    }
  } catch (error) {
    if ((error as Partial<CsvError>).code !== 'CSV_MAX_RECORD_SIZE') throw error;
    const where = `after ${lines} lines from byte ${start} on`;
    throw new FileProblem(`A line is longer than ${MAX_LINE} characters, ${where}: is a quote missing there?`);
  }
  if (isOpen) {
    const detail = 'a quote is opened and never closed: all that follows it is one line';
    yield { end: read, row: undefined, problem: { reason: 'broken_line', detail } };
  }
}

function piped(chunks: AsyncIterable<Buffer>, parser: ReturnType<typeof parse>): AsyncIterable<Parsed> {
  const source = Readable.from(chunks, { highWaterMark: 1 });
  let failure: Error | undefined;
  source.on('error', (error) => {
    failure = error;
  });
  pipeline(source, parser, () => undefined);
  return (async function* () {
    try {
      yield* parser as AsyncIterable<Parsed>;
    } catch (error) {
      // A pipeline may tell its last part that it was closed too soon, and not why.
      throw failure ?? error;
    }
  })();
}

async function* jsonLines(chunks: Chunks, { encoding }: LineFormat, start: number): AsyncGenerator<ReadLine> {
  const parts: Buffer[] = [];
  let length = 0;
  let end = start;
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      const feed = chunk.indexOf(LINE_FEED, from);
      const to = feed < 0 ? chunk.length : feed + 1;
      // What is too long to be a line is only counted.
      if (length <= MAX_LINE) parts.push(chunk.subarray(from, to));
      length += to - from;
      end += to - from;
      from = to;
      if (feed < 0) continue;
      const line = jsonLine(Buffer.concat(parts), length, end, encoding);
      if (line !== undefined) yield line;
      parts.length = 0;
      length = 0;
    }
  }
  const last = length > 0 ? jsonLine(Buffer.concat(parts), length, end, encoding) : undefined;
  if (last !== undefined) yield last;
}

function jsonLine(bytes: Buffer, length: number, end: number, encoding: LineFormat['encoding']): ReadLine | undefined {
  const broken = (detail: string): ReadLine => ({ end, row: undefined, problem: { reason: 'broken_line', detail } });
  if (length > MAX_LINE) return broken(`expected at most ${MAX_LINE} bytes, found ${length}`);
  const text = bytes.toString(encoding === 'latin1' ? 'latin1' : 'utf8').trim();
  if (text === '') return undefined;
  if (encoding === 'utf-8' && text.includes(REPLACED)) return badlyEncoded(end, text);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { end, row: value as Record<string, unknown> };
    }
    return { ...broken('expected a JSON object, found another value'), raw: value };
  } catch {
    return { ...broken('expected a JSON object, found text that does not parse'), raw: text };
  }
}

const badlyEncoded = (end: number, raw: unknown): ReadLine => ({
  end,
  row: undefined,
  raw,
  problem: { reason: 'bad_encoding', detail: 'expected UTF-8, found other bytes: set format.encoding to latin1' },
});
