import type { LandedTable } from '../../schemas/lake/column.ts';
import type { ColumnValues, TableRows } from '../../shared/lake/column-readers.ts';
import { readParquet } from '../../shared/lake/parquet/read-parquet.ts';
import type { LakeFile, LakeFiles } from '../adapters/lake-files.ts';
import { readAhead } from './read-ahead.ts';

type Values = ColumnValues['values'][number][];

interface Wanted {
  readonly rows: number[];
  readonly places: number[];
}

/**
 * Rows of a day's landed files in the order of a plan, a window of them in memory: when rows beyond it are asked for, the
 * files are read again for the next window.
 */
export class RowWindow {
  readonly #files: LakeFiles;
  readonly #table: LandedTable;
  readonly #landed: readonly LakeFile[];
  readonly #size: number;
  readonly #total: number;
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
    this.#total = source.order.length;
    this.#places = new Int32Array(source.rows).fill(-1);
    for (const [place, row] of source.order.entries()) this.#places[row] = place;
  }

  /** The rows at the places from `start` to before `end`, of which the first was not yet asked for. */
  async rows(start: number, end: number): Promise<TableRows> {
    if (end > this.#end) await this.#load(start, Math.min(Math.max(end, start + this.#size), this.#total));
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
        const wanted = this.#wanted(before, before + count);
        for (const [at, { values }] of columns.entries()) this.#keep(at, values, wanted);
        before += count;
      }
    }
  }

  /** Of the landed rows from `start` to before `end` those of the window: by number from `start` on, with their places in it. */
  #wanted(start: number, end: number): Wanted {
    const wanted: Wanted = { rows: [], places: [] };
    for (let row = start; row < end; row += 1) {
      const place = this.#places[row] as number;
      if (place < this.#start || place >= this.#end) continue;
      wanted.rows.push(row - start);
      wanted.places.push(place - this.#start);
    }
    return wanted;
  }

  #keep(column: number, values: ColumnValues['values'], { rows, places }: Wanted): void {
    let kept = this.#values[column];
    for (let at = 0; at < rows.length; at += 1) {
      const value = values[rows[at] as number];
      if (value === undefined) continue;
      kept ??= new Array(this.#end - this.#start).fill(undefined);
      kept[places[at] as number] = value;
    }
    if (kept) this.#values[column] = kept;
  }
}
