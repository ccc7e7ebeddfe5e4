/** Types that Glue, Trino and Parquet share; money is decimal(18,4), time is UTC. */
export type ColumnType = 'string' | 'int' | 'bigint' | 'double' | 'boolean' | 'timestamp' | 'decimal(18,4)';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly comment: string;
}

/** Files in S3 under `<name>/day=YYYY-MM-DD/`, or under `<name>/` when the table has no days. */
export interface LakeTable {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly Column[];
  /** @default its files lie by day */
  readonly unpartitioned?: true;
}

/** A table `<base>_landed` that the lake-writer fills, whose closed days are sealed into `<base>_sealed`. */
export interface LandedTable extends LakeTable {
  readonly sealing: Sealing;
}

/** How the rows of a landed table become those of a sealed one: data, so that the view and the sealer do alike. */
export interface Sealing {
  /**
   * Columns by which rows are told apart: rows that are alike in all of them are copies, of which the first counts.
   * A row that lacks a value in one of them is told apart by its place on the stream.
   */
  readonly identity: readonly string[];
  /** Of copies the one with the lowest day is the first, then that with the lowest values in these. */
  readonly order: readonly string[];
  /** Columns by which sealed files are sorted, so that a reader skips what it does not look for. */
  readonly sort: readonly string[];
}

/** SQL over tables, in `views/<name>.sql`. */
export interface LakeView {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly Column[];
}

/** The one partition key of every table whose files lie by day. */
export const dayPartition: Column = {
  name: 'day',
  type: 'string',
  comment: 'UTC day of arrival, YYYY-MM-DD. Filter on it: a query reads only the days that it names.',
};

const columnOf =
  (type: ColumnType) =>
  <Name extends string>(name: Name, comment: string) =>
    ({ name, type, comment }) as const;

export const text = columnOf('string');
export const whole = columnOf('int');
export const big = columnOf('bigint');
export const number = columnOf('double');
export const truth = columnOf('boolean');
export const instant = columnOf('timestamp');
export const amount = columnOf('decimal(18,4)');
