import { zstdCompressSync } from 'node:zlib';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import type { ColumnType } from '../../../schemas/lake/column.ts';
import type { ColumnValues, TableRows } from '../column-readers.ts';

type SchemaElement = NonNullable<Parameters<typeof parquetWriteBuffer>[0]['schema']>[number];

/**
 * How each column type lies in Parquet: what Trino (Athena) and DuckDB read as that very type. Timestamps carry no
 * time zone, because Glue's `timestamp` has none; money is the unscaled integer, so nothing is rounded.
 */
const physical: Record<ColumnType, Omit<SchemaElement, 'name'>> = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  int: { type: 'INT32' },
  bigint: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  timestamp: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MILLIS' } },
  'decimal(18,4)': { type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale: 4 },
};

const isInt64 = (type: ColumnType): boolean => physical[type].type === 'INT64';

/** A Parquet file of a table's rows, compressed with zstd. */
export function parquetFile({ columns }: TableRows): Uint8Array {
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ column: { name, type } }) => ({
      name,
      repetition_type: 'OPTIONAL' as const,
      ...physical[type],
    })),
  ];
  return new Uint8Array(
    parquetWriteBuffer({
      schema,
      columnData: columns.map(columnSource),
      codec: 'ZSTD',
      compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) },
    }),
  );
}

function columnSource({ column: { name, type }, values }: ColumnValues): ColumnSource {
  const data = isInt64(type)
    ? values.map((value) => (value === undefined ? undefined : BigInt(value as number)))
    : [...values];
  return { name, data };
}
