import type { VersionedFiles } from '../adapters/versioned-files.ts';
import type { ImportState } from './import-state.ts';

/** Another run has taken over: this one must not go on. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor() {
    super('Another run has taken over the import: this one was silent for longer than its lease.');
  }
}

/** How long a run may be silent before another takes over, in milliseconds. */
export const LEASE_MS = 12_000;
const BEAT_MS = LEASE_MS / 4;

/**
 * The right to work on one import, and how far it is: one file, so that both change together or not at all. Each write is
 * over what this run wrote last, so that of two runs that take themselves for the holder only one gets on; what both put
 * on the stream counts once.
 */
export class HeldState {
  readonly #files: VersionedFiles;
  readonly #key: string;
  readonly #clock: () => number;
  #state: ImportState;
  #etag: string;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(files: VersionedFiles, key: string, clock: () => number, state: ImportState, etag: string) {
    this.#files = files;
    this.#key = key;
    this.#clock = clock;
    this.#state = state;
    this.#etag = etag;
  }

  /** What is stored; undefined when nothing is. */
  static async look(files: VersionedFiles, key: string): Promise<{ state: ImportState; etag: string } | undefined> {
    const found = await files.read(key);
    return found && { state: JSON.parse(found.body.toString('utf8')), etag: found.etag };
  }

  /** Takes what was found, or begins with `state` where nothing was. Undefined when somebody else was quicker. */
  static async take(
    files: VersionedFiles,
    key: string,
    clock: () => number,
    owner: string,
    from: { readonly state: ImportState; readonly etag: string | undefined },
  ): Promise<HeldState | undefined> {
    const state = { ...from.state, owner, leaseUntil: clock() + LEASE_MS, write: from.state.write + 1 };
    const etag = await write(files, key, from.etag, state);
    return etag === undefined ? undefined : new HeldState(files, key, clock, state, etag);
  }

  get state(): ImportState {
    return this.#state;
  }

  /** Stores how far the import is. Throws `LeaseLostError`. */
  async save(change: Partial<ImportState>): Promise<void> {
    await this.#write(() => ({ ...change, leaseUntil: this.#clock() + LEASE_MS }));
  }

  /** Lives on, when a part of its time is over. Throws `LeaseLostError`. */
  async renew(): Promise<void> {
    if (this.#state.leaseUntil - this.#clock() > LEASE_MS - BEAT_MS) return;
    await this.#write(() => ({ leaseUntil: this.#clock() + LEASE_MS }));
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
    await this.#write(() => ({ leaseUntil: 0 }));
  }

  /** One after the other, because each is over the one before. */
  async #write(change: () => Partial<ImportState>): Promise<void> {
    const writing = this.#writing.then(async () => {
      const next = { ...this.#state, ...change(), write: this.#state.write + 1 };
      const etag = await write(this.#files, this.#key, this.#etag, next);
      if (etag === undefined) throw new LeaseLostError();
      this.#state = next;
      this.#etag = etag;
    });
    this.#writing = writing.catch(() => undefined);
    await writing;
  }
}

/**
 * The ETag of what was written; undefined when somebody else wrote. What this run itself wrote without hearing of it, now
 * or the last time, is written over.
 */
async function write(
  files: VersionedFiles,
  key: string,
  before: string | undefined,
  state: ImportState,
): Promise<string | undefined> {
  const body = Buffer.from(JSON.stringify(state));
  const etag = await files.writeOver(key, before, body);
  if (etag !== undefined) return etag;
  const found = await files.read(key);
  if (found === undefined) return undefined;
  if (found.body.equals(body)) return found.etag;
  const { owner, write: number } = JSON.parse(found.body.toString('utf8')) as ImportState;
  return owner === state.owner && number === state.write ? files.writeOver(key, found.etag, body) : undefined;
}
