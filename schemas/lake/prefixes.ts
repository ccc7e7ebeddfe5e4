import { IMPORTS, INBOX, REJECTED } from '../import/state.ts';
import type { LakeTable } from './column.ts';
import { trainingFolder } from './training-tables.ts';

/** Where the archives of exports lie, and what erasures and exports note while they are under way. */
export const EXPORTS = 'privacy/exports/';
export const PRIVACY_WORK = 'privacy/work/';
/** Where replays keep histories while they are under way. */
export const REPLAYS = 'replays/';

/** What an erasure does with what lies below a prefix of the lake's bucket. */
export type PrefixErasure =
  /** Lines that name the person are taken out of its files. */
  | 'lines'
  /** All of its files go, once nobody reads them. */
  | 'files'
  /** The archives of the person go. */
  | 'archives'
  /** They go when the work is over that wrote them. */
  | 'own'
  | 'nothing';

export interface LakePrefix {
  readonly prefix: string;
  readonly holds: string;
  readonly erasure: PrefixErasure;
}

/** All that lies in the lake's bucket beside its tables; the longest prefix of a key holds. */
export const prefixesBesideTables: readonly LakePrefix[] = [
  { prefix: INBOX, holds: 'files that wait to be imported, or that could not be, and their maps', erasure: 'lines' },
  { prefix: REJECTED, holds: 'lines of files that imports rejected', erasure: 'lines' },
  { prefix: IMPORTS, holds: 'how far imports are, and hashes of what they brought in', erasure: 'nothing' },
  { prefix: REPLAYS, holds: 'histories of people while profiles are rebuilt', erasure: 'files' },
  { prefix: trainingFolder, holds: 'histories without names that models were trained on', erasure: 'files' },
  { prefix: EXPORTS, holds: 'archives of exports', erasure: 'archives' },
  { prefix: PRIVACY_WORK, holds: 'hashes and days, until an erasure is done, and pieces of archives', erasure: 'own' },
  { prefix: 'barriers/', holds: 'how far the stream was read', erasure: 'nothing' },
  { prefix: 'sealing/', holds: 'how far days are sealed', erasure: 'nothing' },
  { prefix: 'snapshots/', holds: 'how far snapshots of profiles are', erasure: 'nothing' },
  { prefix: 'watch/', holds: 'which alerts were raised', erasure: 'nothing' },
];

/** What erasure does with an object, by the table or the prefix that its key lies below; undefined for an unknown place. */
export function placeOf(key: string, tables: readonly LakeTable[]): LakeTable | LakePrefix | undefined {
  const table = tables.find(({ name }) => key.startsWith(`${name}/`));
  if (table !== undefined) return table;
  return prefixesBesideTables
    .filter(({ prefix }) => key.startsWith(prefix))
    .reduce<LakePrefix | undefined>(
      (best, each) => (best && best.prefix.length > each.prefix.length ? best : each),
      undefined,
    );
}
