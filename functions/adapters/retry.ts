import { setTimeout as pause } from 'node:timers/promises';

export interface Retry {
  /** How often something is tried at most. */
  readonly attempts: number;
  /** Longest pause before the second attempt, in milliseconds; it doubles from one attempt to the next. */
  readonly pauseMs: number;
}

/**
 * Tries again, after a pause of random length, while what was thrown may pass by itself. Throws the last error, or the
 * first one that `mayPass` refuses.
 */
export async function retrying<T>(
  { attempts, pauseMs }: Retry,
  mayPass: (error: unknown) => boolean,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let failed = 0; ; ) {
    try {
      return await attempt();
    } catch (error) {
      failed += 1;
      if (failed >= attempts || !mayPass(error)) throw error;
      await pause(Math.random() * pauseMs * 2 ** (failed - 1));
    }
  }
}
