import type { Hidden } from './queue-store.ts';

/** The messages of a queue that were received or are delayed, by position; in memory, because every receive asks it. */
export class InFlight {
  readonly #hidden = new Map<number, Hidden>();

  get(position: number): Hidden | undefined {
    return this.#hidden.get(position);
  }

  set(position: number, hidden: Hidden): void {
    this.#hidden.set(position, hidden);
  }

  delete(position: number): void {
    this.#hidden.delete(position);
  }

  /** Groups that have a message in flight. */
  groups(now: number): Set<string | undefined> {
    return new Set(this.#at(now).map(({ group }) => group));
  }

  count(now: number): { readonly received: number; readonly delayed: number } {
    const hidden = this.#at(now);
    const delayed = hidden.filter(({ receives }) => receives === 0).length;
    return { received: hidden.length - delayed, delayed };
  }

  /** When the next message comes back; infinity when none is away. */
  nextReturn(now: number): number {
    return this.#at(now).reduce((earliest, { until }) => Math.min(earliest, until), Number.POSITIVE_INFINITY);
  }

  #at(now: number): Hidden[] {
    return [...this.#hidden.values()].filter(({ until }) => until > now);
  }
}
