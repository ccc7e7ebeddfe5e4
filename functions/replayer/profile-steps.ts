import type { Key } from '../../schemas/stream/control.ts';
import { decodeProfile, StateError } from '../../shared/profile/state.ts';
import { Histories } from '../../shared/replay/history-lines.ts';
import { addCounts, type ReplayJob } from '../../shared/replay/job.ts';
import { writeRun } from '../../shared/replay/run-file.ts';
import { isPassed } from '../../shared/stream/barrier.ts';
import { type FoldedKeys, foldKeys } from './fold-keys.ts';
import { type LakeSteps, type Progress, passName, type Step } from './lake-steps.ts';
import type { Reach } from './reach.ts';
import { runKey, waitingKey } from './runs.ts';

/** Blocks of the file of a bucket: what waits, and the histories of the keys that do. */
const NAMES = 0;
const LINES = 1;
const BLOCKS = 2;

interface Waiting {
  /** Keys that wait until live updates stand still. */
  readonly waiting: readonly Key[];
  /** Keys whose persons have to be looked at when all is done. */
  readonly people: readonly Key[];
}
const nobody: Waiting = { waiting: [], people: [] };

/** How often live updates are paused at most: whoever was active at each of these moments never will not be. */
const MAX_PAUSES = 10;
/** By how much the clocks of the stream and of this function may differ: what arrived then is folded here, whoever is first. */
const CLOCKS_MS = 1_000;
/** Longest way from a key to its home. */
const MAX_STEPS = 20;
const PUBLISH_MS = 10_000;

/** Folds profiles anew: first beside live updates, then what could not be done so while they stand still. */
export class ProfileSteps {
  readonly #reach: Reach;
  readonly #lake: LakeSteps;

  constructor(reach: Reach, lake: LakeSteps) {
    this.#reach = reach;
    this.#lake = lake;
  }

