const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;

/** Milliseconds to wait when something has failed so many times: each time twice as long, up to five minutes. */
export const retryAfter = (times: number): number => Math.min(FIRST_MS * 2 ** (times - 1), LONGEST_MS);
