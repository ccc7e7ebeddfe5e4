import type { Context } from 'aws-lambda';
import { nextWork } from '../../shared/segments/backfill-job.ts';
import type { BackfillJobs } from '../adapters/backfill-job.ts';
import { CachedCatalog } from '../adapters/cached-catalog.ts';
import { Lease, LeaseLostError } from '../adapters/lease.ts';
import { hasBuiltIns, Run, type RunProps } from './run.ts';

export interface SegmentBackfillProps extends RunProps {
  readonly jobs: BackfillJobs;
}

/** Time before the function's end in which no step is begun. */
const MARGIN_MS = 10_000;

/**
 * Makes the function that brings new definitions of segments the past from the lake, and has the members of deleted
 * ones leave. It runs when a definition was saved and every minute, and ends at once when there is nothing to do. When
 * another run is at it, it waits as long as that one may be silent: if it has died, this one goes on in its place.
 *
 * Why no event is missed: the profile-updater reads the catalog's head at the start of every batch, and a barrier is put on
 * every shard after the head was moved. So the batch in which it meets the barrier, and every later one, is read with the
 * new definitions: what lies behind a barrier is tracked as it comes. What lies before is in the lake when the
 * lake-writer has passed the same barrier, and only then the lake is asked. An event that is in both counts once, because
 * rows are a set. A definition goes live when the profile-updater has passed a barrier behind the last row.
 *
 * Why a crash does no harm: all that a run knows is stored with each step, and a step that is done again puts the same rows
 * on the stream. What is to do follows from the catalog itself, not from an order that could be lost. A job keeps to the
 * versions it began with; what was changed or deleted since leaves it, and what came later waits for the next one.
 */
export function createSegmentBackfill(props: SegmentBackfillProps) {
  const { clock } = props;
  const catalog = new CachedCatalog(props.catalog);
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const end = clock() + context.getRemainingTimeInMillis() - MARGIN_MS;
    if (!(await hasWork(props, catalog))) return;
    const lease = (await take(props)) ?? (await takeFromTheDead(props));
    if (lease === undefined) return;
    try {
      await new Run(props, catalog, lease).until(end);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
      props.log('warn', error.message, { code: 'backfill_lease_lost' });
    }
  };
}

const take = ({ jobs, clock, newId }: SegmentBackfillProps) =>
  Lease.take(jobs, clock, newId(), { job: undefined, failures: [] });

/** Whoever works renews the lease before it ends: one that has ended after the wait is of a run that was cut off. */
async function takeFromTheDead(props: SegmentBackfillProps) {
  const { jobs, clock, pause } = props;
  const { leaseUntil = 0 } = (await jobs.read()) ?? {};
  await pause(Math.max(0, leaseUntil - clock()) + 1);
  return await take(props);
}

/** Without the lease: most minutes there is nothing, and nothing is written then. */
async function hasWork({ jobs, clock }: SegmentBackfillProps, catalog: CachedCatalog): Promise<boolean> {
  const [latest, held] = await Promise.all([catalog.read(), jobs.read()]);
  if (held?.job !== undefined || !hasBuiltIns(latest)) return true;
  return nextWork(latest.body, held?.failures ?? [], clock()) !== undefined;
}
