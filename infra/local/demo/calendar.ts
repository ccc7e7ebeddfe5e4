import type { Random } from './random.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const GUARD = 4 * MINUTE;

/** How busy the shop is by local hour: quiet nights, a lunch peak, the evening. */
const hours = [2, 1, 0.6, 0.4, 0.4, 0.8, 2, 4, 5, 6, 6.5, 7, 8, 7, 6, 6, 6, 6.5, 7.5, 9, 10, 9.5, 7, 4];
/** By UTC weekday from Sunday. */
const weekdays = [1.3, 1.05, 0.9, 0.9, 0.95, 1, 1.2];

/** The UTC day of a moment as `YYYY-MM-DD`. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/**
 * Moves a moment out of the four minutes on each side of a UTC midnight and keeps all moments in their order, so that
 * the network's latency never carries an event into another day.
 */
export function awayFromMidnight(at: number): number {
  const sinceGuard = (at + GUARD) % DAY;
  if (sinceGuard >= 2 * GUARD) return at;
  const guardStart = at - sinceGuard;
  return guardStart + 2 * GUARD - SECOND + Math.floor((sinceGuard * SECOND) / (2 * GUARD));
}

/**
 * Draws a moment in [from, to) by weekday, local hour and the person's own activity over time.
 *
 * `activity` gives the relative activity at a moment, from 0 to 1.
 */
export function momentOf(
  random: Random,
  window: { from: number; to: number; zoneHours: number },
  activity: (at: number) => number,
): number | undefined {
  const days = Math.ceil((window.to - window.from) / DAY);
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const midnight = Math.floor(window.from / DAY + random.integer(0, days)) * DAY;
    const hour = random.weighted(hours) - window.zoneHours;
    const at = midnight + hour * HOUR + random.integer(0, HOUR - 1);
    if (at < window.from || at >= window.to) continue;
    const weight = ((weekdays[new Date(at).getUTCDay()] ?? 1) / 1.3) * activity(at);
    if (random.chance(weight)) return at;
  }
  return undefined;
}
