import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export interface CatalogColumn {
  readonly name: string;
  /** Hive type: `string`, `bigint`, `decimal(18,4)`, `timestamp`, `array<string>`... */
  readonly type: string;
  readonly comment?: string;
}

export interface CatalogTable {
  readonly name: string;
  readonly comment?: string;
  readonly kind: 'table' | 'view';
  readonly columns: readonly CatalogColumn[];
  readonly partitionKeys: readonly CatalogColumn[];
  /** Folder of a table's Parquet files: `s3://bucket/prefix/`. */
  readonly location?: string;
  /** Trino SQL of a view. */
  readonly viewSql?: string;
  readonly projection?: Readonly<Record<string, string>>;
}

export interface WorkGroup {
  readonly name: string;
  /** Folder for results: `s3://bucket/prefix/`. */
  readonly outputLocation?: string;
}

/** What Glue and Athena know of the stack: one database, its tables and views, and the workgroups. */
export interface Catalog {
  readonly database: string;
  readonly tables: readonly CatalogTable[];
  readonly workGroups?: readonly WorkGroup[];
}

const none: Catalog = { database: 'default', tables: [] };

/** Returns a reader of `<dataDir>/state/catalog.json` that reads the file again when it was written anew. */
export function catalogReader(dataDir: string): () => Catalog {
  const file = path.join(dataDir, 'state', 'catalog.json');
  let version = '';
  let catalog = none;
  return () => {
    const stats = statSync(file, { throwIfNoEntry: false });
    const current = stats ? `${stats.mtimeMs} ${stats.size} ${stats.ino}` : '';
    if (current !== version) {
      catalog = stats ? JSON.parse(readFileSync(file, 'utf8')) : none;
      version = current;
    }
    return catalog;
  };
}

/** Splits `s3://bucket/prefix`. Throws on any other text. */
export function splitLocation(location: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(location) ?? [];
  if (bucket === undefined) throw new Error(`A location must look like s3://bucket/prefix/; got '${location}'`);
  return { bucket, prefix };
}
