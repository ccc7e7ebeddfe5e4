import { type Lease, LeaseLostError } from './lease.ts';

/** What became of a step: `wait` means that it is others' turn, `over` that there is nothing left to do. */
export type StepOutcome = 'moved' | 'wait' | 'over';

export interface WorkInSteps {
  /** Does the next step and stores how far the work is. */
  readonly step: () => Promise<StepOutcome>;
  /** Told of a step that failed and is tried again. */
  readonly onError: (error: unknown) => void;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** Resolves after so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

/** Looks at something that others do: short pauses first, so that quick things are quick. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;
/** Errors in a row after which a run gives up; the next goes on. */
const MAX_ERRORS = 5;

/**
 * Works under a lease, step by step, until the work is over or until `end`, and gives the lease back. Throws what has
 * failed again and again, and `LeaseLostError`.
 */
export async function workInSteps(
  lease: Pick<Lease<object>, 'renew' | 'release'>,
  { step, onError, clock, pause }: WorkInSteps,
  end: number,
): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  const wait = async () => {
    await lease.renew();
    await pause(pauseMs);
    pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
  };
  let errors = 0;
  while (clock() < end) {
    try {
      const outcome = await step();
      if (outcome === 'over') break;
      errors = 0;
      if (outcome === 'wait') await wait();
      else pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      if (error instanceof LeaseLostError) throw error;
      errors += 1;
      onError(error);
      if (errors === MAX_ERRORS) {
        await lease.release();
        throw error;
      }
      await wait();
    }
  }
  await lease.release();
}
