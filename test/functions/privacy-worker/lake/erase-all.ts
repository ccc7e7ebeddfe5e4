import { createLakeErasure } from '../../../../functions/privacy-worker/lake/erasure.ts';
import type { LakeErasureState, LakePerson } from '../../../../functions/privacy-worker/lake/types.ts';
import { type ALakeReach, Killed } from './a-lake-reach.ts';

const LEASE_MS = 600_000;

export const aPerson = (over: Partial<LakePerson> & Pick<LakePerson, 'keys'>): LakePerson => ({
  requestId: 'request-1',
  profileIds: [],
  ...over,
});

/** An erasure whose state is stored after each step, as the worker does it. */
export class Eraser {
  readonly #reach: ALakeReach;
  #erasure;
  #stored: string;

  constructor(reach: ALakeReach, people: readonly LakePerson[], id = 'erasure-1') {
    this.#reach = reach;
    this.#erasure = createLakeErasure(reach);
    this.#stored = JSON.stringify(this.#erasure.begin(people, id));
  }

  get state(): LakeErasureState {
    return JSON.parse(this.#stored);
  }

  get isDone(): boolean {
    return this.#erasure.isDone(this.state);
  }

  /** One step; a killed one leaves what it had done, and the next run begins from what was stored. */
  async step(): Promise<void> {
    try {
      const next = await this.#erasure.next(this.state);
      if (next === 'wait') this.#reach.now += 60_000;
      else this.#stored = JSON.stringify(next);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.#reach.isKilled = false;
      this.#erasure = createLakeErasure(this.#reach);
      this.#reach.now += LEASE_MS + 1;
    }
  }

  async all(): Promise<LakeErasureState> {
    for (let steps = 0; steps < 2_000 && !this.isDone; steps += 1) await this.step();
    if (!this.isDone) throw new Error(`The erasure does not end: ${this.#stored.slice(0, 500)}`);
    return this.state;
  }
}

export const eraseAll = (reach: ALakeReach, people: readonly LakePerson[]): Promise<LakeErasureState> =>
  new Eraser(reach, people).all();
