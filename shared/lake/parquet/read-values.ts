import type { SchemaElement } from 'hyparquet';
import type { ColumnType } from '../../../schemas/lake/column.ts';

type Value = string | number | boolean;

/** How a value of a file becomes one of a column; undefined when the file's type cannot be that column's. */
export function valueReader(type: ColumnType, element: SchemaElement): ((raw: unknown) => Value) | undefined {
  const { type: stored, scale = 0 } = element;
  switch (type) {
    case 'string':
      return stored === 'BYTE_ARRAY' ? (raw) => raw as string : undefined;
    case 'boolean':
      return stored === 'BOOLEAN' ? (raw) => raw as boolean : undefined;
    case 'double':
      return stored === 'DOUBLE' || stored === 'FLOAT' ? (raw) => raw as number : undefined;
    case 'int':
      return stored === 'INT32' ? (raw) => raw as number : undefined;
    case 'bigint':
      return stored === 'INT64' || stored === 'INT32' ? Number : undefined;
    case 'timestamp':
      return stored === 'INT64' ? timeReader(element) : undefined;
    case 'decimal(18,4)':
      return stored === 'INT64' && scale === 4 ? Number : undefined;
  }
}

function timeReader({ converted_type, logical_type }: SchemaElement): ((raw: unknown) => number) | undefined {
  const unit = logical_type?.type === 'TIMESTAMP' ? logical_type.unit : converted_type;
  if (unit === 'MILLIS' || unit === 'TIMESTAMP_MILLIS') return Number;
  if (unit === 'MICROS' || unit === 'TIMESTAMP_MICROS') return (raw) => Number((raw as bigint) / 1000n);
  if (unit === 'NANOS') return (raw) => Number((raw as bigint) / 1_000_000n);
  return undefined;
}
