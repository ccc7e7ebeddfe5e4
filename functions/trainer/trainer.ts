import type { Context } from 'aws-lambda';
import type { TrainingAnswer, TrainingCall } from '../../schemas/training.ts';
import { type HeldStore, Lease, LeaseLostError } from '../adapters/lease.ts';
import type { TrainingWork } from '../adapters/training-work.ts';
import { failedAttempt } from './failed-attempt.ts';
import type { Reach } from './reach.ts';
import { workOnTraining } from './run.ts';
import { TrainingSteps } from './steps.ts';
import { isOver, newTraining, type Training, trainingViewOf, versionAt } from './training.ts';

export interface TrainerProps extends Reach {
  readonly work: HeldStore<TrainingWork<Training>>;
  /** A text of letters and digits that no other call answers. */
  readonly newId: () => string;
}

/** Time before the function's end in which no step is begun. */
const MARGIN_MS = 60_000;
/** While a command has it go on, the clock has nothing to do. */
const CALLED_MS = 30_000;
/** How often the clock goes on with a training before it is given up: it takes hours, or the function dies of it. */
const MAX_RESUMED = 12;
const none: TrainingWork<Training> = { training: undefined, calledAt: 0, catalog: undefined };

/** A training was given up: said to whoever watches the errors of the function. */
export class TrainingFailedError extends Error {
  override readonly name = 'TrainingFailedError';
}

/**
 * Makes the function that trains the model of recommendations: it has the lake learn what events tell of items, asks it
 * query by query what the plan of a training wants to know, brings what came of that into the table of models under a
 * version of its own, and has that version served.
 *
 * By EASE it computes neighbours itself out of the histories that the lake has written, in slices, so that its lease lives on.
 *
 * Why the last good version is served all the time: nobody reads a version before the head names it, and the head moves by
 * one write, on the condition that it is as it was when the two were compared.
 *
 * Why a crash does no harm: all that a run knows is stored with each step, and a step that is done again writes the same
 * under the same keys. A query is known by the step that asks it, so that it runs once; files of a try that failed lie in a
 * folder of their own, and are deleted before the next. Who has lost the lease writes what the other writes, too.
 */
export function createTrainer(props: TrainerProps) {
  const { work, clock, newId, plan } = props;
  const steps = new TrainingSteps(props);

  const viewNow = async (): Promise<TrainingAnswer> => {
    const training = (await work.read())?.training;
    return training === undefined ? {} : { training: trainingViewOf(training, plan.progress) };
  };

  /** Does something with the lease; nothing while somebody else has it, or when somebody else takes it over. */
  const withLease = async (act: (lease: Lease<TrainingWork<Training>>) => Promise<void>): Promise<void> => {
    try {
      const lease = await Lease.take(work, clock, newId(), none);
      if (lease !== undefined) await act(lease);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
      props.log('warn', error.message, { code: 'training_lease_lost' });
    }
  };

  const start = async (calledAt: number): Promise<void> => {
    if (await isUnderWay(work)) return;
    await withLease(async (lease) => {
      const { training, catalog } = lease.work;
      if (training === undefined || isOver(training)) {
        const now = clock();
        await lease.save({ catalog, calledAt, training: newTraining(versionAt(now, newId()), now) });
      }
      await lease.release();
    });
  };

  const goOn = async (end: number, until: number, isCalled: boolean): Promise<void> => {
    const held = await work.read();
    if (held?.training === undefined || isOver(held.training)) return;
    if (!isCalled && clock() - held.calledAt < CALLED_MS) return;
    await withLease(async (lease) => {
      const { training, catalog, calledAt } = lease.work;
      if (training === undefined) return;
      await lease.save(
        isCalled ? { training, catalog, calledAt: clock() } : { training: resumed(training), catalog, calledAt },
      );
      await workOnTraining(props, steps, lease, { end, until });
    });
  };

  const resumed = (training: Training): Training => {
    const times = { ...training, resumed: training.resumed + 1 };
    if (isOver(training) || times.resumed <= MAX_RESUMED) return times;
    const reason = `It was cut off ${MAX_RESUMED} times, the last time at the step ${training.step.name}.`;
    return { ...times, step: { name: 'record', attempt: failedAttempt(training, clock(), reason) } };
  };

  return async (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<TrainingAnswer> => {
    const call = callOf(event);
    const end = clock() + context.getRemainingTimeInMillis() - MARGIN_MS;
    if (call !== undefined && 'start' in call) {
      await start(clock());
      return await viewNow();
    }
    if (call !== undefined && 'work' in call) {
      await goOn(Math.min(end, clock() + call.work.forMs), end, true);
      return await viewNow();
    }
    if (call !== undefined) await start(0);
    else if (!(await isUnderWay(work))) return {};
    await goOn(end, end, false);
    const answer = await viewNow();
    if (answer.training?.state === 'failed') throw new TrainingFailedError(answer.training.reason);
    return answer;
  };
}

async function isUnderWay(work: TrainerProps['work']): Promise<boolean> {
  const training = (await work.read())?.training;
  return training !== undefined && !isOver(training);
}

/** Undefined for an event of the clock. Throws a TypeError for a call that is none of ours. */
function callOf(event: unknown): TrainingCall | undefined {
  const call = (event ?? {}) as { start?: unknown; work?: { forMs?: unknown }; nightly?: unknown };
  if (call.start === true) return { start: true };
  if (call.nightly === true) return { nightly: true };
  if (call.work === undefined) return undefined;
  const { forMs } = call.work;
  if (typeof forMs !== 'number' || !(forMs >= 0)) throw new TypeError(`work.forMs is ${forMs}: give milliseconds.`);
  return { work: { forMs } };
}
