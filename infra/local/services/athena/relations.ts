import { readdirSync } from 'node:fs';
import path from 'node:path';
import { type CatalogTable, splitLocation } from './catalog.ts';
import { duckDbType } from './column-types.ts';

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The folder of a table's files under the root of the object store. */
export function folderOf(table: CatalogTable, root: string): string {
  const { bucket, prefix } = splitLocation(table.location ?? '');
  return path.join(root, bucket, prefix);
}

/** Whether a folder holds any Parquet file; looks no further than the first. */
export function holdsParquet(folder: string): boolean {
  let entries: import('node:fs').Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return false;
  }
  if (entries.some((entry) => entry.isFile() && entry.name.endsWith('.parquet'))) return true;
  return entries.some((entry) => entry.isDirectory() && holdsParquet(path.join(folder, entry.name)));
}

/**
 * DuckDB SQL that reads a landed table as the catalog describes it: every column cast to its type, NULL where
 * the files, or some of them, lack it. The typed, empty half brings the missing columns.
 */
export function tableSql(
  table: CatalogTable,
  root: string,
  hasFiles: boolean,
  extra: 'path' | 'none' = 'none',
): string {
  const columns = [...table.columns, ...table.partitionKeys].map(({ name, type }) => ({
    name: quoted(name),
    type: duckDbType(type),
  }));
  const typed = columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${name}`);
  const bucket = literal(`${root}/`);
  if (extra === 'path') columns.push({ name: '"$path"', type: 'VARCHAR' });
  const pathColumn = extra === 'path' ? `, replace(filename, ${bucket}, 's3://') AS "$path"` : '';
  const empty = `SELECT ${typed.join(', ')}${extra === 'path' ? `, CAST(NULL AS VARCHAR) AS "$path"` : ''} WHERE false`;
  const casts = columns.map(({ name, type }) => `CAST(${name} AS ${type}) AS ${name}`).join(', ');
  return `SELECT ${casts} FROM (${hasFiles ? `${empty} UNION ALL BY NAME SELECT *${pathColumn} FROM ${files(table, root)}` : empty})`;
}

function files(table: CatalogTable, root: string): string {
  const glob = literal(path.join(folderOf(table, root), '**', '*.parquet'));
  const partitions = table.partitionKeys.map(({ name, type }) => `${literal(name)}: ${duckDbType(type)}`);
  const hive = partitions.length > 0 ? `true, hive_types = {${partitions.join(', ')}}` : 'false';
  return `read_parquet(${glob}, union_by_name = true, binary_as_string = true, hive_partitioning = ${hive})`;
}
