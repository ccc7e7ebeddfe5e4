import type { Mark } from '../marks.ts';

/** A query that began before a new boundary's moment sees the old one: the file must be in place by then. */
export const EFFECT_DELAY_MS = 60_000;

/** The boundary that was last set, in effect or not; undefined when no day is sealed. */
export const latestBoundary = (history: readonly Mark[]): string | undefined =>
  history.reduce<string | undefined>(
    (last, { value }) => (last === undefined || value > last ? value : last),
    undefined,
  );

/** The boundary that queries which began at a moment see; undefined when no day was sealed for them. */
export const boundaryAt = (history: readonly Mark[], moment: number): string | undefined =>
  latestBoundary(history.filter(({ effectiveAt }) => effectiveAt <= moment));

/**
 * The history with a new boundary that takes effect soon after `now`. What no query and no grace of `keepMs` can ask for
 * any more is left out.
 */
export function withBoundary(history: readonly Mark[], value: string, now: number, keepMs: number): Mark[] {
  const old = boundaryAt(history, now - keepMs);
  const kept = history.filter(({ value: each }) => old === undefined || each >= old);
  return [...kept, { value, effectiveAt: now + EFFECT_DELAY_MS }];
}
