import type { LakeTable } from '../../../schemas/lake/column.ts';
import type { TableRows } from '../column-readers.ts';
import { columnChunk } from './column-chunk.ts';
import { FORMAT, fileFooter, type RowGroup } from './file-footer.ts';

/** An engine reads row groups side by side, and skips those that a query cannot want. */
const ROWS_PER_GROUP = 100_000;

/** A Parquet file in the making: what `add` and `finish` answer are its bytes, one after another. */
export interface ParquetFile {
  /** Bytes and rows so far. */
  readonly size: number;
  readonly rows: number;
  /** Encodes rows as one row group, or as several when they are more than 100,000. */
  add(rows: TableRows): readonly Uint8Array[];
  /** The end of the file: nothing can be added after it. */
  finish(): readonly Uint8Array[];
}

/**
 * Opens a Parquet file, compressed by zstd, for more rows than fit into memory at once: of each row group it keeps only
 * what the footer says of it.
 */
export function openParquetFile(table: LakeTable): ParquetFile {
  const groups: RowGroup[] = [];
  let size = 0;
  let rows = 0;

  /** Starts the file if nothing did, and counts the pieces. */
  const answer = (pieces: readonly Uint8Array[]): readonly Uint8Array[] => {
    const all = size === 0 && pieces.length > 0 ? [FORMAT, ...pieces] : pieces;
    for (const piece of all) size += piece.length;
    return all;
  };

  const addGroup = ({ columns }: TableRows, start: number, end: number): readonly Uint8Array[] => {
    const chunks = columns.map((column) => columnChunk(column, start, end));
    groups.push({
      offset: size || FORMAT.length,
      rows: end - start,
      chunks: chunks.map(({ pieces: _, ...chunk }) => chunk),
    });
    rows += end - start;
    return answer(chunks.flatMap(({ pieces }) => pieces));
  };

  return {
    get size() {
      return size;
    },
    get rows() {
      return rows;
    },
    add: (added) => {
      const pieces: Uint8Array[] = [];
      for (let start = 0; start < added.count; start += ROWS_PER_GROUP) {
        pieces.push(...addGroup(added, start, Math.min(start + ROWS_PER_GROUP, added.count)));
      }
      return pieces;
    },
    finish: () => answer([fileFooter(table.columns, groups)]),
  };
}

/** The Parquet file of a table's rows. */
export function parquetFile(rows: TableRows): Uint8Array {
  const file = openParquetFile(rows.table);
  return Buffer.concat([...file.add(rows), ...file.finish()]);
}
