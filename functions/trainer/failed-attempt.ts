import type { Attempt } from '../adapters/model-store.ts';
import type { Training } from './training.ts';

const MAX_REASON = 500;

/** How a training is noted that was given up. */
export const failedAttempt = ({ version, startedAt }: Training, endedAt: number, reason: string): Attempt => ({
  version,
  startedAt,
  endedAt,
  outcome: 'failed',
  reason: reason.slice(0, MAX_REASON),
});
