import type { RateLimit } from '../../schemas/access-key.ts';

/** Requests that a key has left in a second. */
export interface Bucket {
  /** Whole seconds since 1970. */
  readonly second: number;
  readonly left: number;
}

/** Clocks of sandboxes differ by less; what lies further in the future was written by a clock that was wrong. */
const MOST_AHEAD_SECONDS = 10;

/**
 * What a sandbox takes at once: a tenth of a second's requests, so that at most ten others write in between, and what it takes
 * and doesn't use is at most that.
 */
export const chunkOf = ({ perSecond }: RateLimit): number => Math.max(1, Math.floor(perSecond / 10));

/**
 * The bucket at `second`: each second adds `perSecond`, and it never holds more than `burst`. A bucket of a later second stays,
 * because time that went back would hand out twice.
 */
export function bucketAt(stored: Bucket | undefined, { perSecond, burst }: RateLimit, second: number): Bucket {
  if (stored === undefined || stored.second > second + MOST_AHEAD_SECONDS) return { second, left: perSecond };
  if (stored.second >= second) return { second: stored.second, left: Math.min(stored.left, burst) };
  const left = Math.min(burst, Math.max(0, stored.left) + perSecond * (second - stored.second));
  return { second, left };
}

/** Takes up to a chunk out of a bucket. */
export function takeChunk(
  { second, left }: Bucket,
  limit: RateLimit,
): { readonly taken: number; readonly rest: Bucket } {
  const taken = Math.max(0, Math.min(left, chunkOf(limit)));
  return { taken, rest: { second, left: left - taken } };
}
