import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Money } from '../../schemas/event/money.ts';
import type { Counter, DayRow, Profile } from '../../schemas/profile.ts';
import { fits, limits } from './limits.ts';
import { drop } from './new-profile.ts';

export const DAY_MS = 86_400_000;

/** The UTC day of a moment, counted from 1970-01-01. */
export const dayOf = (time: number): number => Math.floor(time / DAY_MS);

/** The currency of an amount that came without one: ISO 4217's code for "no currency". */
export const NO_CURRENCY = 'XXX';

/** First column of a day row that holds a sum. */
export const SUMS = 2;

/** What an event is worth: what was paid or paid back (total), else its revenue, else its value. */
export function eventValue({ commerce }: CleanEvent): Money | undefined {
  return commerce.total ?? commerce.revenue ?? commerce.value;
}

/** Counts an event under its name: in total and, for the latest 400 days of the profile, by UTC day. */
export function applyCounters(profile: Profile, event: CleanEvent): void {
  const time = event.eventTime;
  let counter = profile.counters.get(event.event);
  if (counter === undefined) {
    if (profile.counters.size >= limits.eventNames || !fits(event.event, limits.nameBytes)) {
      drop(profile, 'event_names_over_limit');
      return;
    }
    counter = { count: 0, firstAt: time, lastAt: time, currencies: [], values: [], days: [] };
    profile.counters.set(event.event, counter);
  }
  counter.count += 1;
  if (time < counter.firstAt) counter.firstAt = time;
  if (time > counter.lastAt) counter.lastAt = time;

  const day = dayOf(time);
  if (day - limits.days >= profile.oldestDay) leaveOutBefore(profile, day - limits.days + 1);
  const row = rowOf(profile, counter, day);
  if (row !== undefined) row[1] += 1;
  addValue(profile, counter, row, event);
}

function addValue(profile: Profile, counter: Counter, row: DayRow | undefined, event: CleanEvent): void {
  const value = eventValue(event);
  if (value === undefined) return;
  if (Math.abs(value) > limits.amount) {
    drop(profile, 'amounts_over_limit');
    return;
  }
  const column = columnOf(counter, event.commerce.currency ?? NO_CURRENCY);
  if (column < 0) {
    drop(profile, 'currencies_over_limit');
    return;
  }
  counter.values[column] = (counter.values[column] ?? 0) + value;
  if (row !== undefined) row[SUMS + column] = (row[SUMS + column] ?? 0) + value;
}

/** Place of a currency's sums, made if there is room, else -1. Currencies are sorted, whatever came first. */
function columnOf(counter: Counter, currency: string): number {
  const known = counter.currencies.indexOf(currency);
  if (known >= 0) return known;
  if (counter.currencies.length >= limits.currencies || !fits(currency, limits.detailBytes)) return -1;
  const before = counter.currencies.findIndex((other) => other > currency);
  const column = before < 0 ? counter.currencies.length : before;
  counter.currencies.splice(column, 0, currency);
  counter.values.splice(column, 0, 0);
  for (const row of counter.days) row.splice(SUMS + column, 0, 0);
  return column;
}

/** The row of a day, made if the profile still keeps that day. */
function rowOf(profile: Profile, { days, currencies }: Counter, day: number): DayRow | undefined {
  let at = days.length;
  while (at > 0 && (days[at - 1] as DayRow)[0] > day) at -= 1;
  const found = at > 0 ? days[at - 1] : undefined;
  if (found?.[0] === day) return found;
  if (day < profile.oldestDay) return undefined;
  const row: DayRow = [day, 0, ...currencies.map(() => 0)];
  days.splice(at, 0, row);
  boundRows(profile);
  return row;
}

/**
 * Leaves out whole days, the oldest first and of all counters alike, until the rows fit. The boundary only rises, and never
 * above where it would end with all events seen: so the same days remain in whatever order the events came.
 */
export function boundRows(profile: Pick<Profile, 'counters' | 'oldestDay'>): void {
  let rows = 0;
  for (const { days } of profile.counters.values()) rows += days.length;
  while (rows > limits.dayRows) {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { days } of profile.counters.values()) oldest = Math.min(oldest, days[0]?.[0] ?? oldest);
    rows -= leaveOutBefore(profile, oldest + 1);
  }
}

/** Raises the oldest day that counters keep, and says how many rows that removed. */
export function leaveOutBefore(profile: Pick<Profile, 'counters' | 'oldestDay'>, day: number): number {
  let removed = 0;
  for (const { days } of profile.counters.values()) {
    while (days[0] !== undefined && days[0][0] < day) {
      days.shift();
      removed += 1;
    }
  }
  profile.oldestDay = day;
  return removed;
}
