import type { Mark } from '../../shared/lake/marks.ts';
import type { Item } from '../adapters/dynamodb.ts';

/** How far a segment of the table is in the lake. */
export interface SegmentProgress {
  /** Files written. */
  readonly parts: number;
  readonly people: number;
  /** Where the next file begins. */
  readonly after?: Item;
  readonly isDone: boolean;
}

/** A snapshot in the making. */
export interface Snapshot {
  /** Milliseconds since 1970. */
  readonly snapshotAt: number;
  readonly segments: readonly SegmentProgress[];
}

/** Files of a snapshot that is whole: how many of each segment. */
export interface WholeSnapshot {
  readonly snapshotAt: number;
  readonly parts: readonly number[];
}

/** All that runs know of one another. */
export interface SnapshotWork {
  readonly current?: Snapshot;
  /** The last two values of the mark, the latest last. */
  readonly marks: readonly Mark[];
  /** What the mark shows. */
  readonly last?: WholeSnapshot;
  /** A snapshot of the same day as the last: whoever began to read it is done when the next is whole. */
  readonly replaced?: WholeSnapshot;
}

/** The table is scanned in so many parts, side by side. */
export const SEGMENTS = 4;

export const newSnapshot = (snapshotAt: number): Snapshot => ({
  snapshotAt,
  segments: Array.from({ length: SEGMENTS }, () => ({ parts: 0, people: 0, isDone: false })),
});

export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Key of a snapshot's file, named after what it holds. */
export function partKey(table: string, snapshotAt: number, segment: number, part: number): string {
  const name = new Date(snapshotAt).toISOString().slice(11, 23).replaceAll(/\D/g, '');
  return `${table}/day=${dayOf(snapshotAt)}/${name}-${segment}-${String(part).padStart(4, '0')}.parquet`;
}

export const keysOfSnapshot = (table: string, { snapshotAt, parts }: WholeSnapshot): string[] =>
  parts.flatMap((count, segment) =>
    Array.from({ length: count }, (_, part) => partKey(table, snapshotAt, segment, part)),
  );
