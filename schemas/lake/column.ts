/** Types that Glue, Trino and Parquet share; money is decimal(18,4), time is UTC. */
export type ColumnType = 'string' | 'int' | 'bigint' | 'double' | 'boolean' | 'timestamp' | 'decimal(18,4)';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly comment: string;
}

/** Files in S3 under `<name>/day=YYYY-MM-DD/`. */
export interface LakeTable {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly Column[];
}

/** SQL over tables, in `views/<name>.sql`. */
export interface LakeView {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly Column[];
}

/** The one partition key of every landed table. */
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
