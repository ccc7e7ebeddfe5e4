import type { LakeTable, LandedTable } from '../../../schemas/lake/column.ts';
import { sealedTwin } from '../../../schemas/lake/tables.ts';
import type { LakeReach } from './types.ts';

/** What a key of the lake's bucket tells of a table's file. */
export interface TableFile {
  readonly key: string;
  readonly table: LakeTable;
  /** The table by whose rules its rows are told apart, where there is one. */
  readonly landed: LandedTable | undefined;
  /** YYYY-MM-DD; undefined for a table without days. */
  readonly day: string | undefined;
}

/** Throws for a key that lies below no table. */
export function tableFileOf({ tables, allTables }: Pick<LakeReach, 'tables' | 'allTables'>, key: string): TableFile {
  const [name = '', folder = ''] = key.split('/');
  const table = allTables.find((each) => each.name === name);
  if (table === undefined) throw new Error(`The file ${key} lies below no table of the lake.`);
  const landed = tables.find((each) => each.name === name || sealedTwin(each).name === name);
  return { key, table, landed, day: /^day=(\d{4}-\d{2}-\d{2})$/.exec(folder)?.[1] };
}

/** The key of a path such as `s3://bucket/key`. */
export const keyOfPath = (path: string): string => path.replace(/^s3:\/\/[^/]+\//, '');
