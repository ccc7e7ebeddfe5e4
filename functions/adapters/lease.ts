/** Who works on something that only one may work on. */
export interface Held {
  /** Number of writes so far: each is conditional on the one before. */
  readonly version: number;
  /** Who works on it. */
  readonly owner: string;
  /** Milliseconds since 1970 until which nobody else does. */
  readonly leaseUntil: number;
}

/** Where it is kept, with what is known of the work. */
export interface HeldStore<Work> {
  /** Undefined when there never was any. */
  read(): Promise<(Held & Work) | undefined>;
  /** Writes the next version if the one before is the latest; tells whether it did. */
  write(held: Held & Work): Promise<boolean>;
}

/** Another run has taken over: this one must not go on. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor() {
    super('Another run has taken over the work: this one was silent for longer than its lease.');
  }
}

/** How long a run may be silent before another takes over, in milliseconds, unless its work says otherwise. */
export const LEASE_MS = 6_000;

/**
 * The right to work on something. Each write is conditional on this run's last one, so that of two runs that take
 * themselves for the holder only one gets on; what both put on the stream counts once.
 */
export class Lease<Work extends object> {
  readonly #store: HeldStore<Work>;
  readonly #clock: () => number;
  readonly #leaseMs: number;
  #held: Held & Work;
  #writing: Promise<unknown> = Promise.resolve();
  /** A write failed without an answer: it may have happened. */
  #isUncertain = false;

  private constructor(store: HeldStore<Work>, clock: () => number, held: Held & Work, leaseMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#leaseMs = leaseMs;
    this.#held = held;
  }

  /** Undefined while somebody else holds it. `none` is what there is before there ever was any work. */
  static async take<Work extends object>(
    store: HeldStore<Work>,
    clock: () => number,
    owner: string,
    none: Work,
    leaseMs = LEASE_MS,
  ): Promise<Lease<Work> | undefined> {
    const before = await store.read();
    if (before !== undefined && before.leaseUntil > clock()) return undefined;
    const held = { ...(before ?? none), version: (before?.version ?? 0) + 1, owner, leaseUntil: clock() + leaseMs };
    return (await store.write(held)) ? new Lease(store, clock, held, leaseMs) : undefined;
  }

  /** What was stored last. */
  get work(): Held & Work {
    return this.#held;
  }

  /** Stores how far the work is. Throws `LeaseLostError`. */
  async save(work: Work): Promise<void> {
    await this.change(() => work);
  }

  /** Stores what changes of the work as it is when the write before is done. Throws `LeaseLostError`. */
  async change(next: (work: Work) => Work): Promise<void> {
    await this.#write(next, () => this.#clock() + this.#leaseMs);
  }

  /** Lives on, when a part of its time is over. Throws `LeaseLostError`. */
  async renew(): Promise<void> {
    if (this.#held.leaseUntil - this.#clock() > this.#leaseMs - this.#beatMs) return;
    await this.change((work) => work);
  }

  /** Lives on while something is done that may take long. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    // A renewal that fails shows at the next write, which has to be done before anything comes of the work.
    const beat = setInterval(() => this.renew().catch(() => undefined), this.#beatMs);
    try {
      return await work();
    } finally {
      clearInterval(beat);
    }
  }

  /** Lets the next run begin at once, with what changes of the work at the end. Throws `LeaseLostError`. */
  async release(last: (work: Work) => Work = (work) => work): Promise<void> {
    await this.#write(last, () => 0);
  }

  /** How often a run speaks up at least. */
  get #beatMs(): number {
    return this.#leaseMs / 4;
  }

  /** One after the other, because each is conditional on the one before. */
  async #write(change: (work: Work) => Work, leaseUntil: () => number): Promise<void> {
    const write = this.#writing.then(async () => {
      const { owner } = this.#held;
      if (this.#isUncertain) {
        const found = await this.#store.read();
        if (found?.owner !== owner) throw new LeaseLostError();
        this.#held = { ...this.#held, version: found.version };
      }
      this.#isUncertain = true;
      const next = { ...change(this.#held), owner, leaseUntil: leaseUntil(), version: this.#held.version + 1 };
      if (!(await this.#store.write(next))) throw new LeaseLostError();
      this.#isUncertain = false;
      this.#held = next;
    });
    this.#writing = write.catch(() => undefined);
    await write;
  }
}
