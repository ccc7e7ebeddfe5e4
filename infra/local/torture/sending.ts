import type { Calendar } from './calendar.ts';
import { createClient } from './client.ts';
import type { TortureOptions } from './command-line.ts';
import { Bookkeeper } from './ledger.ts';
import { type Request, type Wave, waveOf } from './wave.ts';

const WAVE_EVENTS = 10_000;

export interface SendingOptions extends Pick<TortureOptions, 'events' | 'seed' | 'lanes'> {
  readonly apiUrl: () => string;
  readonly calendar: Calendar;
  /** Told how many different events are known to be stored. */
  readonly onSent: (done: number) => void;
}

/** Sends all events, wave by wave, and keeps the book of them. */
export class Sending {
  readonly books = new Bookkeeper();
  readonly counts = { duplicates: 0, outOfOrder: 0, poison: 0 };
  readonly client: ReturnType<typeof createClient>;
  readonly #options: SendingOptions;
  /** When each event of the wave was first known to be stored. */
  readonly #storedBy = new Map<string, number>();
  readonly #startedAt: number;
  #lastTrialAt = 0;
  #acknowledged = 0;

  constructor(options: SendingOptions) {
    const { seed, apiUrl, calendar } = options;
    this.#options = options;
    this.#startedAt = calendar.now();
    const onAcknowledged = (request: Request, at: number) => this.#acknowledge(request, at);
    this.client = createClient({ seed, apiUrl, calendar, writeKey: 'wk_local', onAcknowledged });
  }

  /** Different events that are known to be stored. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** When a trial was last known to be stored. */
  get lastTrialAt(): number {
    return this.#lastTrialAt;
  }

  async run(): Promise<void> {
    const { events, seed, lanes } = this.#options;
    for (let index = 0; index * WAVE_EVENTS < events; index += 1) {
      const size = Math.min(WAVE_EVENTS, events - index * WAVE_EVENTS);
      const wave = waveOf({ seed, index, events: size, lanes, startedAt: this.#startedAt });
      await Promise.all(wave.lanes.map((requests) => this.#sendInTurn(requests)));
      this.#note(wave);
    }
    this.#acknowledged = events;
  }

  async #sendInTurn(requests: readonly Request[]): Promise<void> {
    for (const request of requests) await this.client.send(request);
  }

  #acknowledge({ messages }: Request, at: number): void {
    for (const { id, isTrial } of messages) {
      if (isTrial) this.#lastTrialAt = Math.max(this.#lastTrialAt, at);
      if (this.#storedBy.has(id)) continue;
      this.#storedBy.set(id, at);
      this.#acknowledged += 1;
    }
    this.#options.onSent(this.#acknowledged);
  }

  #note({ messages, ...counted }: Wave): void {
    for (const message of messages) this.books.add(message, this.#storedBy.get(message.id) ?? Number.POSITIVE_INFINITY);
    this.books.close();
    this.#storedBy.clear();
    for (const name of ['duplicates', 'outOfOrder', 'poison'] as const) this.counts[name] += counted[name];
  }
}
