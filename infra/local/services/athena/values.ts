import {
  type DuckDBBlobValue,
  type DuckDBDecimalValue,
  type DuckDBIntervalValue,
  type DuckDBListType,
  type DuckDBListValue,
  type DuckDBMapType,
  type DuckDBMapValue,
  type DuckDBStructType,
  type DuckDBStructValue,
  type DuckDBTimestampTZValue,
  type DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';

type Printer = (value: never, type: DuckDBType) => string;

const printers: Readonly<Partial<Record<DuckDBTypeId, Printer>>> = {
  [DuckDBTypeId.DOUBLE]: (value: number) => javaDouble(value),
  [DuckDBTypeId.FLOAT]: (value: number) => javaDouble(shortestFloat(value)),
  [DuckDBTypeId.DECIMAL]: (value: DuckDBDecimalValue) => value.toString(),
  [DuckDBTypeId.TIMESTAMP]: (value: DuckDBTimestampValue) => timestamp(value.micros),
  [DuckDBTypeId.TIMESTAMP_TZ]: (value: DuckDBTimestampTZValue) => `${timestamp(value.micros)} UTC`,
  [DuckDBTypeId.BLOB]: (value: DuckDBBlobValue) =>
    [...value.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
  [DuckDBTypeId.INTERVAL]: (value: DuckDBIntervalValue) => interval(value),
  [DuckDBTypeId.LIST]: (value: DuckDBListValue, type) => {
    const { valueType } = type as DuckDBListType;
    return `[${value.items.map((item) => inner(item, valueType)).join(', ')}]`;
  },
  [DuckDBTypeId.MAP]: (value: DuckDBMapValue, type) => {
    const { keyType, valueType } = type as DuckDBMapType;
    const entries = value.entries.map((entry) => `${inner(entry.key, keyType)}=${inner(entry.value, valueType)}`);
    return `{${entries.join(', ')}}`;
  },
  [DuckDBTypeId.STRUCT]: (value: DuckDBStructValue, type) => {
    const { entryNames, entryTypes } = type as DuckDBStructType;
    // The fields of a row without names share one in DuckDB, where only its types tell how many there are.
    const values = Object.values(value.entries);
    const fields = entryTypes.map(
      (field, index) => `${entryNames[index] || `field${index}`}=${inner(values[index] ?? null, field)}`,
    );
    return `{${fields.join(', ')}}`;
  },
};

/** Prints a value as Athena does in its results: `1.0E10`, `2026-01-02 03:04:05.000`, `[a, b]`, `{k=v}`; null for NULL. */
export function printValue(value: DuckDBValue, type: DuckDBType): string | null {
  if (value === null) return null;
  const print = printers[type.typeId] as ((value: DuckDBValue, type: DuckDBType) => string) | undefined;
  return print ? print(value, type) : String(value);
}

function inner(value: DuckDBValue, type: DuckDBType): string {
  return printValue(value, type) ?? 'null';
}

/** Java's `Double.toString`: at least one decimal, and an exponent below 10^-3 and from 10^7 on. */
function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    const text = Object.is(value, -0) ? '-0' : String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}

/** The number with the fewest digits that is the same 32-bit float. */
function shortestFloat(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}

function timestamp(micros: bigint): string {
  const milliseconds = micros / 1000n - (micros % 1000n < 0n ? 1n : 0n);
  return new Date(Number(milliseconds)).toISOString().replace('T', ' ').replace('Z', '');
}

function interval({ months, days, micros }: DuckDBIntervalValue): string {
  if (months !== 0) return `${months < 0 ? '-' : ''}${Math.trunc(Math.abs(months) / 12)}-${Math.abs(months) % 12}`;
  const total = BigInt(days) * 86_400_000n + micros / 1000n;
  const size = total < 0n ? -total : total;
  const clock = new Date(Number(size % 86_400_000n)).toISOString().slice(11, 23);
  return `${total < 0n ? '-' : ''}${size / 86_400_000n} ${clock}`;
}
