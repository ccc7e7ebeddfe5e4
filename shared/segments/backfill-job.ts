import type { Barrier } from '../stream/barrier.ts';
import { type CatalogBody, type PendingWork, pendingWork, type RemovedSegment } from './catalog-body.ts';

export interface SegmentVersion {
  readonly id: string;
  readonly version: number;
}

/** A query's result in S3. */
export interface ResultFile {
  readonly bucket: string;
  readonly key: string;
}

/** Which keys a query finds: all of them with their tracks, or those that were in removed segments. */
export type Pass = 'tracks' | 'removed';

export type BackfillStep =
  | { readonly name: 'begin' }
  /** Until profile-updater knows the definitions on every shard. */
  | { readonly name: 'updater'; readonly barrier: Barrier }
  /** Until all that profile-updater had read before lies in the lake. */
  | { readonly name: 'lake'; readonly barrier: Barrier }
  | { readonly name: 'query'; readonly pass: Pass }
  | { readonly name: 'querying'; readonly pass: Pass; readonly query: string }
  | {
      readonly name: 'rows';
      readonly pass: Pass;
      readonly file: ResultFile;
      /** Bytes of the file that were read and sent; 0 while its header was not. */
      readonly offset: number;
      readonly size: number;
      /** Behind what was sent and perhaps not yet read by profile-updater, the oldest first. */
      readonly windows: readonly Barrier[];
    }
  | { readonly name: 'publish' };

/** A backfill as far as it is: all that a run needs to go on where another stopped. */
export interface BackfillJob {
  readonly id: string;
  readonly segments: readonly SegmentVersion[];
  readonly removed: readonly RemovedSegment[];
  /** Milliseconds since 1970: the moment as of which the lake is asked. */
  readonly startedAt: number;
  /** Queries that were begun: each needs a token of its own. */
  readonly queries: number;
  /** Keys that were sent. */
  readonly sent: number;
  readonly step: BackfillStep;
}

/** A definition whose query failed. */
export interface Failure extends SegmentVersion {
  readonly count: number;
  /** Milliseconds since 1970 before which it is not tried again. */
  readonly notBefore: number;
}

/** Longest pause after a failed query. */
const LONGEST_PAUSE_MS = 1_800_000;
const FIRST_PAUSE_MS = 60_000;

const isSame = (one: SegmentVersion, other: SegmentVersion) => one.id === other.id && one.version === other.version;

/**
 * What the next job does: everything that waits, save that a definition whose query has failed goes alone and later, so
 * that it holds up no other. Undefined when there is nothing to do now.
 */
export function nextWork(body: CatalogBody, failures: readonly Failure[], now: number): PendingWork | undefined {
  const { segments, removed } = pendingWork(body);
  const failureOf = (segment: SegmentVersion) => failures.find((failure) => isSame(failure, segment));
  const fresh = segments.filter((segment) => failureOf(segment) === undefined);
  if (fresh.length + removed.length > 0) return { segments: fresh, removed };
  const again = segments.find((segment) => (failureOf(segment)?.notBefore ?? 0) <= now);
  return again && { segments: [again], removed };
}

export function newJob(id: string, work: PendingWork, now: number): BackfillJob {
  return { id, ...work, startedAt: now, queries: 0, sent: 0, step: { name: 'begin' } };
}

/** The job without what the catalog no longer waits for; undefined when nothing is left of it. */
export function stillWanted(job: BackfillJob, body: CatalogBody): BackfillJob | undefined {
  const wanted = pendingWork(body);
  const segments = job.segments.filter((segment) => wanted.segments.some((each) => isSame(each, segment)));
  const removed = job.removed.filter((segment) => wanted.removed.some((each) => isSame(each, segment)));
  if (segments.length + removed.length === 0) return undefined;
  return { ...job, segments, removed };
}

/** The failures of what the catalog waits for; others are forgotten. */
export function withoutDone(failures: readonly Failure[], body: CatalogBody): readonly Failure[] {
  const wanted = pendingWork(body).segments;
  return failures.filter((failure) => wanted.some((each) => isSame(each, failure)));
}

/** The failures after one more of a job's. */
export function withFailure(
  failures: readonly Failure[],
  job: BackfillJob,
  body: CatalogBody,
  now: number,
): readonly Failure[] {
  const failed = job.segments.map((segment) => {
    const count = (failures.find((failure) => isSame(failure, segment))?.count ?? 0) + 1;
    const pause = job.segments.length > 1 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (count - 1));
    return { ...segment, count, notBefore: now + pause };
  });
  const others = failures.filter((failure) => !failed.some((each) => isSame(each, failure)));
  return withoutDone([...others, ...failed], body);
}

/** How far a job is with a version, from 0 to 1; 0 when it is for a later job. */
export function progressOf(segment: SegmentVersion, job: BackfillJob | undefined): number {
  if (job === undefined || !job.segments.some((each) => isSame(each, segment))) return 0;
  const { step } = job;
  if (step.name === 'publish') return 1;
  const pass = 'pass' in step ? step.pass : 'tracks';
  if (pass === 'removed') return 1;
  return step.name === 'rows' ? Math.floor((step.offset / step.size) * 100) / 100 : 0;
}

/** How often the query of a version has failed. */
export const failuresOf = (segment: SegmentVersion, failures: readonly Failure[]): number =>
  failures.find((failure) => isSame(failure, segment))?.count ?? 0;
