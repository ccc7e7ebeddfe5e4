import type { Column } from '../../../schemas/lake/column.ts';
import { type ColumnChunk, encodings } from './column-chunk.ts';
import { CompactWriter, compact } from './compact-writer.ts';
import { physicalTypes, writeSchemaElement } from './physical-type.ts';
import { writeStatistics } from './statistics.ts';

/** Where the columns of a row group lie: the chunks without their bytes, one after another from `offset`. */
export interface RowGroup {
  readonly offset: number;
  readonly rows: number;
  readonly chunks: readonly Omit<ColumnChunk, 'pieces'>[];
}

/** What ends a Parquet file: its FileMetaData, their length and the mark of the format. */
export function fileFooter(columns: readonly Column[], groups: readonly RowGroup[]): Uint8Array {
  const footer = new CompactWriter();
  footer.beginElement();
  footer.i32(1, 2); // Version: its readers know RLE_DICTIONARY.
  footer.list(2, compact.struct, columns.length + 1);
  footer.beginElement();
  footer.binary(4, 'root');
  footer.i32(5, columns.length);
  footer.end();
  for (const { name, type } of columns) writeSchemaElement(footer, name, type);
  footer.i64(
    3,
    groups.reduce((sum, { rows }) => sum + rows, 0),
  );
  footer.list(4, compact.struct, groups.length);
  for (const group of groups) writeRowGroup(footer, group);
  footer.binary(6, 'headwater');
  // Each column's bounds follow the order of its type.
  footer.list(7, compact.struct, columns.length);
  for (const _ of columns) {
    footer.beginElement();
    footer.begin(1);
    footer.end();
    footer.end();
  }
  footer.end();
  const { length } = footer.out;
  footer.out.uint32(length);
  footer.out.append(FORMAT);
  return footer.out.written();
}

/** The mark with which every Parquet file begins and ends. */
export const FORMAT = Buffer.from('PAR1');

function writeRowGroup(footer: CompactWriter, { offset, rows, chunks }: RowGroup): void {
  footer.beginElement();
  footer.list(1, compact.struct, chunks.length);
  let at = offset;
  for (const chunk of chunks) {
    writeChunk(footer, chunk, at);
    at += chunk.size;
  }
  footer.i64(
    2,
    chunks.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0),
  );
  footer.i64(3, rows);
  footer.i64(5, offset);
  footer.i64(6, at - offset);
  footer.end();
}

function writeChunk(footer: CompactWriter, chunk: RowGroup['chunks'][number], offset: number): void {
  const { dictionarySize } = chunk;
  footer.beginElement();
  footer.i64(2, 0); // The place of a copy of what follows, which nobody writes.
  footer.begin(3);
  footer.i32(1, physicalTypes[chunk.type]);
  const used =
    dictionarySize > 0 ? [encodings.plain, encodings.rle, encodings.rleDictionary] : [encodings.plain, encodings.rle];
  footer.list(2, compact.i32, used.length);
  for (const encoding of used) footer.i32Element(encoding);
  footer.list(3, compact.binary, 1);
  footer.binaryElement(chunk.name);
  footer.i32(4, chunk.codec);
  footer.i64(5, chunk.rows);
  footer.i64(6, chunk.uncompressedSize);
  footer.i64(7, chunk.size);
  footer.i64(9, offset + dictionarySize);
  if (dictionarySize > 0) footer.i64(11, offset);
  writeStatistics(footer, 12, chunk.nulls, chunk.bounds);
  footer.end();
  footer.end();
}
