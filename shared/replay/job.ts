import type { Days, ReplayRequest } from '../../schemas/replay.ts';
import type { Barrier } from '../stream/barrier.ts';

/** A query's result in S3. */
export interface ResultFile {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
}

/** Which histories are read: all of them, while live events go on; or what came since, while these wait. */
export type Pass = 'all' | 'late';

export type ReplayStep =
  | { readonly name: 'begin' }
  /** Until all that lay before a barrier is in the lake. */
  | { readonly name: 'landing'; readonly barrier: Barrier }
  /** Queries, one after the other. */
  | { readonly name: 'query'; readonly at: number; readonly running?: string; readonly files: readonly ResultFile[] }
  /** Rows of the results are cut into runs. */
  | {
      readonly name: 'gather';
      readonly files: readonly ResultFile[];
      /** Which file, and its byte up to which its rows are in runs. */
      readonly file: number;
      readonly offset: number;
    }
  /** Keys are folded, bucket by bucket. */
  | { readonly name: 'fold'; readonly bucket: number }
  /** The reading of the stream for profiles stops, or has stopped. */
  | { readonly name: 'pausing' }
  /** It goes on, and has come to the place where it stopped. */
  | { readonly name: 'resuming'; readonly failure?: string }
  /** People of several keys are looked at again, bucket by bucket. */
  | { readonly name: 'people'; readonly bucket: number }
  /** Failed events are put on the stream, those up to `offset` are. */
  | { readonly name: 'retry'; readonly file: ResultFile; readonly offset: number }
  /** Batches that were set aside are put on the stream, one after the other. */
  | { readonly name: 'putBack' }
  | { readonly name: 'done' }
  | { readonly name: 'failed'; readonly failure: string };

/** Live updates stand still, or are on the way to that. */
export interface Pause {
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Put when they stood still: what they have applied lies before it. */
  readonly barrier?: Barrier;
}

/** A replay as far as it is: all that a run needs to go on where another stopped. */
export interface ReplayJob {
  readonly id: string;
  readonly request: ReplayRequest;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** When a step was last done. */
  readonly movedAt: number;
  readonly step: ReplayStep;
  /** Queries that were begun: each needs a token of its own. */
  readonly queries: number;
  /** Which days the queries of the step at hand are for, one each. */
  readonly plan: readonly Days[];
  readonly pass: Pass;
  /** Over how many buckets keys are spread. */
  readonly buckets: number;
  /** Files that hold their histories, by pass. */
  readonly runs: Readonly<Record<Pass, number>>;
  /** How often live updates were paused. */
  readonly pauses: number;
  /** Days of batches that were given up too long ago to be put back for profiles: these are folded anew. */
  readonly rebuild?: Days;
  /** Undefined while live updates go on. */
  readonly paused?: Pause | undefined;
  /** First bucket of which keys may still wait for the pause. */
  readonly lateBucket: number;
  /** What was found and done, by what it is. */
  readonly counts: Readonly<Record<string, number>>;
}

export const newReplay = (id: string, request: ReplayRequest, now: number): ReplayJob => ({
  id,
  request,
  startedAt: now,
  movedAt: now,
  step: { name: 'begin' },
  queries: 0,
  plan: [],
  pass: 'all',
  buckets: 1,
  runs: { all: 0, late: 0 },
  pauses: 0,
  lateBucket: 0,
  counts: {},
});

/** Days of which everybody is folded anew; undefined where nobody is. */
export const rebuildDays = ({ request, rebuild }: ReplayJob): Days | undefined =>
  request.kind === 'profiles' ? request.days : rebuild;

/** Whether nothing is left to do. */
export const isOver = ({ step }: ReplayJob): boolean => step.name === 'done' || step.name === 'failed';

/** The counts with more of some. */
export function addCounts(
  counts: ReplayJob['counts'],
  more: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const sum: Record<string, number> = { ...counts };
  for (const [name, count] of Object.entries(more)) if (count !== 0) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** What a replay does, in words for its progress, and how far it is with that, from 0 to 1. */
export function progressOf({ step, pass, buckets, plan }: ReplayJob): { label: string; part: number } {
  const late = pass === 'late' ? ', what came since' : '';
  switch (step.name) {
    case 'begin':
    case 'landing':
      return { label: `waiting until all has landed${late}`, part: 0 };
    case 'query':
      return { label: `asking the lake${late}`, part: step.at / Math.max(1, plan.length) };
    case 'gather':
      return { label: `reading histories${late}`, part: gathered(step) };
    case 'fold':
      return { label: `folding profiles${late}`, part: step.bucket / buckets };
    case 'pausing':
      return { label: 'pausing live updates', part: 0 };
    case 'resuming':
      return { label: 'live updates catch up', part: 0 };
    case 'people':
      return { label: 'looking at people again', part: step.bucket / buckets };
    case 'retry':
      return { label: 'running failed events again', part: step.offset / Math.max(1, step.file.size) };
    case 'putBack':
      return { label: 'putting batches back', part: 0 };
    case 'done':
    case 'failed':
      return { label: step.name, part: 1 };
  }
}

function gathered({ files, file, offset }: Extract<ReplayStep, { name: 'gather' }>): number {
  const sizes = files.map(({ size }) => size);
  const done = sizes.slice(0, file).reduce((sum, size) => sum + size, 0) + offset;
  return (
    done /
    Math.max(
      1,
      sizes.reduce((sum, size) => sum + size, 0),
    )
  );
}

/** A list of failed events that is gone, or that a rest has made old, is asked for once more: what was mended stays counted. */
export function listAnew(job: ReplayJob): ReplayJob {
  const kept = Object.entries(job.counts).filter(([what]) => what.startsWith('passes'));
  return { ...job, counts: Object.fromEntries(kept), step: { name: 'begin' } };
}
