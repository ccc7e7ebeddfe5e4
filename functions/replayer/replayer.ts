import { isDeepStrictEqual } from 'node:util';
import type { Context } from 'aws-lambda';
import type { ReplayAnswer, ReplayRequest } from '../../schemas/replay.ts';
import { replayCallOf, replayViewOf } from '../../shared/replay/call.ts';
import { isOver, newReplay } from '../../shared/replay/job.ts';
import { type HeldStore, Lease, LeaseLostError } from '../adapters/lease.ts';
import type { ReplayWork } from '../adapters/replay-jobs.ts';
import { Run, type RunProps } from './run.ts';
import { ReplaySteps } from './steps.ts';

export interface ReplayerProps extends RunProps {
  readonly jobs: HeldStore<ReplayWork>;
  /** A text that no other call answers. */
  readonly newId: () => string;
}

/** Time before the function's end in which no step is begun. */
const MARGIN_MS = 60_000;
/** While a command has it go on, the clock has nothing to do. */
const CALLED_MS = 30_000;
const none: ReplayWork = { job: undefined, calledAt: 0 };

/**
 * Makes the function that does things again: folds profiles anew from `raw`, and runs failed events again. A command asks it
 * to begin and to go on; by its clock it goes on by itself, so that nothing stays half done when the command is gone.
 *
 * Why a rebuilt profile is exact: it is folded by what folds live batches, from what the stream brought, in the order of the
 * stream, and its ledger says how far. It takes the place of the old part in one write, on the condition that the item is as
 * it was read and has applied nothing that the history lacks. What arrived since the replay began and was not applied yet is
 * left to live updates, which fold it on top. Keys that were always a step ahead, and parts of persons of several keys, wait
 * for a pause of the profile-updater: behind a barrier that is put in the pause lies nothing that it has applied, and before
 * it nothing is missing from the lake.
 *
 * Why a crash does no harm: all that a run knows is stored with each step, a step that is done again finds parts that are as
 * they should be, and memberships are looked at again for every key, changed or not, after its part was written. The pause
 * ends by itself after some minutes at most.
 *
 * Why a failed event counts once: those that are events by now are left out, by a query that waits until all that was put
 * before has landed; another try keeps source, messageId and place, and within a day the stream's consumers know it.
 */
export function createReplayer(props: ReplayerProps) {
  const { jobs, clock, newId } = props;
  const steps = new ReplaySteps(props);

  const viewNow = async (): Promise<ReplayAnswer> => {
    const job = (await jobs.read())?.job;
    return job === undefined ? {} : { replay: replayViewOf(job) };
  };

  const start = async (request: ReplayRequest): Promise<ReplayAnswer> => {
    const held = await jobs.read();
    if (held?.job !== undefined && !isOver(held.job)) {
      const replay = replayViewOf(held.job);
      return isDeepStrictEqual(held.job.request, request) ? { replay } : { replay, refused: true };
    }
    const lease = await Lease.take(jobs, clock, newId(), none);
    // Somebody else has just begun one.
    if (lease === undefined) return { ...(await viewNow()), refused: true };
    const job = newReplay(newId(), request, clock());
    await lease.save({ job, calledAt: clock() });
    await lease.release();
    return { replay: replayViewOf(job) };
  };

  const work = async (end: number, isCalled: boolean): Promise<void> => {
    const held = await jobs.read();
    if (held?.job === undefined || isOver(held.job)) return;
    if (!isCalled && clock() - held.calledAt < CALLED_MS) return;
    const lease = await Lease.take(jobs, clock, newId(), none);
    if (lease === undefined) return;
    try {
      if (isCalled) await lease.save({ ...lease.work, calledAt: clock() });
      await new Run(props, steps, lease).until(end);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
      props.log('warn', error.message, { code: 'replay_lease_lost' });
    }
  };

  return async (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<ReplayAnswer> => {
    const call = replayCallOf(event);
    if (call !== undefined && 'start' in call) return await start(call.start);
    const end = clock() + context.getRemainingTimeInMillis() - MARGIN_MS;
    await work(call === undefined ? end : Math.min(end, clock() + call.work.forMs), call !== undefined);
    return await viewNow();
  };
}
