import type { StateObject } from '../adapters/state-object.ts';
import type { SnapshotState } from './snapshot-state.ts';

/** Another run has taken over: this one must not go on. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor() {
    super('Another run has taken over the snapshot: this one was silent for longer than its lease.');
  }
}

/** How long a run may be silent before another takes over, in milliseconds: a file takes some seconds. */
export const LEASE_MS = 120_000;

/** Until when a lease holds that was given back: whoever held it has nothing on its way any more. */
export const RELEASED = 0;

type Known = Omit<SnapshotState, 'version' | 'owner' | 'leaseUntil'>;

/** The right to work on the one snapshot: each write is conditional on this run's last one. */
export class Lease {
  readonly #store: StateObject<SnapshotState>;
  readonly #clock: () => number;
  #state: SnapshotState;
  #etag: string | undefined;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(store: StateObject<SnapshotState>, clock: () => number, state: SnapshotState, etag: string | undefined) {
    this.#store = store;
    this.#clock = clock;
    this.#state = state;
    this.#etag = etag;
  }

  get known(): SnapshotState {
    return this.#state;
  }

  /** Stores what changes, one write after the other. Throws `LeaseLostError`. */
  async save(change: (known: SnapshotState) => Known): Promise<void> {
    await this.#write(change, () => this.#clock() + LEASE_MS);
  }

  /** Lets the next run go on at once. Throws `LeaseLostError`. */
  async release(): Promise<void> {
    await this.#write(
      (known) => known,
      () => RELEASED,
    );
  }

  async #write(change: (known: SnapshotState) => Known, leaseUntil: () => number): Promise<void> {
    const write = this.#writing.then(async () => {
      const { version, owner } = this.#state;
      const next = { ...change(this.#state), version: version + 1, owner, leaseUntil: leaseUntil() };
      const etag = await this.#store.write(next, this.#etag);
      if (etag === undefined) throw new LeaseLostError();
      this.#etag = etag;
      this.#state = next;
    });
    this.#writing = write.catch(() => undefined);
    await write;
  }

  /** Lives on, when half of its time is over. Throws `LeaseLostError`. */
  async renew(): Promise<void> {
    if (this.#state.leaseUntil - this.#clock() < LEASE_MS / 2) await this.save((known) => known);
  }
}
