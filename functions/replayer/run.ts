import { isOver } from '../../shared/replay/job.ts';
import { type Lease, LeaseLostError } from '../adapters/lease.ts';
import { errorFields, type log } from '../adapters/log.ts';
import type { ReplayWork } from '../adapters/replay-jobs.ts';
import type { Reach } from './reach.ts';
import type { ReplaySteps } from './steps.ts';

export interface RunProps extends Reach {
  /** Resolves after so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
  readonly log: typeof log;
}

/** Looks at something that others do: short pauses first, so that quick things are quick. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;
/** Errors in a row after which a run gives up; the next goes on. */
const MAX_ERRORS = 5;

/** One run of a replay, under its lease: from step to step. */
export class Run {
  readonly #props: RunProps;
  readonly #lease: Lease<ReplayWork>;
  readonly #steps: ReplaySteps;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(props: RunProps, steps: ReplaySteps, lease: Lease<ReplayWork>) {
    this.#props = props;
    this.#lease = lease;
    this.#steps = steps;
  }

  /** Works until the replay is over, or until `end`. Throws what has failed again and again, and `LeaseLostError`. */
  async until(end: number): Promise<void> {
    let errors = 0;
    while (this.#props.clock() < end) {
      try {
        const outcome = await this.#once();
        if (outcome === 'over') break;
        errors = 0;
        if (outcome === 'wait') await this.#wait();
        else this.#pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        if (error instanceof LeaseLostError) throw error;
        errors += 1;
        const { id, step } = this.#lease.work.job ?? {};
        const about = { code: 'replay_step_failed', replay: id, step: step?.name, ...errorFields(error) };
        this.#props.log('warn', 'A step of a replay failed, and is tried again.', about);
        if (errors === MAX_ERRORS) {
          await this.#lease.release();
          throw error;
        }
        await this.#wait();
      }
    }
    await this.#lease.release();
  }

  async #wait(): Promise<void> {
    await this.#lease.renew();
    await this.#props.pause(this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 1.5, LONGEST_PAUSE_MS);
  }

  async #once(): Promise<'moved' | 'wait' | 'over'> {
    const { job } = this.#lease.work;
    if (job === undefined || isOver(job)) return 'over';
    const next = await this.#lease.during(() => this.#steps.advance(job));
    if (next === 'wait') return 'wait';
    await this.#lease.save({ ...this.#lease.work, job: next });
    if (!isOver(next)) return 'moved';
    const { id, request, counts, step, startedAt } = next;
    const about = { code: `replay_${step.name}`, replay: id, kind: request.kind, ...counts };
    const milliseconds = this.#props.clock() - startedAt;
    this.#props.log(step.name === 'failed' ? 'error' : 'info', 'A replay is over.', { ...about, milliseconds });
    return 'over';
  }
}
