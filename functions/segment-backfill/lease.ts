import type { BackfillJob, Failure } from '../../shared/segments/backfill-job.ts';
import type { BackfillJobs, HeldJob } from '../adapters/backfill-job.ts';

/** Another run has taken over: this one must not go on. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor() {
    super('Another run has taken over the backfill: this one was silent for longer than its lease.');
  }
}

/** How long a run may be silent before another takes over, in milliseconds. */
export const LEASE_MS = 6_000;
/** How often a run speaks up at least. */
const BEAT_MS = LEASE_MS / 4;

/**
 * The right to work on the one backfill. Each write is conditional on this run's last one, so that of two runs that take
 * themselves for the holder only one gets on; what both put on the stream counts once.
 */
export class Lease {
  readonly #jobs: BackfillJobs;
  readonly #clock: () => number;
  #held: HeldJob;
  #writing: Promise<unknown> = Promise.resolve();
  /** A write failed without an answer: it may have happened. */
  #isUncertain = false;

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
    await this.#write(() => ({ job, failures, leaseUntil: this.#clock() + LEASE_MS }));
  }

  /** Lives on, when a part of its time is over. Throws `LeaseLostError`. */
  async renew(): Promise<void> {
    if (this.#held.leaseUntil - this.#clock() > LEASE_MS - BEAT_MS) return;
    await this.#write((held) => ({ ...held, leaseUntil: this.#clock() + LEASE_MS }));
  }

  /** Lives on while something is done that may take long. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    // A renewal that fails shows at the next write, which has to be done before anything comes of the work.
    const beat = setInterval(() => this.renew().catch(() => undefined), BEAT_MS);
    try {
      return await work();
    } finally {
      clearInterval(beat);
    }
  }

  /** Lets the next run begin at once. */
  async release(): Promise<void> {
    await this.#write((held) => ({ ...held, leaseUntil: 0 }));
  }

  /** One after the other, because each is conditional on the one before. */
  async #write(change: (held: HeldJob) => Pick<HeldJob, 'job' | 'failures' | 'leaseUntil'>): Promise<void> {
    const write = this.#writing.then(async () => {
      const { owner } = this.#held;
      if (this.#isUncertain) {
        const found = await this.#jobs.read();
        if (found?.owner !== owner) throw new LeaseLostError();
        this.#held = { ...this.#held, version: found.version };
      }
      this.#isUncertain = true;
      const next = { ...change(this.#held), owner, version: this.#held.version + 1 };
      if (!(await this.#jobs.write(next))) throw new LeaseLostError();
      this.#isUncertain = false;
      this.#held = next;
    });
    this.#writing = write.catch(() => undefined);
    await write;
  }
}
