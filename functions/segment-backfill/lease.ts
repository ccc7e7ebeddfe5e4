import type { BackfillJob, Failure } from '../../shared/segments/backfill-job.ts';
import type { BackfillJobs, HeldJob } from '../adapters/backfill-job.ts';

/** Another run has taken over: this one must not go on. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor() {
    super('Another run has taken over the backfill: this one was silent for longer than its lease.');
  }
}

/** How long a run may be silent before another takes over, in milliseconds; every step is shorter by far. */
export const LEASE_MS = 8_000;

/**
 * The right to work on the one backfill. Each write is conditional on this run's last one, so that of two runs that take
 * themselves for the holder only one gets on; what both put on the stream counts once.
 */
export class Lease {
  readonly #jobs: BackfillJobs;
  readonly #clock: () => number;
  #held: HeldJob;

  private constructor(jobs: BackfillJobs, clock: () => number, held: HeldJob) {
    this.#jobs = jobs;
    this.#clock = clock;
    this.#held = held;
  }

  /** Undefined while somebody else holds it. */
  static async take(jobs: BackfillJobs, clock: () => number, owner: string): Promise<Lease | undefined> {
    const before = await jobs.read();
    if (before !== undefined && before.leaseUntil > clock()) return undefined;
    const { version = 0, job, failures = [] } = before ?? {};
    const held = { version: version + 1, owner, leaseUntil: clock() + LEASE_MS, job, failures };
    return (await jobs.write(held)) ? new Lease(jobs, clock, held) : undefined;
  }

  get job(): BackfillJob | undefined {
    return this.#held.job;
  }

  get failures(): readonly Failure[] {
    return this.#held.failures;
  }

  /** Stores how far the job is. Throws `LeaseLostError`. */
  async save(job: BackfillJob | undefined, failures: readonly Failure[] = this.#held.failures): Promise<void> {
    await this.#write({ job, failures, leaseUntil: this.#clock() + LEASE_MS });
  }

  /** Lives on, when a good part of its time is over. Throws `LeaseLostError`. */
  async renew(): Promise<void> {
    if (this.#held.leaseUntil - this.#clock() < (LEASE_MS * 3) / 4) await this.save(this.#held.job);
  }

  /** Lets the next run begin at once. */
  async release(): Promise<void> {
    await this.#write({ job: this.#held.job, failures: this.#held.failures, leaseUntil: 0 });
  }

  async #write(change: Pick<HeldJob, 'job' | 'failures' | 'leaseUntil'>): Promise<void> {
    const next = { ...change, owner: this.#held.owner, version: this.#held.version + 1 };
    if (!(await this.#jobs.write(next))) throw new LeaseLostError();
    this.#held = next;
  }
}
