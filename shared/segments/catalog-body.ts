import type { CatalogEntry, Versioned } from './catalog-entry.ts';

/** A segment as the catalog holds it. */
export interface CatalogSegment extends CatalogEntry {
  /** Of a segment that Headwater brought along: hash of the rule that it came with. */
  readonly builtIn?: string;
  /** Milliseconds since 1970; 0 for a built-in segment that was there from the beginning. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A segment that was deleted and whose members have not all left yet. */
export interface RemovedSegment {
  readonly id: string;
  readonly version: number;
}

/** All segments at one moment. Stored whole, under the number of its revision. */
export interface CatalogBody {
  /** By id, ascending. */
  readonly entries: readonly CatalogSegment[];
  readonly removed: readonly RemovedSegment[];
  /** Segments that were deleted, with their last versions, the latest last: one of the same id begins above it. */
  readonly retired: readonly RemovedSegment[];
  /** Above it begins a segment that `retired` does not know: it has room for the latest only. */
  readonly versionFloor: number;
  /** Ids of built-in segments that were deleted: an upgrade does not bring them back. */
  readonly deletedBuiltIns: readonly string[];
}

/** What a backfill has to do for this catalog. */
export interface PendingWork {
  readonly segments: readonly { readonly id: string; readonly version: number }[];
  readonly removed: readonly RemovedSegment[];
}

export function pendingWork({ entries, removed }: CatalogBody): PendingWork {
  return {
    segments: entries.flatMap(({ id, pending }) => (pending ? [{ id, version: pending.version }] : [])),
    removed,
  };
}

/** What was saved last: what a reader of the segment sees, and what its next change is a change of. */
export const latestOf = ({ live, pending }: CatalogSegment): Versioned => (pending ?? live) as Versioned;

export const find = (body: CatalogBody, id: string): CatalogSegment | undefined =>
  body.entries.find((each) => each.id === id);

/** The catalog with a segment in the place of the one of its id, or as well. */
export function withSegment(body: CatalogBody, segment: CatalogSegment): CatalogBody {
  const others = body.entries.filter(({ id }) => id !== segment.id);
  return { ...body, entries: [...others, segment].sort((one, other) => (one.id < other.id ? -1 : 1)) };
}
