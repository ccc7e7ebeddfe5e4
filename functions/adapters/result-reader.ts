import type { ResultLocation } from './athena.ts';
import type { ObjectReader } from './s3-read.ts';

export interface ResultChunk {
  /** Cells by position; null for NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** Byte of the file behind the last of the rows. */
  readonly end: number;
  /** Bytes of the file. */
  readonly size: number;
}

/** Bytes of one read: few calls, and little memory. */
const PIECE_BYTES = 1_000_000;
const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/**
 * Reads the result file of an Athena query a chunk of rows at a time, from any byte at which a row begins. What was read
 * beyond a chunk is kept for the next one.
 */
export class ResultReader {
  readonly #objects: Pick<ObjectReader, 'readPart'>;
  readonly #file: ResultLocation;
  readonly #pieceBytes: number;
  #held: Buffer = Buffer.alloc(0);
  #start = 0;
  #size = Number.POSITIVE_INFINITY;

  constructor(objects: Pick<ObjectReader, 'readPart'>, file: ResultLocation, pieceBytes = PIECE_BYTES) {
    this.#objects = objects;
    this.#file = file;
    this.#pieceBytes = pieceBytes;
  }

  /** Up to `most` rows from byte `start` on, without the header, which is the first row; none from the end on. */
  async chunk(start: number, most: number): Promise<ResultChunk> {
    const skipped = start === 0 ? 1 : 0;
    if (start < this.#start || start > this.#start + this.#held.length) this.#held = Buffer.alloc(0);
    else this.#held = this.#held.subarray(start - this.#start);
    this.#start = start;
    const ends: number[] = [];
    let isQuoted = false;
    for (let at = 0; ends.length < most + skipped; ) {
      for (; at < this.#held.length && ends.length < most + skipped; at += 1) {
        const byte = this.#held[at];
        if (byte === QUOTE) isQuoted = !isQuoted;
        else if (byte === LINE_FEED && !isQuoted) ends.push(at + 1);
      }
      if (ends.length === most + skipped || !(await this.#readOn())) break;
    }
    const begin = skipped === 1 ? (ends[0] ?? 0) : 0;
    const end = ends.at(-1) ?? 0;
    return { rows: rowsOf(this.#held.toString('utf8', begin, end)), end: start + end, size: this.#size };
  }

  /** Whether there was more. */
  async #readOn(): Promise<boolean> {
    const next = this.#start + this.#held.length;
    if (next >= this.#size) return false;
    const { bytes, size } = await this.#objects.readPart(this.#file.bucket, this.#file.key, next, this.#pieceBytes);
    this.#size = size;
    this.#held = Buffer.concat([this.#held, bytes]);
    return bytes.length > 0;
  }
}

/** Athena writes every value in double quotes, doubles those inside, and writes NULL as nothing. */
function rowsOf(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== '"') row.push(null);
    else {
      const begin = at + 1;
      let hasQuotes = false;
      for (at = text.indexOf('"', begin); text[at + 1] === '"'; at = text.indexOf('"', at + 2)) hasQuotes = true;
      const value = text.slice(begin, at);
      row.push(hasQuotes ? value.replaceAll('""', '"') : value);
      at += 1;
    }
    if (text[at] === '\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
