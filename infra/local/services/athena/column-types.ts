import { type DuckDBDecimalType, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import { type ColumnInfo, columnInfoOf } from './column-info.ts';

type Described = readonly [type: string, precision: number];

const described: Readonly<Partial<Record<DuckDBTypeId, Described>>> = {
  [DuckDBTypeId.BOOLEAN]: ['boolean', 0],
  [DuckDBTypeId.TINYINT]: ['tinyint', 3],
  [DuckDBTypeId.SMALLINT]: ['smallint', 5],
  [DuckDBTypeId.INTEGER]: ['integer', 10],
  [DuckDBTypeId.BIGINT]: ['bigint', 19],
  [DuckDBTypeId.HUGEINT]: ['bigint', 19],
  [DuckDBTypeId.UTINYINT]: ['smallint', 5],
  [DuckDBTypeId.USMALLINT]: ['integer', 10],
  [DuckDBTypeId.UINTEGER]: ['bigint', 19],
  [DuckDBTypeId.UBIGINT]: ['bigint', 19],
  [DuckDBTypeId.FLOAT]: ['float', 17],
  [DuckDBTypeId.DOUBLE]: ['double', 17],
  [DuckDBTypeId.DATE]: ['date', 0],
  [DuckDBTypeId.TIME]: ['time', 3],
  [DuckDBTypeId.TIMESTAMP]: ['timestamp', 3],
  [DuckDBTypeId.TIMESTAMP_TZ]: ['timestamp with time zone', 3],
  [DuckDBTypeId.INTERVAL]: ['interval day to second', 0],
  [DuckDBTypeId.BLOB]: ['varbinary', 1_073_741_824],
  [DuckDBTypeId.LIST]: ['array', 0],
  [DuckDBTypeId.MAP]: ['map', 0],
  [DuckDBTypeId.STRUCT]: ['row', 0],
};

export function columnInfo(name: string, type: DuckDBType): ColumnInfo {
  const isDecimal = type.typeId === DuckDBTypeId.DECIMAL;
  const { width = 0, scale = 0 } = isDecimal ? (type as DuckDBDecimalType) : {};
  const known = isDecimal ? (['decimal', width] as const) : described[type.typeId];
  const [Type, Precision] = type.alias === 'JSON' ? ['json', 0] : (known ?? ['varchar', 2_147_483_647]);
  return columnInfoOf(name, Type, Precision, scale);
}

const duckDbNames: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  int: 'INTEGER',
  binary: 'BLOB',
  float: 'FLOAT',
  char: 'VARCHAR',
};

/** Writes a Hive type of the catalog as DuckDB has it: `array<struct<a:string>>` is `STRUCT("a" VARCHAR)[]`. */
export function duckDbType(hiveType: string): string {
  const type = hiveType.trim().toLowerCase();
  const [, outer, inner = ''] = /^(array|map|struct)<(.*)>$/.exec(type) ?? [];
  if (outer === 'array') return `${duckDbType(inner)}[]`;
  if (outer === 'map') return `MAP(${splitTop(inner).map(duckDbType).join(', ')})`;
  if (outer === 'struct') {
    const fields = splitTop(inner).map((field) => /^\s*([^:]+):(.*)$/.exec(field));
    return `STRUCT(${fields.map((field) => `"${field?.[1]}" ${duckDbType(field?.[2] ?? '')}`).join(', ')})`;
  }
  if (/^(varchar|char)\(/.test(type)) return 'VARCHAR';
  if (!/^[a-z]+(\(\d+(,\s*\d+)?\))?$/.test(type)) throw new Error(`Not a Hive type: '${hiveType}'`);
  return duckDbNames[type] ?? type.toUpperCase();
}

/** Splits at the commas outside of brackets. */
function splitTop(list: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of list) {
    if ('<('.includes(character)) depth += 1;
    if ('>)'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}
