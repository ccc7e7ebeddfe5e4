import { isOver, listAnew, type ReplayJob, rebuildDays } from '../../shared/replay/job.ts';
import { type Barrier, isPassed } from '../../shared/stream/barrier.ts';
import { FailedSteps } from './failed-steps.ts';
import { LakeSteps, type Progress, QueryFailedError } from './lake-steps.ts';
import { ProfileSteps } from './profile-steps.ts';
import type { Reach } from './reach.ts';
import { SetAsideSteps } from './set-aside-steps.ts';

/** Longest pause of live updates in one go, milliseconds: they go on, and what is left waits for the next one. */
export const MAX_PAUSE_MS = 600_000;
/** A list of failed events is older than this after a rest: in the meantime some may have been mended. */
const STALE_MS = 3_600_000;

/** Does the step that a replay is at; each may be done again, with the same effect. Throws what its services throw. */
export class ReplaySteps {
  readonly #reach: Reach;
  readonly #lake: LakeSteps;
  readonly #profiles: ProfileSteps;
  readonly #failed: FailedSteps;
  readonly #setAside: SetAsideSteps;

  constructor(reach: Reach) {
    this.#reach = reach;
    this.#lake = new LakeSteps(reach);
    this.#profiles = new ProfileSteps(reach, this.#lake);
    this.#failed = new FailedSteps(reach, this.#lake);
    this.#setAside = new SetAsideSteps(reach);
  }

  async advance(job: ReplayJob): Promise<Progress> {
    if (this.#hasPausedForLong(job)) return { ...job, step: { name: 'resuming' } };
    try {
      const next = await this.#advance(job);
      if (next === 'wait') return next;
      if (isOver(next)) await this.#lake.cleanUp(next);
      return { ...next, movedAt: this.#reach.clock() };
    } catch (error) {
      if (!(error instanceof QueryFailedError)) throw error;
      const failure = `Athena could not run a query: ${error.message}`;
      return { ...job, step: job.paused === undefined ? { name: 'failed', failure } : { name: 'resuming', failure } };
    }
  }

  /** Live updates have applied all that lay before the barrier, too: what a profile lacks of it is lost, not late. */
  async #isPassed({ request, pass }: ReplayJob, barrier: Barrier): Promise<boolean> {
    if (!(await this.#lake.hasLanded(barrier))) return false;
    if (request.kind === 'failed' || pass === 'late') return true;
    return isPassed(barrier, await this.#reach.barriers.passedShards(barrier.id));
  }

  #hasPausedForLong({ paused, step }: ReplayJob): boolean {
    if (paused === undefined || step.name === 'resuming') return false;
    return this.#reach.clock() - paused.since > MAX_PAUSE_MS;
  }

  async #advance(job: ReplayJob): Promise<Progress> {
    const { step } = job;
    switch (step.name) {
      case 'begin':
        return await this.#begin(job);
      case 'landing': {
        if (!(await this.#isPassed(job, step.barrier))) return 'wait';
        return { ...job, plan: await this.#lake.plan(job), step: { name: 'query', at: 0, files: [] } };
      }
      case 'query':
        return await this.#lake.query(job, step);
      case 'gather':
        return await this.#lake.gather(job, step);
      case 'fold':
        return await this.#profiles.fold(job, step);
      case 'pausing':
        return await this.#profiles.pause(job);
      case 'resuming':
        return await this.#profiles.resume(job, step);
      case 'people':
        return await this.#profiles.people(job, step);
      case 'retry': {
        const isStale = this.#reach.clock() - job.movedAt > STALE_MS;
        return isStale ? listAnew(job) : await this.#failed.retry(job, step);
      }
      case 'putBack':
        return await this.#setAside.next(job);
      case 'done':
      case 'failed':
        return job;
    }
  }

  async #begin(job: ReplayJob): Promise<ReplayJob> {
    if (job.request.kind === 'setAside' && job.rebuild === undefined) return { ...job, step: { name: 'putBack' } };
    if (rebuildDays(job) !== undefined) {
      const failure = await this.#obstacle();
      if (failure !== undefined) return { ...job, step: { name: 'failed', failure } };
    }
    // Of a list that grew stale another barrier is needed: what was put on the stream since must be in the lake, too.
    const barrier = await this.#lake.barrier(`${job.id}-${job.queries}`);
    return { ...job, step: { name: 'landing', barrier } };
  }

  /** Why profiles cannot be folded anew now, and how to mend it. */
  async #obstacle(): Promise<string | undefined> {
    if ((await this.#reach.updates.state()) === 'Disabled') {
      return 'The reading of the stream by profile-updater is disabled: enable its event source mapping, then run the replay again.';
    }
    const missing = await this.#setAside.missingFromLake();
    if (missing === 0) return undefined;
    const batches = missing === 1 ? 'A batch' : `${missing} batches`;
    return `${batches} of lake-writer ${missing === 1 ? 'was' : 'were'} set aside, so that events are missing from the lake: put them back by \`npm run replay -- --set-aside\`, then run the replay again.`;
  }
}
