import { zstdDecompressSync } from 'node:zlib';
import { type AsyncBuffer, type FileMetaData, parquetMetadata, parquetRead, type SchemaElement } from 'hyparquet';
import type { Column } from '../../../schemas/lake/column.ts';
import type { ColumnValues } from '../column-readers.ts';
import { valueReader } from './read-values.ts';

/** Some rows of a file: the columns that were asked for, in their order. */
export interface ReadRows {
  readonly count: number;
  readonly columns: readonly ColumnValues[];
}

/** A file that is no Parquet, or whose columns hold something else than the table says. */
export class ParquetReadError extends Error {
  override readonly name = 'ParquetReadError';
}

export interface ParquetSummary {
  readonly rows: number;
  /** Bytes of all values before compression. */
  readonly bytes: number;
}

/** What a file says of itself at its end. Throws `ParquetReadError`. */
export function parquetSummary(file: Uint8Array): ParquetSummary {
  const { num_rows, row_groups } = metadataOf(file);
  const bytes = row_groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0);
  return { rows: Number(num_rows), bytes };
}

/**
 * Reads columns of a Parquet file, a row group at a time, as values that can be written again: time in milliseconds,
 * money in units of 1/10,000. Of a column that the file lacks every value is undefined; what else is in the file is not
 * looked at. Throws `ParquetReadError`.
 */
export async function* readParquet(file: Uint8Array, columns: readonly Column[]): AsyncGenerator<ReadRows> {
  const metadata = metadataOf(file);
  const elements = new Map(metadata.schema.slice(1).map((element) => [element.name, element]));
  const wanted = columns.map((column) => ({ column, element: elements.get(column.name) }));
  const names = wanted.flatMap(({ element }) => element?.name ?? []);
  let rowStart = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows);
    const found = await readGroup(asyncBuffer(file), unconverted(metadata), names, rowStart, rowEnd);
    const count = rowEnd - rowStart;
    yield {
      count,
      columns: wanted.map(({ column, element }) => ({
        column,
        values: element ? toValues(column, element, found.get(column.name) ?? []) : new Array(count).fill(undefined),
      })),
    };
    rowStart = rowEnd;
  }
}

/** A column of lists of numbers, a row group at a time, as `readParquet` reads the others. Throws `ParquetReadError`. */
export async function* readNumberLists(
  file: Uint8Array,
  column: string,
): AsyncGenerator<readonly (readonly number[])[]> {
  const metadata = metadataOf(file);
  let rowStart = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows);
    const found = await readGroup(asyncBuffer(file), metadata, [column], rowStart, rowEnd);
    const lists = (found.get(column) ?? []).flatMap((piece) => Array.from(piece));
    if (lists.length !== rowEnd - rowStart || !lists.every(Array.isArray)) {
      throw new ParquetReadError(`The column ${column} holds no lists of numbers.`);
    }
    yield lists;
    rowStart = rowEnd;
  }
}

type Raw = ArrayLike<unknown>;

async function readGroup(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: string[],
  rowStart: number,
  rowEnd: number,
): Promise<Map<string, Raw[]>> {
  const found = new Map<string, Raw[]>();
  if (columns.length === 0) return found;
  await parquetRead({
    file,
    metadata,
    columns,
    rowStart,
    rowEnd,
    compressors: { ZSTD: (bytes) => zstdDecompressSync(bytes) },
    parsers: { stringFromBytes },
    onChunk: ({ columnName, columnData }) => {
      const pieces = found.get(columnName);
      if (pieces) pieces.push(columnData);
      else found.set(columnName, [columnData]);
    },
  });
  return found;
}

function toValues(column: Column, element: SchemaElement, pieces: readonly Raw[]): ColumnValues['values'] {
  const read = valueReader(column.type, element);
  if (read === undefined) {
    const held = [element.type, element.converted_type, element.logical_type?.type].filter(Boolean).join(' ');
    throw new ParquetReadError(`The column ${column.name} is ${column.type}, and the file has it as ${held}.`);
  }
  const values: (string | number | boolean | undefined)[] = [];
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += 1) {
      const raw = piece[at];
      values.push(raw === null || raw === undefined ? undefined : read(raw));
    }
  }
  return values;
}

function metadataOf(file: Uint8Array): FileMetaData {
  try {
    return parquetMetadata(bytesOf(file, 0, file.byteLength));
  } catch (cause) {
    throw new ParquetReadError(`${file.byteLength} bytes are no Parquet file.`, { cause });
  }
}

/** As bare numbers, because the reader would make dates of times, and fractions of money. */
const unconverted = (metadata: FileMetaData): FileMetaData => ({
  ...metadata,
  schema: metadata.schema.map((element) => {
    if (element.type !== 'INT64') return element;
    const { converted_type: _, logical_type: __, ...bare } = element;
    return bare;
  }),
});

/** Unlike a `TextDecoder` it leaves a byte order mark at the beginning of a text in its place. */
const stringFromBytes = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();

const asyncBuffer = (file: Uint8Array): AsyncBuffer => ({
  byteLength: file.byteLength,
  slice: (start, end = file.byteLength) => bytesOf(file, start, end),
});

const bytesOf = (file: Uint8Array, start: number, end: number): ArrayBuffer =>
  file.buffer.slice(file.byteOffset + start, file.byteOffset + end) as ArrayBuffer;
