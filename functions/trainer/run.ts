import { type Lease, LeaseLostError } from '../adapters/lease.ts';
import { errorFields } from '../adapters/log.ts';
import type { TrainingWork } from '../adapters/training-work.ts';
import type { Reach } from './reach.ts';
import type { TrainingSteps } from './steps.ts';
import { isOver, type Training } from './training.ts';

/** Looks at something that others do: short pauses first, so that quick things are quick. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;
/** Errors in a row after which a run gives up; the next goes on. */
const MAX_ERRORS = 5;

/** One run of a training, under its lease: from step to step. */
export class Run {
  readonly #props: Pick<Reach, 'clock' | 'pause' | 'log'>;
  readonly #lease: Lease<TrainingWork<Training>>;
  readonly #steps: TrainingSteps;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(
    props: Pick<Reach, 'clock' | 'pause' | 'log'>,
    steps: TrainingSteps,
    lease: Lease<TrainingWork<Training>>,
  ) {
    this.#props = props;
    this.#lease = lease;
    this.#steps = steps;
  }

  /** Works until the training is over, or until `end`. Throws what has failed again and again, and `LeaseLostError`. */
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
        const { version, step } = this.#lease.work.training ?? {};
        const about = { code: 'training_step_failed', version, step: step?.name, ...errorFields(error) };
        this.#props.log('warn', 'A step of a training failed, and is tried again.', about);
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
    const { training, catalog } = this.#lease.work;
    if (training === undefined || isOver(training)) return 'over';
    const next = await this.#lease.during(() => this.#steps.advance(training, catalog));
    if (next === undefined) return 'wait';
    const work = { ...this.#lease.work, training: { ...training, step: next.step } };
    await this.#lease.save(next.catalog ? { ...work, catalog: next.catalog } : work);
    return 'moved';
  }
}
