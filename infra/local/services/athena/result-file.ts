import { closeSync, openSync, readSync } from 'node:fs';

/** A row of Athena's result; null for NULL. */
export type ResultRow = readonly (string | null)[];

/** Writes rows as Athena's result files have them: every value in double quotes, NULL as nothing. */
export function csvOf(rows: readonly ResultRow[]): string {
  return rows.map((row) => `${row.map(csvField).join(',')}\n`).join('');
}

function csvField(value: string | null): string {
  return value === null ? '' : `"${value.replaceAll('"', '""')}"`;
}

export interface ResultPage {
  readonly rows: readonly ResultRow[];
  /** Byte at which the next page begins; undefined after the last. */
  readonly next: number | undefined;
}

const blockSize = 1 << 18;

/** Reads up to `maxRows` rows of a result file from byte `start`. */
export function readPage(file: string, start: number, maxRows: number): ResultPage {
  const handle = openSync(file, 'r');
  try {
    let held: Buffer = Buffer.alloc(0);
    for (;;) {
      const block = Buffer.alloc(blockSize);
      const length = readSync(handle, block, 0, blockSize, start + held.length);
      held = Buffer.concat([held, block.subarray(0, length)]);
      const ends = rowEnds(held, maxRows + 1);
      if (length > 0 && ends.length <= maxRows) continue;
      const end = ends[Math.min(maxRows, ends.length) - 1] ?? 0;
      const rows = parseCsv(held.toString('utf8', 0, end));
      return { rows, next: end < held.length ? start + end : undefined };
    }
  } finally {
    closeSync(handle);
  }
}

const quote = 0x22;
const lineFeed = 0x0a;

/** Where the first `limit` rows end: after each line feed that stands outside of quotes. */
function rowEnds(bytes: Buffer, limit: number): number[] {
  const ends: number[] = [];
  let isQuoted = false;
  for (let at = 0; at < bytes.length && ends.length < limit; at++) {
    if (bytes[at] === quote) isQuoted = !isQuoted;
    else if (bytes[at] === lineFeed && !isQuoted) ends.push(at + 1);
  }
  return ends;
}

function parseCsv(text: string): ResultRow[] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  for (const [, field, end] of text.matchAll(/("(?:[^"]|"")*"|)(,|\n)/g)) {
    row.push(field ? field.slice(1, -1).replaceAll('""', '"') : null);
    if (end === '\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
