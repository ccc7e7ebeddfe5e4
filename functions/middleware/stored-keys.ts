import { isKeyText, isValid, type StoredKey } from '../../schemas/stored-key.ts';
import type { ReadKey } from '../adapters/key-store.ts';
import { type KnownKey, sha256Of } from './access-keys.ts';
import { ProblemError } from './problem.ts';

/** How long a sandbox goes by what it has read: with what a request takes, a revoked key is refused within 30 seconds. */
export const KEPT_MS = 25_000;
/** Made-up keys that are remembered, and looked up in a second. */
const MOST_UNKNOWN = 1_000;
const MOST_MISSES_A_SECOND = 20;
/** More keys than a stage has. */
const MOST_KNOWN = 5_000;

interface Read {
  readonly key: StoredKey | undefined;
  readonly at: number;
}

/** The keys of the table, each read at most once in 25 seconds, and made-up ones no more often than a bound. */
export class StoredKeys {
  readonly #read: ReadKey;
  readonly #clock: () => number;
  /** By hash. Apart, so that made-up keys drive no good one out. */
  readonly #known = new Map<string, Read>();
  readonly #unknown = new Map<string, Read>();
  #misses = { second: 0, count: 0 };

  constructor(read: ReadKey, clock: () => number) {
    this.#read = read;
    this.#clock = clock;
  }

  /**
   * The key that was given; undefined when it is unknown, revoked or over. Throws a 429 problem when too many made-up keys
   * come, and a 503 problem when the table is out of reach.
   */
  async find(given: string): Promise<KnownKey | undefined> {
    if (!isKeyText(given)) return undefined;
    const sha256 = sha256Of(given).toString('hex');
    const { key } = this.#remembered(sha256) ?? (await this.#look(sha256));
    return key && isValid(key, this.#clock()) ? key : undefined;
  }

  /** The key that was refused just now, if it is one that is revoked or over. */
  over(given: string): StoredKey | undefined {
    if (!isKeyText(given)) return undefined;
    return this.#remembered(sha256Of(given).toString('hex'))?.key;
  }

  #remembered(sha256: string): Read | undefined {
    const read = this.#known.get(sha256) ?? this.#unknown.get(sha256);
    const age = this.#clock() - (read?.at ?? 0);
    return age >= 0 && age < KEPT_MS ? read : undefined;
  }

  async #look(sha256: string): Promise<Read> {
    const at = this.#clock();
    // A key that was good a while ago is not held up by made-up ones.
    if (!this.#known.has(sha256)) this.#refuseFloods(at);
    const read = { key: await this.#ask(sha256), at };
    const [map, most] = read.key ? [this.#known, MOST_KNOWN] : [this.#unknown, MOST_UNKNOWN];
    this.#known.delete(sha256);
    this.#unknown.delete(sha256);
    for (const oldest of map.keys()) {
      if (map.size < most) break;
      map.delete(oldest);
    }
    map.set(sha256, read);
    if (!read.key) this.#misses = { ...this.#misses, count: this.#misses.count + 1 };
    return read;
  }

  #refuseFloods(now: number): void {
    const second = Math.floor(now / 1000);
    if (this.#misses.second !== second) this.#misses = { second, count: 0 };
    if (this.#misses.count < MOST_MISSES_A_SECOND) return;
    const detail =
      'Too many unknown keys came, so that this one was not looked up: send the request again after a second.';
    throw new ProblemError('too_many_requests', detail, { headers: { 'retry-after': '1' } });
  }

  async #ask(sha256: string): Promise<StoredKey | undefined> {
    try {
      return await this.#read(sha256);
    } catch (cause) {
      throw keysUnreachable(cause);
    }
  }
}

/** Nothing is let through that could not be checked. */
export const keysUnreachable = (cause: unknown): ProblemError =>
  new ProblemError('key_not_checked', 'The key could not be checked now: send the request again after Retry-After.', {
    cause,
    headers: { 'retry-after': '2' },
  });
