import type { Lease } from '../adapters/lease.ts';
import { errorFields } from '../adapters/log.ts';
import type { TrainingWork } from '../adapters/training-work.ts';
import { type StepOutcome, workInSteps } from '../adapters/work-in-steps.ts';
import type { Reach } from './reach.ts';
import type { TrainingSteps } from './steps.ts';
import { isOver, type Training } from './training.ts';

type Props = Pick<Reach, 'clock' | 'pause' | 'log'>;
type Holder = Lease<TrainingWork<Training>>;

/**
 * Works on a training under its lease, from step to step, until it is over or until `end`, after which no step begins; one
 * that computes ends by `until`, done or not. Throws what has failed again and again, and `LeaseLostError`.
 */
export async function workOnTraining(
  props: Props,
  steps: TrainingSteps,
  lease: Holder,
  { end, until }: { readonly end: number; readonly until: number },
): Promise<void> {
  const step = async (): Promise<StepOutcome> => {
    const { training, catalog } = lease.work;
    if (training === undefined || isOver(training)) return 'over';
    const next = await lease.during(() => steps.advance(training, catalog, until));
    if (next === undefined) return 'wait';
    const { calledAt } = lease.work;
    await lease.save({ calledAt, catalog: next.catalog ?? catalog, training: { ...training, step: next.step } });
    return 'moved';
  };
  const onError = (error: unknown) => {
    const { version, step: at } = lease.work.training ?? {};
    const about = { code: 'training_step_failed', version, step: at?.name, ...errorFields(error) };
    props.log('warn', 'A step of a training failed, and is tried again.', about);
  };
  await workInSteps(lease, { clock: props.clock, pause: props.pause, step, onError }, end);
}
