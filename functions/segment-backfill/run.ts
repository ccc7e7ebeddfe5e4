import { newJob, nextWork, stillWanted, withFailure, withoutDone } from '../../shared/segments/backfill-job.ts';
import { builtInCatalog } from '../../shared/segments/built-in-catalog.ts';
import { builtInSegments } from '../../shared/segments/built-in-segments.ts';
import { promote } from '../../shared/segments/catalog-changes.ts';
import { renewed, withBuiltIns } from '../../shared/segments/catalog-upgrade.ts';
import { AthenaQueryError } from '../adapters/athena.ts';
import type { BackfillWork } from '../adapters/backfill-job.ts';
import type { CachedCatalog } from '../adapters/cached-catalog.ts';
import type { Lease } from '../adapters/lease.ts';
import { errorFields, type log } from '../adapters/log.ts';
import type { SegmentCatalog } from '../adapters/segment-catalog.ts';
import type { Catalog } from '../adapters/segment-catalog-reader.ts';
import { type StepOutcome, workInSteps } from '../adapters/work-in-steps.ts';
import { BackfillSteps, type Reach } from './steps.ts';

export interface RunProps extends Reach {
  readonly catalog: SegmentCatalog;
  /** A text that no other call answers. */
  readonly newId: () => string;
  /** Resolves after so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
  readonly log: typeof log;
}

/** Where the lake's events lie, as they landed and sealed: their days follow. */
const EVENTS = ['events_landed/day=', 'events_sealed/day='];

/** Whether the catalog was saved with the built-in segments of this version. */
export const hasBuiltIns = ({ revision, builtIns }: Catalog): boolean =>
  revision > 0 && builtIns === builtInCatalog().hash;

/** One run of the backfill, under its lease: from step to step, from job to job. */
export class Run {
  readonly #props: RunProps;
  readonly #catalog: CachedCatalog;
  readonly #lease: Lease<BackfillWork>;
  readonly #steps: BackfillSteps;

  constructor(props: RunProps, catalog: CachedCatalog, lease: Lease<BackfillWork>) {
    this.#props = props;
    this.#catalog = catalog;
    this.#lease = lease;
    this.#steps = new BackfillSteps(props);
  }

  /** Works until there is nothing to do, or until `end`. Throws what has failed again and again, and `LeaseLostError`. */
  async until(end: number): Promise<void> {
    const onError = (error: unknown) =>
      this.#log('warn', 'A step of a backfill failed, and is tried again.', 'backfill_step_failed', error);
    await workInSteps(this.#lease, { ...this.#props, step: () => this.#once(), onError }, end);
  }

  async #once(): Promise<StepOutcome> {
    const { clock, newId } = this.#props;
    const latest = await this.#catalog.read();
    if (!hasBuiltIns(latest)) return await this.#takeInBuiltIns(latest);
    if (this.#lease.work.job === undefined) {
      const work = nextWork(latest.body, this.#lease.work.failures, clock());
      if (work === undefined) return 'over';
      await this.#save(newJob(newId(), work, clock()));
      return 'moved';
    }
    const job = stillWanted(this.#lease.work.job, latest.body);
    if (job === undefined) {
      await this.#save(undefined);
      return 'moved';
    }
    if (job.step.name === 'publish') return await this.#publish(latest, job);
    try {
      const next = await this.#lease.during(() => this.#steps.advance(job, latest.body));
      if (next === 'wait') return 'wait';
      await this.#save(next);
    } catch (error) {
      if (!(error instanceof AthenaQueryError)) throw error;
      this.#log('error', 'The query of a backfill failed.', 'backfill_query_failed', error);
      await this.#save(undefined, withFailure(this.#lease.work.failures, job, latest.body, clock()));
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
    const today = new Date(clock()).toISOString().slice(0, 10);
    for (const folder of EVENTS) {
      const [first] = await objects.listKeys(lakeBucket, folder, 1);
      if (first !== undefined && first < folder + today) return true;
    }
    return false;
  }

  async #publish(latest: Catalog, job: NonNullable<BackfillWork['job']>): Promise<'moved'> {
    const body = promote(latest.body, job);
    const revision = await this.#props.catalog.save(latest, body);
    if (revision === undefined) return 'moved';
    await this.#save(undefined, withoutDone(this.#lease.work.failures, body));
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

  async #save(job: BackfillWork['job'], failures = this.#lease.work.failures): Promise<void> {
    await this.#lease.save({ job, failures });
  }

  #log(level: 'warn' | 'error', message: string, code: string, error: unknown): void {
    const { id, step } = this.#lease.work.job ?? {};
    const query = step?.name === 'querying' ? step.query : undefined;
    this.#props.log(level, message, { code, job: id, step: step?.name, query, ...errorFields(error) });
  }
}
