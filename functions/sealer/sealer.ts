import type { Context } from 'aws-lambda';
import type { SealingState } from '../../shared/lake/sealing/sealing-state.ts';
import { errorFields } from '../adapters/log.ts';
import type { StateObject } from '../adapters/state-object.ts';
import type { Reach } from './reach.ts';
import { Run } from './run.ts';

export interface SealerProps extends Reach {
  readonly states: StateObject<SealingState>;
  /** How long landed files stay after their day was sealed, in milliseconds. */
  readonly graceMs: number;
  /** A text that no other call answers. */
  readonly newId: () => string;
}

/** Time before the function's end in which no part is begun. */
const MARGIN_MS = 45_000;
/** Time after the function's end in which what it sent last may still arrive. */
const AFTERMATH_MS = 60_000;

/**
 * Makes the function that seals days: what landed on a day that is over is written anew, each row once, in order, in few
 * files, and from then on views read those. It is called every quarter of an hour, and when a day is sealed it rests until
 * there may be something to do.
 *
 * Why no row is lost or counts twice, wherever it stops: views read sealed files of days before the boundary and landed
 * files of the others. What is written before the boundary moves is not seen, what is deleted was not seen any more, and
 * the boundary moves by one write. A day is sealed when a barrier that was put on the stream after its end has come out
 * at the lake: then all that arrived on it has landed.
 *
 * One run works at a time: each takes a lease for as long as it can live. Without the lease it ends at once.
 */
export function createSealer(props: SealerProps) {
  const { states, clock, newId, log } = props;
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const now = clock();
    const lifeMs = context.getRemainingTimeInMillis();
    const held = await states.read();
    if (held !== undefined && Math.max(held.state.leaseUntil, held.state.restUntil ?? 0) > now) return;
    const { barriers = [], progress, sources }: Partial<SealingState> = held?.state ?? {};
    const state = { barriers, progress, sources, owner: newId(), leaseUntil: now + lifeMs + AFTERMATH_MS };
    const etag = await states.write(state, held?.etag);
    if (etag === undefined) return;
    const run = new Run(props, { state, etag });
    try {
      await run.until(now + lifeMs - MARGIN_MS);
    } catch (error) {
      log('error', 'A run of the sealer failed; the next goes on.', { code: 'not_sealed', ...errorFields(error) });
      // Without it the next run waits until the lease is over.
      await run.release().catch(() => undefined);
      throw error;
    }
    await run.release();
  };
}
