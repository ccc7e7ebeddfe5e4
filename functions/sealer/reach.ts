import type { LandedTable } from '../../schemas/lake/column.ts';
import type { PutBarrier } from '../adapters/barrier-records.ts';
import type { LakeFiles } from '../adapters/lake-files.ts';
import type { log } from '../adapters/log.ts';

/** How much is taken at once. */
export interface Limits {
  /** A file of a sealed table is ended when it has so many bytes. */
  readonly partBytes: number;
  /** Rows of a row group, the smallest piece that a reader may skip. */
  readonly groupRows: number;
  /** Bytes of rows, before compression, that are held in memory to bring them in order. */
  readonly windowBytes: number;
}

/** What the sealer reaches. */
export interface Reach {
  readonly files: LakeFiles;
  readonly putBarrier: PutBarrier;
  readonly tables: readonly LandedTable[];
  readonly limits: Limits;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: typeof log;
}