  async fold(job: ReplayJob, { bucket }: Step<'fold'>): Promise<ReplayJob> {
    if (bucket >= job.buckets) return this.#afterFold(job);
    // Somebody has let live updates go on: what they have applied since may be missing here.
    if (job.pass === 'late' && (await this.#reach.updates.state()) !== 'Disabled') {
      return { ...job, step: { name: 'resuming' } };
    }
    const counts = job.pass === 'all' ? await this.#foldAll(job, bucket) : await this.#foldLate(job, bucket);
    const next = { ...job, counts: addCounts(job.counts, counts), step: { name: 'fold', bucket: bucket + 1 } as const };
    return job.pass === 'late' ? { ...next, lateBucket: bucket + 1 } : next;
  }

  async #foldAll(job: ReplayJob, bucket: number): Promise<FoldedKeys['counts']> {
    const { isDry } = job.request;
    const histories = await this.#histories(job, bucket);
    const catalog = await this.#reach.readCatalog();
    const { counts, waiting, people } = await foldKeys(this.#reach, histories, {
      catalog,
      isPaused: false,
      isDry,
      since: job.startedAt + CLOCKS_MS,
    });
    if (waiting.length + people.length > 0 && !isDry) {
      const names: Waiting = { waiting, people: [...new Set([...people, ...waiting])] };
      const lines = waiting.flatMap((key) => histories.linesOf(key));
      await this.#lake.runs.write(waitingKey(job.id, bucket), writeRun([[JSON.stringify(names)], lines]));
    }
    return { ...counts, waiting: waiting.length };
  }

  async #foldLate(job: ReplayJob, bucket: number): Promise<FoldedKeys['counts']> {
    const { waiting } = await this.#waiting(job, bucket);
    if (waiting.length === 0) return {};
    const histories = await this.#histories(job, bucket);
    histories.add(await this.#lake.runs.read(waitingKey(job.id, bucket), BLOCKS, LINES));
    histories.ask(waiting);
    const catalog = await this.#reach.readCatalog();
    const { counts, waiting: left } = await foldKeys(this.#reach, histories, {
      catalog,
      isPaused: true,
      isDry: false,
      since: job.startedAt + CLOCKS_MS,
    });
    if (left.length > 0) throw new Error(`${left.length} profiles are written by others while updates are paused.`);
    return { ...counts, read: 0 };
  }

  async #histories(job: ReplayJob, bucket: number): Promise<Histories> {
    const histories = new Histories();
    for (let run = 0; run < job.runs[job.pass]; run += 1) {
      histories.add(await this.#lake.runs.read(runKey(job.id, passName(job), run), job.buckets, bucket));
    }
    return histories;
  }

  async #waiting({ id }: ReplayJob, bucket: number): Promise<Waiting> {
    const text = await this.#lake.runs.read(waitingKey(id, bucket), BLOCKS, NAMES);
    return text === '' ? nobody : (JSON.parse(text) as Waiting);
  }

  #afterFold(job: ReplayJob): ReplayJob {
    if (job.pass === 'late') return { ...job, step: { name: 'resuming' } };
    if (job.request.isDry) return { ...job, step: { name: 'done' } };
    const isWaiting = (job.counts.waiting ?? 0) > 0;
    return { ...job, step: isWaiting ? { name: 'pausing' } : { name: 'people', bucket: 0 } };
  }

  /** Stops live updates. Behind a barrier that is put then lies nothing that they have applied. */
  async pause(job: ReplayJob): Promise<Progress> {
    const { updates, clock } = this.#reach;
    if (job.paused === undefined) return { ...job, paused: { since: clock() } };
    if ((await updates.state()) !== 'Disabled') {
      await updates.enable(false);
      return 'wait';
    }
    const pauses = job.pauses + 1;
    const barrier = await this.#lake.barrier(`${job.id}-paused-${pauses}`);
    const paused = { ...job.paused, barrier };
    return { ...job, paused, pass: 'late', pauses, runs: { ...job.runs, late: 0 }, step: { name: 'landing', barrier } };
  }

  /** Lets live updates go on. Before they are paused once more they have come to where they were stopped. */
  async resume(job: ReplayJob, { failure }: Step<'resuming'>): Promise<Progress> {
    const { updates, barriers } = this.#reach;
    if ((await updates.state()) !== 'Enabled') {
      await updates.enable(true);
      return 'wait';
    }
    const { paused, ...next } = job;
    if (failure !== undefined) return { ...next, step: { name: 'failed', failure } };
    if (job.lateBucket >= job.buckets) return { ...next, step: { name: 'people', bucket: 0 } };
    if (job.pauses >= MAX_PAUSES) return { ...next, step: { name: 'failed', failure: TOO_LATE } };
    if (paused?.barrier !== undefined) {
      if (!isPassed(paused.barrier, await barriers.passedShards(paused.barrier.id))) return 'wait';
    }
    return { ...next, step: { name: 'pausing' } };
  }

  /** Has the persons of a bucket's keys looked at, at their homes. */
  async people(job: ReplayJob, { bucket }: Step<'people'>): Promise<ReplayJob> {
    if (bucket >= job.buckets) return { ...job, step: { name: 'done' } };
    const { people } = await this.#waiting(job, bucket);
    const homes = await this.#homesOf(people);
    const { stream, clock } = this.#reach;
    if (homes.length > 0) await stream.publish([{ v: 1, kind: 'rebuilt', keys: homes }], clock() + PUBLISH_MS);
    return {
      ...job,
      counts: addCounts(job.counts, { people: homes.length }),
      step: { name: 'people', bucket: bucket + 1 },
    };
  }

  async #homesOf(keys: readonly Key[]): Promise<Key[]> {
    const homes = new Set<Key>();
    let below = [...new Set(keys)];
    for (let steps = 0; below.length > 0 && steps < MAX_STEPS; steps += 1) {
      const items = await this.#reach.store.read(below);
      const above = below.map((key) => {
        const item = items.get(key);
        const parent = item && parentOf(item);
        if (parent === undefined) homes.add(key);
        return parent;
      });
      below = [...new Set(above.filter((parent) => parent !== undefined))];
    }
    return [...homes].sort();
  }
}

const TOO_LATE = `Live updates were paused ${MAX_PAUSES} times, and each time it took too long: see what holds up lake-writer, then run the replay again.`;

function parentOf(item: Parameters<typeof decodeProfile>[0]): Key | undefined {
  try {
    return decodeProfile(item).identity.parent;
  } catch (error) {
    if (error instanceof StateError && !error.isNewer) return undefined;
    throw error;
  }
}
