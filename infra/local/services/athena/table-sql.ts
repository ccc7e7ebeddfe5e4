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
 * DuckDB SQL that reads a landed table as the catalog describes it: every column in its type, and NULL where a
 * file lacks it. The schema is given and not gathered from the files, which for thousands of them would cost
 * seconds and hundreds of megabytes; partition keys come from the file's name, by which DuckDB skips files.
 */
export function tableSql(
  table: CatalogTable,
  root: string,
  hasFiles: boolean,
  extra: 'path' | 'none' = 'none',
): string {
  const columns = table.columns.map(({ name, type }) => ({ name, type: duckDbType(type), value: quoted(name) }));
  const keys = table.partitionKeys.map(({ name, type }) => ({
    name,
    type: duckDbType(type),
    value: `nullif(regexp_extract(filename, ${literal(`/${name}=([^/]*)/`)}, 1), '')`,
  }));
  const location = { name: '$path', type: 'VARCHAR', value: `replace(filename, ${literal(`${root}/`)}, 's3://')` };
  const shown = [...columns, ...keys, ...(extra === 'path' ? [location] : [])];
  const select = shown.map(
    ({ name, type, value }) => `CAST(${hasFiles ? value : 'NULL'} AS ${type}) AS ${quoted(name)}`,
  );
  return `SELECT ${select.join(', ')} ${hasFiles ? `FROM ${files(table, root, columns)}` : 'WHERE false'}`;
}

function files(table: CatalogTable, root: string, columns: readonly { name: string; type: string }[]): string {
  const glob = literal(path.join(folderOf(table, root), '**', '*.parquet'));
  const schema = columns.map(
    ({ name, type }) => `${literal(name)}: {name: ${literal(name)}, type: ${literal(type)}, default_value: NULL}`,
  );
  return `read_parquet(${glob}, schema = MAP {${schema.join(', ')}}, filename = true, binary_as_string = true)`;
}
