import type { HttpApiSpec, Throttle } from '../deploy/local-parts.ts';

/** Takes a token for a request; `false` when there is none. */
export type Limiter = (nowMs: number) => boolean;

/** A token bucket: `burst` tokens at most, `rate` new ones a second. */
export function createLimiter({ rate, burst }: Throttle): Limiter {
  let tokens = burst;
  let filledAt = Number.NEGATIVE_INFINITY;
  return (nowMs) => {
    const elapsed = Math.max(0, nowMs - filledAt) / 1000;
    tokens = Math.min(burst, tokens + elapsed * rate);
    filledAt = nowMs;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

/** The stage's throttles: each route has a bucket of its own, with its own settings or the stage's. */
export function createThrottles({
  throttle,
  routeThrottles,
}: HttpApiSpec): (routeKey: string, nowMs: number) => boolean {
  const limiters = new Map<string, Limiter>();
  return (routeKey, nowMs) => {
    const settings = routeThrottles.get(routeKey) ?? throttle;
    if (!settings) return true;
    const limiter = limiters.get(routeKey) ?? createLimiter(settings);
    limiters.set(routeKey, limiter);
    return limiter(nowMs);
  };
}
