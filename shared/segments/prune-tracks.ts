import { rowsBefore, rowsUntil } from './rows.ts';
import type { KeepRule, Row, TrackSpec, Tracks } from './tracks.ts';

/** Rows of a track, and of all tracks of a person, that are kept at most: the latest. Sums of so many stay exact. */
export const trackLimits = { rows: 900, rowsOfPerson: 4_000 } as const;

/**
 * Rows younger than this are all kept. The clocks of two shards may differ, so that a person is looked at as of a moment
 * before the one as of which a part was pruned.
 */
export const SLACK_MS = 60_000;

/**
 * Removes what no condition will ever read again at or after `asOf`, tracks that no definition knows, and what is above
 * the limits. Returns how many rows the limits cost.
 */
export function pruneTracks(specs: ReadonlyMap<string, TrackSpec>, tracks: Tracks, asOf: number): number {
  let cut = 0;
  let total = 0;
  for (const [id, rows] of tracks) {
    const spec = specs.get(id);
    const needed = spec === undefined ? [] : neededRows(rows, spec.keep, asOf - SLACK_MS);
    const kept = limited(needed, trackLimits.rows, spec);
    cut += needed.length - kept.length;
    total += kept.length;
    if (kept.length === 0) tracks.delete(id);
    else if (kept.length < rows.length) tracks.set(id, kept);
  }
  while (total > trackLimits.rowsOfPerson) {
    const [id, rows] = longest(tracks);
    const kept = limited(rows, rows.length - (total - trackLimits.rowsOfPerson), specs.get(id), rows.length / 2);
    cut += rows.length - kept.length;
    total -= rows.length - kept.length;
    tracks.set(id, kept);
  }
  return cut;
}

/** Rows that a rule asks for, and all that lie after asOf. The same list where that is all of them. */
function neededRows(rows: Row[], keep: readonly KeepRule[], asOf: number): Row[] {
  const present = rowsUntil(rows, asOf);
  let needed: Uint8Array | undefined;
  for (const rule of keep) {
    const [from, to] = rangeOf(rows, rule, asOf, present);
    if (from === 0 && to === present) return rows;
    needed ??= new Uint8Array(present);
    needed.fill(1, from, Math.max(from, to));
  }
  return rows.filter((_, at) => at >= present || needed?.[at] === 1);
}

function rangeOf(rows: readonly Row[], rule: KeepRule, asOf: number, present: number): [from: number, to: number] {
  let from = 0;
  let to = present;
  if (rule.lastMs !== undefined) from = rowsUntil(rows, asOf - rule.lastMs);
  if (rule.since !== undefined) from = rowsBefore(rows, rule.since);
  if (rule.until !== undefined) to = Math.min(to, rowsBefore(rows, rule.until));
  if (rule.olderThanMs !== undefined) to = Math.min(to, rowsUntil(rows, asOf - rule.olderThanMs));
  if (rule.count !== undefined) {
    if (rule.take === 'latest') from = Math.max(from, to - rule.count);
    else to = Math.min(to, from + rule.count);
  }
  return [from, to];
}

/** The latest rows, and the first if a condition asks for it; never fewer than `least`. */
function limited(rows: Row[], most: number, spec: TrackSpec | undefined, least = 0): Row[] {
  const count = Math.max(Math.ceil(least), most);
  if (rows.length <= count) return rows;
  const needsFirst = spec?.keep.some(({ take }) => take === 'earliest') === true;
  return needsFirst ? [rows[0] as Row, ...rows.slice(rows.length - count + 1)] : rows.slice(rows.length - count);
}

function longest(tracks: Tracks): [id: string, rows: Row[]] {
  let found: [string, Row[]] | undefined;
  for (const [id, rows] of tracks) {
    const isLonger = found === undefined || rows.length > found[1].length;
    if (isLonger || (rows.length === found?.[1].length && id < found[0])) found = [id, rows];
  }
  return found ?? ['', []];
}
