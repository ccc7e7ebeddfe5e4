import type { ColumnValues } from '../column-readers.ts';
import { CompactWriter } from './compact-writer.ts';
import { codecs, compress } from './compress.ts';
import { type Dictionary, dictionaryOf } from './dictionary.ts';
import { GrowingBytes } from './growing-bytes.ts';
import { bitWidthOf, writeHybrid } from './hybrid.ts';
import { type PhysicalType, physicalTypeOf } from './physical-type.ts';
import { type CellValue, writePlain } from './plain.ts';
import { presentOf } from './present.ts';
import { type Bounds, boundsOf } from './statistics.ts';

/** A column's values of one row group, as they lie in the file. */
export interface ColumnChunk {
  readonly name: string;
  readonly type: PhysicalType;
  readonly pieces: readonly Uint8Array[];
  readonly codec: number;
  readonly rows: number;
  readonly nulls: number;
  readonly bounds: Bounds | undefined;
  /** Bytes with page headers: in the file, and before compression. */
  readonly size: number;
  readonly uncompressedSize: number;
  /** Bytes of the dictionary's page, which lies before the data; 0 without one. */
  readonly dictionarySize: number;
  readonly dataPages: number;
}

/** A reader takes a page at a time: about so many bytes before compression. */
const PAGE_BYTES = 2_000_000;
/** Fewer bytes of a column are left as they are, because a call of the compressor costs more than it saves. */
const WORTH_COMPRESSING = 128;

export const encodings = { plain: 0, rle: 3, rleDictionary: 8 } as const;
const pageTypes = { data: 0, dictionary: 2 } as const;

interface Page {
  readonly type: keyof typeof pageTypes;
  readonly values: number;
  readonly encoding: number;
  readonly body: Uint8Array;
}

/** Encodes the column's values from row `start` to row `end`. */
export function columnChunk({ column, values: all }: ColumnValues, start: number, end: number): ColumnChunk {
  const type = physicalTypeOf(column.type);
  const rows = end - start;
  const { values, levels } = presentOf(all, start, end);
  const dictionary = dictionaryOf(type, values);
  const pages = [
    ...(dictionary ? [dictionaryPage(type, dictionary)] : []),
    ...dataPages(type, rows, values, levels, dictionary),
  ];
  const packed = pages.reduce((size, { body }) => size + body.length, 0) >= WORTH_COMPRESSING;
  const pieces: Uint8Array[] = [];
  let size = 0;
  let uncompressedSize = 0;
  let dictionarySize = 0;
  for (const page of pages) {
    const body = packed ? compress(page.body) : page.body;
    const header = pageHeader(page, body.length);
    pieces.push(header, body);
    size += header.length + body.length;
    uncompressedSize += header.length + page.body.length;
    if (page.type === 'dictionary') dictionarySize = size;
  }
  return {
    name: column.name,
    type,
    pieces,
    codec: packed ? codecs.zstd : codecs.none,
    rows,
    nulls: rows - values.length,
    bounds: boundsOf(type, dictionary?.distinct ?? values),
    size,
    uncompressedSize,
    dictionarySize,
    dataPages: pages.length - (dictionary ? 1 : 0),
  };
}

function dictionaryPage(type: PhysicalType, { distinct }: Dictionary): Page {
  const body = new GrowingBytes(1024);
  writePlain(body, type, distinct, 0, distinct.length);
  return { type: 'dictionary', values: distinct.length, encoding: encodings.plain, body: body.written() };
}

function dataPages(
  type: PhysicalType,
  rows: number,
  values: readonly CellValue[],
  levels: Uint8Array,
  dictionary: Dictionary | undefined,
): Page[] {
  const pages: Page[] = [];
  const size = dictionary ? 2 * values.length : plainSize(type, values);
  const count = dictionary ? 1 : Math.max(1, Math.ceil(size / PAGE_BYTES));
  let from = 0;
  for (let page = 0; page < count; page++) {
    const start = Math.floor((rows * page) / count);
    const end = Math.floor((rows * (page + 1)) / count);
    let to = from;
    for (let row = start; row < end; row++) to += levels[row] as number;
    const body = new GrowingBytes(64 + (end - start) / 8 + (1.1 * size) / count);
    writeLevels(body, levels, start, end);
    if (dictionary) {
      const bitWidth = Math.max(1, bitWidthOf(dictionary.distinct.length));
      body.byte(bitWidth);
      writeHybrid(body, dictionary.indexes, from, to, bitWidth);
    } else {
      writePlain(body, type, values, from, to);
    }
    const encoding = dictionary ? encodings.rleDictionary : encodings.plain;
    pages.push({ type: 'data', values: end - start, encoding, body: body.written() });
    from = to;
  }
  return pages;
}

/** Which rows have a value, after the bytes that this takes. */
function writeLevels(body: GrowingBytes, levels: Uint8Array, start: number, end: number): void {
  const at = body.length;
  body.uint32(0);
  writeHybrid(body, levels, start, end, 1);
  body.buffer.writeUInt32LE(body.length - at - 4, at);
}

/** Bytes or, of texts, letters. */
function plainSize(type: PhysicalType, values: readonly CellValue[]): number {
  if (type !== 'BYTE_ARRAY') return 8 * values.length;
  let size = 4 * values.length;
  for (const value of values as readonly string[]) size += value.length;
  return size;
}

function pageHeader({ type, values, encoding, body }: Page, compressedSize: number): Uint8Array {
  const header = new CompactWriter();
  header.beginElement();
  header.i32(1, pageTypes[type]);
  header.i32(2, body.length);
  header.i32(3, compressedSize);
  header.begin(type === 'data' ? 5 : 7);
  header.i32(1, values);
  header.i32(2, encoding);
  if (type === 'data') {
    header.i32(3, encodings.rle);
    header.i32(4, encodings.rle);
  }
  header.end();
  header.end();
  return header.out.written();
}
