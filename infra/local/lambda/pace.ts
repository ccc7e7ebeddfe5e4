/** How a poller waits and retries, in milliseconds. */
export interface Pace {
  /** Between two looks at a shard where nobody rang. */
  readonly pollMs: number;
  /** Between two looks while a batching window is open. */
  readonly windowPollMs: number;
  /** From the ring of a put to the read, so that the puts of one moment make one batch. */
  readonly settleMs: number;
  /** Before the first retry; each further one waits twice as long. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** Between two notes of how far records were passed over. */
  readonly passMs: number;
}

export const defaultPace: Pace = {
  pollMs: 1000,
  windowPollMs: 200,
  settleMs: 10,
  firstRetryMs: 100,
  longestRetryMs: 2000,
  passMs: 1000,
};

export function backoffMs(pace: Pace, retries: number): number {
  return Math.min(pace.longestRetryMs, pace.firstRetryMs * 2 ** retries);
}
