import type { LandedTable } from '../../schemas/lake/column.ts';
import type { ColumnValues, TableRows } from '../../shared/lake/column-readers.ts';
import { readParquet } from '../../shared/lake/parquet/read-parquet.ts';
import type { LakeFile, LakeFiles } from '../adapters/lake-files.ts';
import { readAhead } from './read-ahead.ts';

type Values = ColumnValues['values'][number][];

/**
 * Rows of a day's landed files in the order of a plan, a window of them in memory: when rows beyond it are asked for, the
 * files are read again for the next window.
 */
export class RowWindow {
  readonly #files: LakeFiles;
  readonly #table: LandedTable;
  readonly #landed: readonly LakeFile[];
  readonly #size: number;
  /** Place of each landed row among the sealed ones, or -1 for a copy. */
  readonly #places: Int32Array;
  #start = 0;
  #end = 0;
  #values: Values[] = [];

  constructor(
    files: LakeFiles,
    table: LandedTable,
    source: { readonly landed: readonly LakeFile[]; readonly rows: number; readonly order: Uint32Array },
    windowRows: number,
  ) {
    this.#files = files;
    this.#table = table;
    this.#landed = source.landed;
    this.#size = windowRows;
    this.#places = new Int32Array(source.rows).fill(-1);
    for (const [place, row] of source.order.entries()) this.#places[row] = place;
  }

  /** Whether the rows up to `end` can be had without reading the files. */
  holds(end: number): boolean {
    return end <= this.#end;
  }

  /** The rows at the places from `start` to before `end`, of which the first was not yet asked for. */
  async rows(start: number, end: number): Promise<TableRows> {
    if (end > this.#end) await this.#load(start, Math.max(end, start + this.#size));
    const columns = this.#table.columns.map((column, at) => {
      const values = this.#values[at]?.slice(start - this.#start, end - this.#start);
      return { column, values: values ?? new Array(end - start).fill(undefined) };
    });
    return { table: this.#table, count: end - start, columns };
  }

  async #load(start: number, end: number): Promise<void> {
    this.#start = start;
    this.#end = end;
    this.#values = [];
    let before = 0;
    for await (const file of readAhead(this.#files, this.#landed)) {
      for await (const { count, columns } of readParquet(file, this.#table.columns)) {
        for (const [at, { values }] of columns.entries()) this.#keep(at, values, before);
        before += count;
      }
    }
  }

  #keep(column: number, values: ColumnValues['values'], before: number): void {
    for (const [row, value] of values.entries()) {
      const place = this.#places[before + row] as number;
      if (value === undefined || place < this.#start || place >= this.#end) continue;
      this.#values[column] ??= new Array(this.#end - this.#start).fill(undefined);
      this.#values[column][place - this.#start] = value;
    }
  }
}
