import { QueryError } from './query-error.ts';

/** UNLOAD (SELECT …) TO 's3://bucket/prefix/' WITH (format = 'PARQUET', …). */
export interface Unload {
  /** The query whose rows become a file. */
  readonly select: string;
  /** `s3://bucket/prefix/`. */
  readonly target: string;
  readonly compression: 'zstd' | 'snappy' | 'gzip' | 'uncompressed';
}

const statement = /^\s*UNLOAD\s*\((.*)\)\s*TO\s*'([^']*)'\s*WITH\s*\(([^()]*)\)\s*;?\s*$/is;
const property = /^\s*(\w+)\s*=\s*'?([\w ]*)'?\s*$/;

const compressions: Readonly<Record<string, Unload['compression']>> = {
  ZSTD: 'zstd',
  SNAPPY: 'snappy',
  GZIP: 'gzip',
  NONE: 'uncompressed',
};

export const isUnload = (sql: string): boolean => /^\s*UNLOAD\b/i.test(sql);

/** Reads an UNLOAD statement; undefined for any other. Throws `QueryError`. */
export function readUnload(sql: string): Unload | undefined {
  if (!isUnload(sql)) return undefined;
  const [, select = '', target = '', list = ''] = statement.exec(sql) ?? [];
  if (!select) throw new QueryError('SYNTAX_ERROR', "UNLOAD reads: UNLOAD (SELECT …) TO 's3://…/' WITH (format = '…')");
  if (!/^s3:\/\/[^/]+\/.+$/.test(target)) {
    throw new QueryError('INVALID_TABLE_PROPERTY', `The location of an UNLOAD is s3://bucket/prefix/; got '${target}'`);
  }
  const { format, compression = 'GZIP', ...others } = properties(list);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new QueryError('NOT_SUPPORTED', `UNLOAD with ${unknown} is not served here`);
  if (format?.toUpperCase() !== 'PARQUET') {
    throw new QueryError('NOT_SUPPORTED', `UNLOAD writes format = 'PARQUET' here; got ${format ?? 'none'}`);
  }
  const known = compressions[compression.toUpperCase()];
  if (!known) {
    const there = Object.keys(compressions).join(', ');
    throw new QueryError('INVALID_TABLE_PROPERTY', `compression is one of ${there}; got '${compression}'`);
  }
  return { select, target: target.replace(/\/?$/, '/'), compression: known };
}

function properties(list: string): Record<string, string | undefined> {
  return Object.fromEntries(
    list.split(',').map((part) => {
      const [, name = '', value = ''] = property.exec(part) ?? [];
      if (!name) throw new QueryError('SYNTAX_ERROR', `A property reads name = 'value'; got '${part.trim()}'`);
      return [name.toLowerCase(), value];
    }),
  );
}
