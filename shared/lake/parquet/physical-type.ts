import type { ColumnType } from '../../../schemas/lake/column.ts';
import type { CompactWriter } from './compact-writer.ts';

/** Numbers by which Parquet names its physical types. */
export const physicalTypes = { BOOLEAN: 0, INT32: 1, INT64: 2, DOUBLE: 5, BYTE_ARRAY: 6 } as const;
export type PhysicalType = keyof typeof physicalTypes;

interface Lying {
  readonly type: PhysicalType;
  /** Writes what tells readers which of their types this is, as fields of the column's SchemaElement. */
  readonly annotate?: (schema: CompactWriter) => void;
}

const convertedType = 6;
const scaleField = 7;
const precisionField = 8;
const logicalType = 10;

/**
 * How each column type lies in Parquet: what Trino (Athena) and DuckDB read as that very type. Timestamps carry no
 * time zone, because Glue's `timestamp` has none; money is the unscaled integer, so nothing is rounded.
 */
const lying: Readonly<Record<ColumnType, Lying>> = {
  string: { type: 'BYTE_ARRAY', annotate: (schema) => schema.i32(convertedType, 0) },
  int: { type: 'INT32' },
  bigint: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  timestamp: {
    type: 'INT64',
    annotate: (schema) => {
      schema.begin(logicalType);
      schema.begin(8); // TIMESTAMP
      schema.bool(1, false); // isAdjustedToUTC
      schema.begin(2); // unit
      schema.begin(1); // MILLIS
      for (let open = 4; open > 0; open--) schema.end();
    },
  },
  'decimal(18,4)': {
    type: 'INT64',
    annotate: (schema) => {
      schema.i32(convertedType, 5);
      schema.i32(scaleField, 4);
      schema.i32(precisionField, 18);
    },
  },
};

export const physicalTypeOf = (type: ColumnType): PhysicalType => lying[type].type;

/** Writes the SchemaElement of a column, which may be null in any row. */
export function writeSchemaElement(schema: CompactWriter, name: string, type: ColumnType): void {
  const { type: physical, annotate } = lying[type];
  schema.beginElement();
  schema.i32(1, physicalTypes[physical]);
  schema.i32(3, 1); // OPTIONAL
  schema.binary(4, name);
  annotate?.(schema);
  schema.end();
}
