import { lakeMarks } from '../../schemas/lake/tables.ts';
import { type ColumnReaders, tableRows } from './column-readers.ts';
import { parquetFile } from './parquet/parquet-file.ts';

/** Where something in the lake stands. */
export interface Mark {
  readonly value: string;
  /** Milliseconds since 1970: queries that began before do not see it. */
  readonly effectiveAt: number;
}

/** Key of the one file that holds a mark. */
export const markKey = (mark: string): string => `${lakeMarks.name}/${mark}.parquet`;

/**
 * The file of a mark with the values that it has had, the last one included: a query sees the last that was in effect
 * when it began, however often it reads the file and whenever that is written anew.
 */
export function markFile(mark: string, history: readonly Mark[]): Uint8Array {
  const readers: ColumnReaders<typeof lakeMarks, Mark> = {
    mark: () => mark,
    value: ({ value }) => value,
    effective_at: ({ effectiveAt }) => effectiveAt,
  };
  return parquetFile(tableRows(lakeMarks, readers, history));
}
