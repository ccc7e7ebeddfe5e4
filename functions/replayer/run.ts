import { isOver } from '../../shared/replay/job.ts';
import type { Lease } from '../adapters/lease.ts';
import { errorFields, type log } from '../adapters/log.ts';
import type { ReplayWork } from '../adapters/replay-jobs.ts';
import { type StepOutcome, workInSteps } from '../adapters/work-in-steps.ts';
import type { Reach } from './reach.ts';
import type { ReplaySteps } from './steps.ts';

export interface RunProps extends Reach {
  /** Resolves after so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
  readonly log: typeof log;
}

/** One run of a replay, under its lease: from step to step. */
export class Run {
  readonly #props: RunProps;
  readonly #lease: Lease<ReplayWork>;
  readonly #steps: ReplaySteps;

  constructor(props: RunProps, steps: ReplaySteps, lease: Lease<ReplayWork>) {
    this.#props = props;
    this.#lease = lease;
    this.#steps = steps;
  }

  /** Works until the replay is over, or until `end`. Throws what has failed again and again, and `LeaseLostError`. */
  async until(end: number): Promise<void> {
    const onError = (error: unknown) => {
      const { id, step } = this.#lease.work.job ?? {};
      const about = { code: 'replay_step_failed', replay: id, step: step?.name, ...errorFields(error) };
      this.#props.log('warn', 'A step of a replay failed, and is tried again.', about);
    };
    await workInSteps(this.#lease, { ...this.#props, step: () => this.#once(), onError }, end);
  }

  async #once(): Promise<StepOutcome> {
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
