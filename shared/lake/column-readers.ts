import type { Column, ColumnType, LakeTable } from '../../schemas/lake/column.ts';

/** Values of each column type, before they are written: time in milliseconds, money in units of 1/10,000. */
interface Values {
  string: string;
  int: number;
  bigint: number;
  double: number;
  boolean: boolean;
  timestamp: number;
  'decimal(18,4)': number;
}

/** How each column of a table is read from what a row is made of: exactly its columns, each of its type. */
export type ColumnReaders<Table extends LakeTable, Source> = {
  readonly [C in Table['columns'][number] as C['name']]: (source: Source) => Values[C['type']] | undefined;
};

/** A column and its values, one a row. */
export interface ColumnValues {
  readonly column: Column;
  readonly values: readonly (string | number | boolean | undefined)[];
}

/** Rows of a table, column by column, as Parquet wants them. A value that its type cannot hold becomes undefined. */
export interface TableRows {
  readonly table: LakeTable;
  readonly count: number;
  readonly columns: readonly ColumnValues[];
}

export function tableRows<Table extends LakeTable, Source>(
  table: Table,
  readers: ColumnReaders<Table, Source>,
  sources: readonly Source[],
): TableRows {
  const read = readers as Readonly<Record<string, (source: Source) => string | number | boolean | undefined>>;
  return {
    table,
    count: sources.length,
    columns: table.columns.map((column: Column) => {
      const value = read[column.name] as (source: Source) => string | number | boolean | undefined;
      return { column, values: sources.map((source) => holdable(column.type, value(source))) };
    }),
  };
}

const MAX_INT = 2 ** 31 - 1;
/** Years 0001 to 9999, which every reader of Parquet knows. */
const FIRST_MOMENT = Date.parse('0001-01-01T00:00:00Z');
const LAST_MOMENT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function holdable<V extends string | number | boolean | undefined>(type: ColumnType, value: V): V | undefined {
  if (typeof value !== 'number') return value;
  if (type === 'double') return Number.isFinite(value) ? value : undefined;
  if (!Number.isSafeInteger(value)) return undefined;
  if (type === 'int') return Math.abs(value) <= MAX_INT ? value : undefined;
  if (type === 'timestamp') return value >= FIRST_MOMENT && value <= LAST_MOMENT ? value : undefined;
  return value;
}
