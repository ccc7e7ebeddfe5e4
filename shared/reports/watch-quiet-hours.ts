import type { Alert } from '../../schemas/stream/control.ts';
import type { QuietHours } from '../../schemas/watch.ts';

/** Alerts that were noticed, and those that are out. */
export interface WatchMemory {
  /** Noticed in quiet hours, to be raised when these are over. */
  readonly waiting: readonly Alert[];
  /** Ids of what was raised on the last days. */
  readonly raised: readonly string[];
}

export const noMemory: WatchMemory = { waiting: [], raised: [] };

/** Whether a moment, in milliseconds since 1970, lies in the quiet hours. Throws `RangeError` for an unknown time zone. */
export function isQuiet({ timeZone, from, to }: QuietHours, now: number): boolean {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const time = clock.format(now);
  return from <= to ? from <= time && time < to : from <= time || time < to;
}

/** How many raised ids are remembered: an alert can be noticed again on its own day only. */
const REMEMBERED = 1_000;

/**
 * What is to be raised now, of what was noticed and of what waits, each alert once; in quiet hours nothing is, and all of
 * it waits. `raised` is what to remember when it is out, `noticed` what to remember before.
 */
export function plan(
  memory: WatchMemory,
  found: readonly Alert[],
  { isQuiet: quiet, now }: { readonly isQuiet: boolean; readonly now: number },
): { readonly raise: readonly Alert[]; readonly noticed: WatchMemory; readonly raised: WatchMemory } {
  const known = new Set([...memory.raised, ...memory.waiting.map(({ id }) => id)]);
  const waiting = [...memory.waiting, ...found.filter(({ id }) => !known.has(id))];
  const noticed = { ...memory, waiting };
  if (quiet) return { raise: [], noticed, raised: noticed };
  const raise = waiting.map((alert) => ({ ...alert, raisedAt: now }));
  const raised = [...memory.raised, ...raise.map(({ id }) => id)].slice(-REMEMBERED);
  return { raise, noticed, raised: { waiting: [], raised } };
}
