import { type Catalog, splitLocation } from '../../services/athena/catalog.ts';
import { account, region } from '../../template/types.ts';
import type { Need } from '../need.ts';

export interface QueryUse {
  readonly catalog: Catalog;
  /** Names of all tables and views that the query reads, those that views read included, in lower case. */
  readonly relations: Iterable<string>;
}

const glue = (path: string) => `arn:aws:glue:${region}:${account}:${path}`;
const bucketArn = (bucket: string) => `arn:aws:s3:::${bucket}`;

/** `s3://bucket/key` as an ARN, with something after it. */
export function objectArn(location: string, after = ''): string {
  const { bucket, prefix } = splitLocation(location);
  return `arn:aws:s3:::${bucket}/${prefix}${after}`;
}

/** Where an UNLOAD writes. */
const unloadTarget = /^\s*UNLOAD\b.*\)\s*TO\s*'(s3:\/\/[^']+)'/is;

/**
 * What Athena does with the permissions of whoever starts a query before it reads anything: it looks for the database,
 * and for the one named `default`, and writes the result to `output` (`s3://bucket/key`).
 */
export function needsToStart(sql: string, database: string, output: string): Need[] {
  const result = bucketArn(splitLocation(output).bucket);
  const target = unloadTarget.exec(sql)?.[1]?.replace(/\/?$/, '/');
  return [
    ...['catalog', 'database/default', `database/${database}`].map((path) => need('glue:GetDatabase', glue(path))),
    need('s3:GetBucketLocation', result),
    need('s3:PutObject', objectArn(output)),
    ...(target === undefined ? [] : needsToUnload(target)),
  ];
}

/** A folder must be empty to be unloaded to, and its files are named by Athena. */
function needsToUnload(target: string): Need[] {
  const { bucket, prefix } = splitLocation(target);
  return [
    need('s3:GetBucketLocation', bucketArn(bucket)),
    { ...need('s3:ListBucket', bucketArn(bucket)), context: { 's3:prefix': prefix } },
    need('s3:PutObject', objectArn(target, '*')),
  ];
}

/**
 * What Athena reads in the caller's name: the entry of each table and view, partitions that are not projected, and the
 * files. A file is any below the location: `*` stands for the key, so that a grant of only some of them is too little.
 */
export function needsToRead({ catalog, relations }: QueryUse): Need[] {
  const byName = new Map(catalog.tables.map((table) => [table.name.toLowerCase(), table]));
  return [...relations].flatMap((name) => {
    const table = byName.get(name);
    if (!table) return [];
    const entry = ['catalog', `database/${catalog.database}`, `table/${catalog.database}/${table.name}`].map(glue);
    const isListed = table.partitionKeys.length > 0 && table.projection?.['projection.enabled'] !== 'true';
    const actions = ['glue:GetTable', ...(isListed ? ['glue:GetPartitions'] : [])];
    return [
      ...actions.flatMap((action) => entry.map((resource) => need(action, resource))),
      ...(table.location === undefined ? [] : needsOfFiles(table.location)),
    ];
  });
}

function needsOfFiles(location: string): Need[] {
  const { bucket, prefix } = splitLocation(location);
  return [
    need('s3:GetBucketLocation', bucketArn(bucket)),
    { ...need('s3:ListBucket', bucketArn(bucket)), context: { 's3:prefix': prefix } },
    need('s3:GetObject', objectArn(location, '*')),
  ];
}

const need = (action: string, resource: string): Need => ({ action, resource });
