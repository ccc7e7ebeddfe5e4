import { addCounts, type ReplayJob } from '../../shared/replay/job.ts';
import {
  type Consumer,
  type GivenUp,
  givenUpRecords,
  joinDays,
  putBack,
  SET_ASIDE,
} from '../../shared/replay/set-aside.ts';
import type { Reach } from './reach.ts';

const PUT_MS = 30_000;

/** An object among the batches that Lambda did not write. */
class UnreadableBatchError extends Error {
  override readonly name = 'UnreadableBatchError';

  constructor(key: string, cause: unknown) {
    super(`${key} in the bucket of failed batches is no batch: move it elsewhere, then run the replay again.`, {
      cause,
    });
  }
}

/** Puts back batches that a consumer of the stream had given up. */
export class SetAsideSteps {
  readonly #reach: Reach;

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  /** Batches that the lake-writer gave up: what they hold is missing from the lake. */
  async missingFromLake(): Promise<number> {
    return (await this.#reach.setAside.list(`${SET_ASIDE}${this.#reach.landingMapping}/`)).length;
  }

  /** Takes the next batch. It is deleted when its records lie on the stream: one that is put back twice counts once. */
  async next(job: ReplayJob): Promise<ReplayJob> {
    try {
      return job.request.isDry ? await this.#look(job) : await this.#putBack(job);
    } catch (error) {
      if (!(error instanceof UnreadableBatchError)) throw error;
      return { ...job, step: { name: 'failed', failure: error.message } };
    }
  }

  async #putBack(job: ReplayJob): Promise<ReplayJob> {
    const { setAside, putRecords, clock } = this.#reach;
    const [file] = await setAside.list(SET_ASIDE);
    if (file === undefined) return { ...job, step: job.rebuild === undefined ? { name: 'done' } : { name: 'begin' } };
    const consumer = this.#consumerOf(file.key);
    const given = await this.#recordsOf(file.key);
    const { records, tooOld } = putBack(given, consumer, clock());
    if (records.length > 0) await putRecords(records, clock() + PUT_MS);
    await setAside.remove([file.key]);
    const counts = addCounts(job.counts, countsOf(consumer, given.length, records.length));
    return { ...job, counts, ...(tooOld && { rebuild: joinDays(job.rebuild, tooOld) }) };
  }

  async #look(job: ReplayJob): Promise<ReplayJob> {
    const { setAside, clock } = this.#reach;
    let { counts } = job;
    for (const { key } of await setAside.list(SET_ASIDE)) {
      const consumer = this.#consumerOf(key);
      const given = await this.#recordsOf(key);
      counts = addCounts(counts, countsOf(consumer, given.length, putBack(given, consumer, clock()).records.length));
    }
    return { ...job, counts, step: { name: 'done' } };
  }

  /** None when it was put back by another run. Throws `UnreadableBatchError`. */
  async #recordsOf(key: string): Promise<GivenUp[]> {
    const object = await this.#reach.setAside.read(key);
    try {
      return object === undefined ? [] : givenUpRecords(object.toString('utf8'));
    } catch (cause) {
      throw new UnreadableBatchError(key, cause);
    }
  }

  #consumerOf(key: string): Consumer {
    const [mapping] = key.slice(SET_ASIDE.length).split('/');
    if (mapping === this.#reach.landingMapping) return 'lake';
    return mapping === this.#reach.updatesMapping ? 'profiles' : 'other';
  }
}

const countsOf = (consumer: Consumer, read: number, put: number): Record<string, number> => ({
  batches: 1,
  [`batches:${consumer}`]: 1,
  [`read:${consumer}`]: read,
  [`passes:${consumer}`]: put,
});
