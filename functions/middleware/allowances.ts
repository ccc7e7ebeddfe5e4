import type { RateLimit } from '../../schemas/access-key.ts';
import type { TakeAllowance } from '../adapters/allowance-store.ts';

/** Further ahead than clocks of sandboxes differ: this one's own clock was wrong. */
const MOST_AHEAD_SECONDS = 10;

interface Held {
  readonly second: number;
  readonly requests: number;
  /** Whether there is no more to be taken in that second. */
  readonly isAll: boolean;
}

/** What this sandbox may let through, by key: taken in chunks, so that most requests ask nobody. */
export class Allowances {
  readonly #take: TakeAllowance;
  readonly #clock: () => number;
  readonly #held = new Map<string, Held>();
  /** One at a time of each key, so that never more than a chunk lies here unused. */
  readonly #taking = new Map<string, Promise<unknown>>();

  constructor(take: TakeAllowance, clock: () => number) {
    this.#take = take;
    this.#clock = clock;
  }

  /** Whether a request of the key may pass in this second. Throws what DynamoDB does. */
  async admits(id: string, limit: RateLimit): Promise<boolean> {
    // Of the arrival: however long a table takes to answer, what it gives is good for this request.
    const second = Math.floor(this.#clock() / 1000);
    for (;;) {
      const held = this.#heldAt(id, second);
      if (held && held.requests > 0) {
        this.#held.set(id, { ...held, requests: held.requests - 1 });
        return true;
      }
      if (held?.isAll) return false;
      const taking = this.#taking.get(id);
      if (taking === undefined) await this.#takeMore(id, limit, second);
      else await taking.catch(() => undefined);
    }
  }

  async #takeMore(id: string, limit: RateLimit, second: number): Promise<void> {
    const taking = this.#take(id, limit, second);
    this.#taking.set(id, taking);
    try {
      const taken = await taking;
      this.#held.set(id, { ...taken, isAll: taken.requests === 0 });
    } finally {
      this.#taking.delete(id);
    }
  }

  #heldAt(id: string, second: number): Held | undefined {
    const held = this.#held.get(id);
    const isOfNow = held !== undefined && held.second >= second && held.second <= second + MOST_AHEAD_SECONDS;
    return isOfNow ? held : undefined;
  }
}
