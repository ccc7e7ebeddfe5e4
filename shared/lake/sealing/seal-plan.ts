import type { Column, LandedTable } from '../../../schemas/lake/column.ts';
import { positionNames } from '../../../schemas/lake/position.ts';
import type { ReadRows } from '../parquet/read-parquet.ts';
import { IdTable } from './id-table.ts';
import { rowIdOf } from './row-id.ts';
import { type SortColumn, sortColumn } from './sort-column.ts';

type Value = string | number | boolean | undefined;

/** Which of a day's landed rows are sealed, and in what order. Rows have numbers in the order in which they were read. */
export interface SealPlan {
  /** Number of the row at each place of the sealed rows. */
  readonly order: Uint32Array;
  /** Ids of all rows that landed, copies included. */
  readonly ids: IdTable;
}

/** Columns that a plan is made of. */
export function planColumns({ columns, sealing }: LandedTable): Column[] {
  const names = new Set([...sealing.identity, ...positionNames, ...sealing.order, ...sealing.sort]);
  return columns.filter(({ name }) => names.has(name));
}

/**
 * Plans the sealing of a day of a table from the few columns that decide: about 100 bytes of memory a row, and the sort
 * columns' distinct texts.
 */
export class SealPlanner {
  readonly #idOf: ReturnType<typeof rowIdOf>;
  readonly #order: readonly { readonly name: string; readonly values: Value[] }[];
  readonly #sort: readonly { readonly name: string; readonly values: SortColumn }[];
  readonly #ids = new IdTable();
  /** By number of an id: the row that counts, or -1 when one of the days before has it. */
  #first = new Int32Array(1024);
  #rows = 0;

  constructor(table: LandedTable) {
    this.#idOf = rowIdOf(table);
    this.#order = table.sealing.order.map((name) => ({ name, values: [] }));
    this.#sort = table.sealing.sort.map((name) => ({ name, values: sortColumn() }));
  }

  /** Number of rows so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Takes the next rows, which must have the columns of `planColumns`. */
  add({ count, columns }: ReadRows): void {
    const byName = new Map(columns.map(({ column, values }) => [column.name, values]));
    const valuesOf = (name: string) => byName.get(name) as readonly Value[];
    for (const { name, values } of this.#order) for (const value of valuesOf(name)) values.push(value);
    for (const { name, values } of this.#sort) for (const value of valuesOf(name)) values.push(value);
    for (let at = 0; at < count; at += 1) {
      const known = this.#ids.size;
      const id = this.#ids.add(this.#idOf((name) => valuesOf(name)[at]));
      const row = this.#rows + at;
      if (id === known) this.#setFirst(id, row);
      else if (this.#comesBefore(row, this.#first[id] as number)) this.#first[id] = row;
    }
    this.#rows += count;
  }

  /** Says which ids were seen on the days before: their rows are copies. After all rows were added. */
  leaveOut(ids: Iterable<Value>): void {
    for (const id of ids) {
      const found = this.#ids.find(id as string);
      if (found >= 0) this.#first[found] = -1;
    }
  }

  plan(): SealPlan {
    const order = new Uint32Array(this.#first.subarray(0, this.#ids.size).filter((row) => row >= 0));
    const compare = this.#sort.map(({ values }) => values.comparator());
    order.sort((one, other) => {
      for (const each of compare) {
        const difference = each(one, other);
        if (difference !== 0) return difference;
      }
      return one - other;
    });
    return { order, ids: this.#ids };
  }

  #setFirst(id: number, row: number): void {
    if (id === this.#first.length) {
      const longer = new Int32Array(this.#first.length * 2);
      longer.set(this.#first);
      this.#first = longer;
    }
    this.#first[id] = row;
  }

  /** As the views order copies: ascending, rows without a value last. */
  #comesBefore(row: number, other: number): boolean {
    for (const { values } of this.#order) {
      const [mine, its] = [values[row], values[other]];
      if (mine === its) continue;
      if (mine === undefined || its === undefined) return its === undefined;
      return mine < its;
    }
    return false;
  }
}
