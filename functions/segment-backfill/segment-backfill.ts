import type { Context } from 'aws-lambda';
import { newJob, nextWork, stillWanted, withFailure, withoutDone } from '../../shared/segments/backfill-job.ts';
import { builtInCatalog } from '../../shared/segments/built-in-catalog.ts';
import { builtInSegments } from '../../shared/segments/built-in-segments.ts';
import { promote, renewed, withBuiltIns } from '../../shared/segments/catalog-changes.ts';
import { AthenaQueryError } from '../adapters/athena.ts';
import type { BackfillJobs } from '../adapters/backfill-job.ts';
import { CachedCatalog } from '../adapters/cached-catalog.ts';
import { errorFields, type log } from '../adapters/log.ts';
import type { SegmentCatalog } from '../adapters/segment-catalog.ts';
import type { Catalog } from '../adapters/segment-catalog-reader.ts';

import { Lease, LeaseLostError } from './lease.ts';
import { BackfillSteps, type Reach } from './steps.ts';

export interface SegmentBackfillProps extends Reach {
  readonly catalog: SegmentCatalog;
  readonly jobs: BackfillJobs;
  /** A text that no other call answers. */
  readonly newId: () => string;
  /** Resolves after so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
  readonly log: typeof log;
}

/** Time before the function's end in which no step is begun. */
const MARGIN_MS = 10_000;
/** Looks at something that others do: short pauses first, so that quick things are quick. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;
/** Errors in a row after which a run gives up; the next goes on. */
const MAX_ERRORS = 5;
/** Where the lake's events lie: their days follow. */
const EVENTS = 'events_landed/day=';

/**
 * Makes the function that brings new definitions of segments the past from the lake, and has the members of deleted
 * ones leave. It runs when a definition was saved and every minute, and ends at once when there is nothing to do or
 * another run is at it.
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
  const { jobs, clock, newId } = props;
  const catalog = new CachedCatalog(props.catalog);
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const end = clock() + context.getRemainingTimeInMillis() - MARGIN_MS;
    if (!(await hasWork(props, catalog))) return;
    const lease = await Lease.take(jobs, clock, newId());
    if (lease === undefined) return;
    try {
      await new Run(props, catalog, lease).until(end);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
      props.log('warn', error.message, { code: 'backfill_lease_lost' });
    }
  };
}

/** Without the lease: most minutes there is nothing, and nothing is written then. */
async function hasWork({ jobs, clock }: SegmentBackfillProps, catalog: CachedCatalog): Promise<boolean> {
  const [latest, held] = await Promise.all([catalog.read(), jobs.read()]);
  if (held?.job !== undefined || !hasBuiltIns(latest)) return true;
  return nextWork(latest.body, held?.failures ?? [], clock()) !== undefined;
}

/** Whether the catalog was saved with the built-in segments of this version. */
const hasBuiltIns = ({ revision, builtIns }: Catalog): boolean => revision > 0 && builtIns === builtInCatalog().hash;

class Run {
  readonly #props: SegmentBackfillProps;
  readonly #catalog: CachedCatalog;
  readonly #lease: Lease;
  readonly #steps: BackfillSteps;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(props: SegmentBackfillProps, catalog: CachedCatalog, lease: Lease) {
    this.#props = props;
    this.#catalog = catalog;
    this.#lease = lease;
    this.#steps = new BackfillSteps(props);
  }

  /** Works until there is nothing to do, or until `end`. Throws what has failed again and again, and `LeaseLostError`. */
  async until(end: number): Promise<void> {
    let errors = 0;
    while (this.#props.clock() < end) {
      try {
        const outcome = await this.#once();
        if (outcome === 'idle') break;
        errors = 0;
        if (outcome === 'wait') await this.#wait();
        else this.#pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        if (error instanceof LeaseLostError) throw error;
        errors += 1;
        this.#log('warn', 'A step of a backfill failed, and is tried again.', 'backfill_step_failed', error);
        if (errors === MAX_ERRORS) {
          await this.#lease.release();
          throw error;
        }
        await this.#wait();
      }
    }
    await this.#lease.release();
  }

  async #wait(): Promise<void> {
    await this.#lease.renew();
    await this.#props.pause(this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 1.5, LONGEST_PAUSE_MS);
  }

  async #once(): Promise<'moved' | 'wait' | 'idle'> {
    const { clock, newId } = this.#props;
    const latest = await this.#catalog.read();
    if (!hasBuiltIns(latest)) return await this.#takeInBuiltIns(latest);
    if (this.#lease.job === undefined) {
      const work = nextWork(latest.body, this.#lease.failures, clock());
      if (work === undefined) return 'idle';
      await this.#lease.save(newJob(newId(), work, clock()));
      return 'moved';
    }
    const job = stillWanted(this.#lease.job, latest.body);
    if (job === undefined) {
      await this.#lease.save(undefined);
      return 'moved';
    }
    if (job.step.name === 'publish') return await this.#publish(latest, job);
    try {
      const next = await this.#lease.during(() => this.#steps.advance(job, latest.body));
      if (next === 'wait') return 'wait';
      await this.#lease.save(next);
    } catch (error) {
      if (!(error instanceof AthenaQueryError)) throw error;
      this.#log('error', 'The query of a backfill failed.', 'backfill_query_failed', error);
      await this.#lease.save(undefined, withFailure(this.#lease.failures, job, latest.body, clock()));
    }
    return 'moved';
  }

  /** The first save of all, and after an upgrade: what is new goes live when it was backfilled like any other. */
  async #takeInBuiltIns({ revision, body }: Catalog): Promise<'moved'> {
    const next =
      revision > 0
        ? withBuiltIns(body, builtInSegments, this.#props.clock())
        : (await this.#hasPast())
          ? renewed(body)
          : body;
    await this.#props.catalog.save({ revision, builtIns: builtInCatalog().hash }, next);
    return 'moved';
  }

  /** Whether there were events before there were segments: this deployment has grown out of one without them. */
  async #hasPast(): Promise<boolean> {
    const { objects, lakeBucket, clock } = this.#props;
    const [first] = await objects.listKeys(lakeBucket, EVENTS, 1);
    return first !== undefined && first < EVENTS + new Date(clock()).toISOString().slice(0, 10);
  }

  async #publish(latest: Catalog, job: NonNullable<Lease['job']>): Promise<'moved'> {
    const body = promote(latest.body, job);
    const revision = await this.#props.catalog.save(latest, body);
    if (revision === undefined) return 'moved';
    await this.#lease.save(undefined, withoutDone(this.#lease.failures, body));
    this.#props.log('info', 'A backfill is done.', {
      code: 'backfill_done',
      segments: job.segments.length,
      removed: job.removed.length,
      keys: job.sent,
      milliseconds: this.#props.clock() - job.startedAt,
    });
    await this.#props.catalog.prune({ ...latest, revision });
    return 'moved';
  }

  #log(level: 'warn' | 'error', message: string, code: string, error: unknown): void {
    const { id, step } = this.#lease.job ?? {};
    const query = step?.name === 'querying' ? step.query : undefined;
    this.#props.log(level, message, { code, job: id, step: step?.name, query, ...errorFields(error) });
  }
}
